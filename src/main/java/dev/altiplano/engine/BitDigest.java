package dev.altiplano.engine;

import java.util.HexFormat;

/**
 * A digest of numbers, of all their bits and in order: answers with equal ones have, to all appearances, equal log probabilities. Not
 * thread-safe.
 */
public final class BitDigest {

    /** Hexadecimal digits of one number's mark. */
    public static final int MARK_DIGITS = 4;

    private static final HexFormat HEX = HexFormat.of();

    private final StringBuilder marks = new StringBuilder();
    private long digest;

    /** Adds the next number; all NaNs are one. */
    public void add(double value) {
        long mixed = mix(Double.doubleToLongBits(value));
        marks.append(HEX.toHexDigits((short) mixed));
        digest = mix(digest + mixed);
    }

    /** How many numbers there are. */
    public int count() {
        return marks.length() / MARK_DIGITS;
    }

    /** The digest, 16 hexadecimal digits. */
    public String text() {
        return HEX.toHexDigits(digest);
    }

    /** {@value #MARK_DIGITS} hexadecimal digits for each number: they show which one differs where the digests do. */
    public String marks() {
        return marks.toString();
    }

    /** SplitMix64's. */
    private static long mix(long value) {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
