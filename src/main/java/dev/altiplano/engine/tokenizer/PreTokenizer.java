package dev.altiplano.engine.tokenizer;

/**
 * The rule that cuts a text into the pieces (words, numbers, runs of punctuation or of spaces) inside which byte-level BPE
 * merges. Each rule is documented as a regular expression, whose alternatives are tried in order; here each is one scan
 * forward, so that no text makes it slow. Characters are code points; the text has no lone surrogates.
 */
enum PreTokenizer {

    /**
     * {@code 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+}
     */
    GPT_2,

    /**
     * {@code (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+}
     */
    LLAMA_3,

    /** Each number character alone, and {@link #GPT_2} between them. */
    SMOLLM;

    private static final int LONG_S = 0x17F;

    /** The rule that a GGUF file names so. Throws {@link TokenizerException} with the names that are known. */
    static PreTokenizer named(String name) {
        return switch (name) {
            case "gpt-2", "gpt2" -> GPT_2;
            case "llama-bpe", "llama3", "llama-v3" -> LLAMA_3;
            case "smollm" -> SMOLLM;
            default ->
                throw new TokenizerException("the pre-tokenizer " + Quote.of(name)
                        + " is not known; known are llama-bpe (also llama3, llama-v3), gpt-2 and smollm");
        };
    }

    /** Whether a cut piece that is a token is taken whole, even where merging would not make it. */
    boolean takesWholeTokens() {
        return this == LLAMA_3;
    }

    /** Where the piece that begins at {@code from} ends; {@code from < end}, and {@code end} is a {@link #segmentEnd}. */
    int next(char[] text, int from, int end) {
        return switch (this) {
            case GPT_2, SMOLLM -> nextGpt2(text, from, end);
            case LLAMA_3 -> nextLlama3(text, from, end);
        };
    }

    /** Where the part that is to be cut by itself ends: for {@link #SMOLLM} before the next number, else at {@code end}. */
    int segmentEnd(char[] text, int from, int end) {
        if (this != SMOLLM) {
            return end;
        }
        int first = Character.codePointAt(text, from, end);
        int i = from + Character.charCount(first);
        if (CharClass.of(first) == CharClass.NUMBER) {
            return i;
        }
        while (i < end) {
            int codePoint = Character.codePointAt(text, i, end);
            if (CharClass.of(codePoint) == CharClass.NUMBER) {
                return i;
            }
            i += Character.charCount(codePoint);
        }
        return end;
    }

    private static int nextGpt2(char[] text, int from, int end) {
        int contraction = contraction(text, from, end, false);
        if (contraction > from) {
            return contraction;
        }
        int body = text[from] == ' ' && from + 1 < end ? from + 1 : from;
        int codePoint = Character.codePointAt(text, body, end);
        byte charClass = CharClass.of(codePoint);
        if (!CharClass.isSpace(charClass)) {
            return runEnd(text, body, end, charClass);
        }
        return spaces(text, from, end);
    }

    private static int nextLlama3(char[] text, int from, int end) {
        int contraction = contraction(text, from, end, true);
        if (contraction > from) {
            return contraction;
        }
        int first = Character.codePointAt(text, from, end);
        byte firstClass = CharClass.of(first);
        if (firstClass == CharClass.LETTER) {
            return runEnd(text, from, end, CharClass.LETTER);
        }
        if (firstClass == CharClass.NUMBER) {
            return numbers(text, from, end);
        }
        int second = from + Character.charCount(first);
        byte secondClass = second < end ? CharClass.of(Character.codePointAt(text, second, end)) : CharClass.SPACE;
        if (firstClass != CharClass.NEWLINE && secondClass == CharClass.LETTER) {
            return runEnd(text, second, end, CharClass.LETTER);
        }
        if (firstClass == CharClass.OTHER || (first == ' ' && secondClass == CharClass.OTHER)) {
            int i = firstClass == CharClass.OTHER ? from : second;
            i = runEnd(text, i, end, CharClass.OTHER);
            return runEnd(text, i, end, CharClass.NEWLINE);
        }
        int afterNewline = lastNewline(text, from, end) + 1;
        return afterNewline > from ? afterNewline : spaces(text, from, end);
    }

    /** The end of an English contraction's tail at {@code from}, or {@code from} if there is none. */
    private static int contraction(char[] text, int from, int end, boolean anyCase) {
        if (text[from] != '\'' || from + 1 >= end) {
            return from;
        }
        char first = fold(text[from + 1], anyCase);
        if (first == 's' || first == 't' || first == 'm' || first == 'd') {
            return from + 2;
        }
        if (from + 2 < end) {
            char second = fold(text[from + 2], anyCase);
            if (second == 'e' ? first == 'r' || first == 'v' : second == 'l' && first == 'l') {
                return from + 3;
            }
        }
        return from;
    }

    /** Lower case of what can equal an ASCII letter when case is ignored; only the letters of contractions matter. */
    private static char fold(char c, boolean anyCase) {
        if (!anyCase) {
            return c;
        }
        return c == LONG_S ? 's' : c >= 'A' && c <= 'Z' ? (char) (c + 'a' - 'A') : c;
    }

    private static int runEnd(char[] text, int from, int end, byte charClass) {
        int i = from;
        while (i < end) {
            int codePoint = Character.codePointAt(text, i, end);
            if (CharClass.of(codePoint) != charClass) {
                break;
            }
            i += Character.charCount(codePoint);
        }
        return i;
    }

    private static int numbers(char[] text, int from, int end) {
        int i = from;
        for (int count = 0; count < 3 && i < end; count++) {
            int codePoint = Character.codePointAt(text, i, end);
            if (CharClass.of(codePoint) != CharClass.NUMBER) {
                break;
            }
            i += Character.charCount(codePoint);
        }
        return i;
    }

    /** Index of the last line end in the run of spaces at {@code from}, or less than {@code from}. */
    private static int lastNewline(char[] text, int from, int end) {
        int last = from - 1;
        for (int i = from; i < end; i++) {
            byte charClass = CharClass.of(text[i]);
            if (!CharClass.isSpace(charClass)) {
                break;
            }
            if (charClass == CharClass.NEWLINE) {
                last = i;
            }
        }
        return last;
    }

    /** The run of spaces at {@code from}, which leaves its last one to the word that follows. */
    private static int spaces(char[] text, int from, int end) {
        int i = from;
        while (i < end && CharClass.isSpace(CharClass.of(text[i]))) {
            i++;
        }
        return i == end || i == from + 1 ? i : i - 1;
    }
}
