package dev.altiplano.engine.tokenizer.bytelevel;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * GPT-2's way to write bytes as visible characters: printable Latin-1 stands for itself, the other 68 bytes are the
 * characters from U+0100 on, in order. A space is written Ġ, a line feed Ċ.
 */
public final class ByteAlphabet {

    private static final char[] OF_BYTE = new char[256];
    private static final short[] OF_CHAR = new short[256 + 68];

    static {
        Arrays.fill(OF_CHAR, (short) -1);
        int moved = 256;
        for (int octet = 0; octet < 256; octet++) {
            boolean visible = (octet > ' ' && octet < 0x7F) || (octet > 0xA0 && octet != 0xAD);
            OF_BYTE[octet] = (char) (visible ? octet : moved++);
            OF_CHAR[OF_BYTE[octet]] = (short) octet;
        }
    }

    private ByteAlphabet() {}

    /** Each byte as its character. */
    public static String write(byte[] bytes) {
        char[] text = new char[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            text[i] = OF_BYTE[bytes[i] & 0xFF];
        }
        return new String(text);
    }

    /** The bytes that {@code text} writes, or null if it has a character outside the alphabet. */
    static byte @Nullable [] read(String text) {
        byte[] bytes = new byte[text.length()];
        for (int i = 0; i < bytes.length; i++) {
            char c = text.charAt(i);
            if (c >= OF_CHAR.length || OF_CHAR[c] < 0) {
                return null;
            }
            bytes[i] = (byte) OF_CHAR[c];
        }
        return bytes;
    }
}
