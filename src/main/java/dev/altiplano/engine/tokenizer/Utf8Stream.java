package dev.altiplano.engine.tokenizer;

/**
 * Turns a stream of bytes into text and holds an unfinished character back. Each byte that is no part of a well-formed
 * sequence (Unicode 3.9, table 3-7: no overlong forms, no surrogates) becomes one U+FFFD of its own.
 */
public final class Utf8Stream {

    private static final char REPLACEMENT = '\uFFFD';

    /** The bytes held back, the oldest on top; at most three. */
    private int pending;

    private int pendingCount;
    private int missing;

    /** Decodes {@code utf8} as a whole. */
    static String decode(byte[] utf8) {
        StringBuilder text = new StringBuilder(utf8.length);
        Utf8Stream stream = new Utf8Stream();
        for (byte b : utf8) {
            stream.add(b & 0xFF, text);
        }
        stream.end(text);
        return text.toString();
    }

    /** Takes one byte (0 to 255) and appends what it completes. */
    public void add(int octet, StringBuilder text) {
        if (pendingCount > 0) {
            if (continues(octet)) {
                pending = (pending << 8) | octet;
                pendingCount++;
                if (--missing == 0) {
                    text.appendCodePoint(codePoint());
                    pendingCount = 0;
                }
                return;
            }
            end(text);
        }
        if (octet < 0x80) {
            text.append((char) octet);
        } else if (octet >= 0xC2 && octet <= 0xF4) {
            pending = octet;
            pendingCount = 1;
            missing = octet < 0xE0 ? 1 : octet < 0xF0 ? 2 : 3;
        } else {
            text.append(REPLACEMENT);
        }
    }

    /** Ends the run of bytes: what was held back is no character. */
    public void end(StringBuilder text) {
        for (; pendingCount > 0; pendingCount--) {
            text.append(REPLACEMENT);
        }
    }

    private boolean continues(int octet) {
        if (octet < 0x80 || octet > 0xBF) {
            return false;
        }
        if (pendingCount > 1) {
            return true;
        }
        return switch (pending) {
            case 0xE0 -> octet >= 0xA0;
            case 0xED -> octet <= 0x9F;
            case 0xF0 -> octet >= 0x90;
            case 0xF4 -> octet <= 0x8F;
            default -> true;
        };
    }

    private int codePoint() {
        int last = (pending & 0x3F) | ((pending & 0x3F00) >> 2);
        return switch (pendingCount) {
            case 2 -> (pending & 0x3F) | ((pending & 0x1F00) >> 2);
            case 3 -> last | ((pending & 0x0F0000) >> 4);
            default -> last | ((pending & 0x3F0000) >> 4) | ((pending & 0x07000000) >> 6);
        };
    }
}
