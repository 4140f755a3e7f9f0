package dev.altiplano.engine.tokenizer;

/** What the splitting rules of byte-level BPE know of a character: Unicode's general category and White_Space. */
final class CharClass {

    /** {@code \p{L}}. */
    static final byte LETTER = 0;
    /** {@code \p{N}}. */
    static final byte NUMBER = 1;
    /** {@code \s}, except the two below. */
    static final byte SPACE = 2;
    /** Carriage return and line feed; they are {@code \s} as well. */
    static final byte NEWLINE = 3;
    /** Everything else. */
    static final byte OTHER = 4;

    private static final byte[] ASCII = new byte[128];

    static {
        for (int c = 0; c < ASCII.length; c++) {
            ASCII[c] = look(c);
        }
    }

    private CharClass() {}

    static byte of(int codePoint) {
        return codePoint < ASCII.length ? ASCII[codePoint] : look(codePoint);
    }

    static boolean isSpace(byte charClass) {
        return charClass == SPACE || charClass == NEWLINE;
    }

    private static byte look(int codePoint) {
        if (codePoint == '\r' || codePoint == '\n') {
            return NEWLINE;
        }
        if ((codePoint >= '\t' && codePoint <= '\r') || codePoint == 0x85) {
            return SPACE;
        }
        return switch (Character.getType(codePoint)) {
            case Character.UPPERCASE_LETTER,
                    Character.LOWERCASE_LETTER,
                    Character.TITLECASE_LETTER,
                    Character.MODIFIER_LETTER,
                    Character.OTHER_LETTER -> LETTER;
            case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> NUMBER;
            case Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> SPACE;
            default -> OTHER;
        };
    }
}
