package dev.altiplano.engine.tokenizer;

import java.util.Random;

/** Random texts of the kinds that break tokenizers. */
public final class RandomText {

    private static final String[] SNIPPETS = {
        " ",
        "  ",
        "\n",
        "\r\n",
        "\t",
        "'s",
        "'LL",
        "'ve",
        "'",
        "\u017F",
        "\u2581",
        "<s>",
        "<0x41>",
        "\u0000",
        "\uFFFD",
        "the",
        " The",
        "12345",
        "\u0660\u0661",
        "\u00BD",
        "\uD83D\uDE00",
        "\uD835\uDC00",
        "\u00E9",
        "e\u0301",
        "\u4F60\u597D",
        "\u00A0",
        "\u2003",
        "\u0085",
        "\u3000",
        "...",
        "!?",
        "\u200B",
        "\u0920\u0940",
        "\uD83D",
        "\uDE00",
        "<|eot_id|>",
        "<|begin_of_text|>",
        "aaaa",
        "\u0001",
        "\u007F"
    };

    private RandomText() {}

    /** A text of some {@code parts} snippets, letters and arbitrary UTF-16 units, lone surrogates among them. */
    public static String of(Random random, int parts) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < parts; i++) {
            switch (random.nextInt(6)) {
                case 0, 1 -> text.append(SNIPPETS[random.nextInt(SNIPPETS.length)]);
                case 2, 3 -> text.append((char) ('a' + random.nextInt(26)));
                case 4 -> text.appendCodePoint(random.nextInt(Character.MAX_CODE_POINT + 1));
                default -> text.append((char) random.nextInt(Character.MAX_VALUE + 1));
            }
        }
        return text.toString();
    }

    /** What any encoding makes of {@code text}: lone surrogates are U+FFFD. */
    public static String cleaned(String text) {
        StringBuilder cleaned = new StringBuilder();
        text.codePoints()
                .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
                .forEach(cleaned::appendCodePoint);
        return cleaned.toString();
    }
}
