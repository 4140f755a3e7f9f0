package dev.altiplano.server.config;

import dev.altiplano.engine.EngineOptions.InvalidOptionException;
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

    /** The value that {@code name} stands for, by a parser of the engine's options. */
    static <T extends @Nullable Object> T parsed(String setting, String name, Function<String, T> parser) {
        try {
            return parser.apply(name);
        } catch (InvalidOptionException e) {
            throw new InvalidSettingException(setting, name, e.allowed());
        }
    }

    /**
     * What the engine makes of settings that it checks itself.
     *
     * @param prefix what stands before the short name, {@code altiplano.engine.} for example
     */
    static <T> T checked(String prefix, Supplier<T> options) {
        try {
            return options.get();
        } catch (InvalidOptionException e) {
            Object value = e.value() instanceof Duration duration ? text(duration) : e.value();
            throw new InvalidSettingException(prefix + e.name(), value, e.allowed());
        }
    }

    /** {@code PT10M} as one writes it in a setting: {@code 10m}. */
    static String text(Duration duration) {
        return duration.toString().replace("PT", "").toLowerCase(Locale.ROOT);
    }
}
