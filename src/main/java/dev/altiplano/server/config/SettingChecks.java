package dev.altiplano.server.config;

import java.time.Duration;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Ranges of settings: each method throws {@link InvalidSettingException} for a value that a setting cannot have. */
final class SettingChecks {

    private SettingChecks() {}

    static void require(boolean holds, String setting, @Nullable Object value, String allowed) {
        if (!holds) {
            throw new InvalidSettingException(setting, value, allowed);
        }
    }

    static void between(long value, long min, long max, String setting) {
        require(value >= min && value <= max, setting, value, "from " + min + " to " + max);
    }

    static void between(Duration value, Duration min, Duration max, String setting) {
        require(
                value.compareTo(min) >= 0 && value.compareTo(max) <= 0,
                setting,
                text(value),
                "from " + text(min) + " to " + text(max));
    }

    static void between(ByteSize value, ByteSize min, ByteSize max, String setting) {
        require(value.compareTo(min) >= 0 && value.compareTo(max) <= 0, setting, value, "from " + min + " to " + max);
    }

    /** The value that {@code name} stands for, by a parser that throws {@link IllegalArgumentException} with the names there are. */
    static <T extends @Nullable Object> T parsed(String setting, String name, Function<String, T> parser) {
        try {
            return parser.apply(name);
        } catch (IllegalArgumentException e) {
            String text = String.valueOf(e.getMessage());
            throw new InvalidSettingException(
                    setting, name, "one of " + text.substring(text.indexOf(": choose ") + ": choose ".length()));
        }
    }

    /**
     * What the engine makes of settings that it checks itself. Its messages begin with a setting's short name.
     *
     * @param prefix what stands before the short name, {@code altiplano.engine.} for example
     */
    static <T> T checked(String prefix, Supplier<T> options) {
        try {
            return options.get();
        } catch (IllegalArgumentException e) {
            String[] parts = String.valueOf(e.getMessage()).split(" = |: must be ", 3);
            if (parts.length < 3) {
                throw e;
            }
            String value = parts[1].startsWith("PT") ? text(Duration.parse(parts[1])) : parts[1];
            throw new InvalidSettingException(prefix + parts[0], value, parts[2]);
        }
    }

    /** {@code PT10M} as one writes it in a setting: {@code 10m}. */
    static String text(Duration duration) {
        return duration.toString().replace("PT", "").toLowerCase(Locale.ROOT);
    }
}
