package dev.altiplano.engine.tokenizer;

/** Writes characters as UTF-8. */
public final class Utf8 {

    /** The bytes that one character takes at most. */
    public static final int LONGEST = 4;

    private Utf8() {}

    /** Writes {@code codePoint}, which is no surrogate, from {@code at} on; answers where it ends. */
    public static int write(int codePoint, byte[] bytes, int at) {
        int end = at;
        if (codePoint < 0x80) {
            bytes[end++] = (byte) codePoint;
            return end;
        }
        if (codePoint < 0x800) {
            bytes[end++] = (byte) (0xC0 | (codePoint >> 6));
        } else {
            if (codePoint < 0x10000) {
                bytes[end++] = (byte) (0xE0 | (codePoint >> 12));
            } else {
                bytes[end++] = (byte) (0xF0 | (codePoint >> 18));
                bytes[end++] = continuation(codePoint >> 12);
            }
            bytes[end++] = continuation(codePoint >> 6);
        }
        bytes[end++] = continuation(codePoint);
        return end;
    }

    private static byte continuation(int bits) {
        return (byte) (0x80 | (bits & 0x3F));
    }
}
