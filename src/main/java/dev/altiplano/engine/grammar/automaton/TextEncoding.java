package dev.altiplano.engine.grammar.automaton;

import dev.altiplano.engine.grammar.limit.Budget;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** How a code point of a text is written as bytes. No writing of one code point begins the writing of another. */
public enum TextEncoding {
    /** Plain UTF-8. */
    UTF8,
    /**
     * The inside of a JSON string in UTF-8: quotation mark, backslash and control characters are escaped, in one way each; all
     * else stands for itself.
     */
    JSON_STRING;

    private static final CodePoints MUST_ESCAPE =
            CodePoints.range(0, 0x1F).or(CodePoints.of('"')).or(CodePoints.of('\\'));
    private static final int[] FIRST_OF_LENGTH = {0, 0x80, 0x800, 0x10000, Character.MAX_CODE_POINT + 1};

    /** The automaton for one code point of {@code set}. */
    Dfa dfa(CodePoints set, Budget budget) {
        SequenceTrie trie = new SequenceTrie(budget);
        CodePoints plain = this == UTF8 ? set : set.minus(MUST_ESCAPE);
        for (int i = 0; i < plain.rangeCount(); i++) {
            addUtf8(trie, plain.first(i), plain.last(i));
        }
        if (this == JSON_STRING) {
            for (int i = 0; i < MUST_ESCAPE.rangeCount(); i++) {
                for (int c = MUST_ESCAPE.first(i); c <= MUST_ESCAPE.last(i); c++) {
                    if (set.contains(c)) {
                        trie.add(escape(c));
                    }
                }
            }
        }
        return trie.build();
    }

    private static byte[] escape(int c) {
        String text = switch (c) {
            case '"' -> "\\\"";
            case '\\' -> "\\\\";
            case '\b' -> "\\b";
            case '\f' -> "\\f";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            default -> String.format(Locale.ROOT, "\\u%04x", c);
        };
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Cuts a range of code points where the number of bytes changes, and then where a leading byte does not cover all that may follow it. */
    private static void addUtf8(SequenceTrie trie, int first, int last) {
        for (int length = 1; length <= 4; length++) {
            int from = Math.max(first, FIRST_OF_LENGTH[length - 1]);
            int to = Math.min(last, FIRST_OF_LENGTH[length] - 1);
            if (from <= to) {
                cut(trie, from, to, length);
            }
        }
    }

    private static void cut(SequenceTrie trie, int first, int last, int length) {
        for (int trailing = 1; trailing < length; trailing++) {
            int mask = (1 << 6 * trailing) - 1;
            if ((first & ~mask) != (last & ~mask)) {
                if ((first & mask) != 0) {
                    cut(trie, first, first | mask, length);
                    cut(trie, (first | mask) + 1, last, length);
                    return;
                }
                if ((last & mask) != mask) {
                    cut(trie, first, (last & ~mask) - 1, length);
                    cut(trie, last & ~mask, last, length);
                    return;
                }
            }
        }
        int[] low = new int[4];
        int[] high = new int[4];
        write(first, length, low);
        write(last, length, high);
        trie.add(low, high, length);
    }

    private static void write(int codePoint, int length, int[] bytes) {
        if (length == 1) {
            bytes[0] = codePoint;
            return;
        }
        for (int i = length - 1; i > 0; i--) {
            bytes[i] = 0x80 | codePoint >> 6 * (length - 1 - i) & 0x3F;
        }
        bytes[0] = (0xF0 << 4 - length & 0xFF) | codePoint >> 6 * (length - 1);
    }
}
