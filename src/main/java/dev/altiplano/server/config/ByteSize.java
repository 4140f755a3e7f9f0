package dev.altiplano.server.config;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A size in bytes as a setting writes it: {@code 4GB}, {@code 4Gi}, {@code 512M}, or a plain number of bytes. Every unit is a power of
 * 1024.
 */
public record ByteSize(long bytes) implements Comparable<ByteSize> {

    private static final String UNITS = "KMGT";
    private static final int UNIT_BITS = 10;
    private static final Pattern TEXT =
            Pattern.compile("(-?[0-9]{1,18})\\s*(?:([KMGT])i?)?B?", Pattern.CASE_INSENSITIVE);

    /**
     * Reads {@code text}; also what Spring calls to bind a setting.
     *
     * @throws IllegalArgumentException where it is no size
     */
    public static ByteSize of(String text) {
        Matcher size = TEXT.matcher(text.strip());
        if (!size.matches()) {
            throw new IllegalArgumentException("\"" + text + "\" is not a size: write 512MB, 4Gi or a number of bytes");
        }
        String unit = size.group(2);
        int power = unit == null ? 0 : UNITS.indexOf(unit.toUpperCase(Locale.ROOT)) + 1;
        try {
            return new ByteSize(Math.multiplyExact(Long.parseLong(size.group(1)), 1L << (UNIT_BITS * power)));
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("\"" + text + "\" is more bytes than 64 bits can count", e);
        }
    }

    static ByteSize kib(long count) {
        return new ByteSize(count << UNIT_BITS);
    }

    static ByteSize gib(long count) {
        return new ByteSize(count << (3 * UNIT_BITS));
    }

    @Override
    public int compareTo(ByteSize other) {
        return Long.compare(bytes, other.bytes);
    }

    /** In the largest unit that divides it: {@code 4MB}. */
    @Override
    public String toString() {
        int power = 0;
        long count = bytes;
        while (power < UNITS.length() && count != 0 && count % (1 << UNIT_BITS) == 0) {
            count >>= UNIT_BITS;
            power++;
        }
        return count + (power == 0 ? "" : UNITS.substring(power - 1, power)) + "B";
    }
}
