package dev.altiplano.engine.grammar;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Vocabularies for tests: all bytes, and pieces as byte pair encoding would have merged them. */
final class Vocabularies {

    private static final String[] PUNCTUATION = {
        "\"",
        "\":",
        "\",",
        "\"}",
        "\":\"",
        "\",\"",
        "{\"",
        "}}",
        "},",
        "[]",
        "{}",
        "[{\"",
        "\"]",
        "],\"",
        "\": \"",
        "\", \"",
        ": ",
        ", ",
        " {",
        " [",
        "\n",
        "\n  ",
        "\n    ",
        "\n      ",
        "\"\n",
        ",\n",
        "{\n  ",
        "\\n",
        "\\\"",
        "\\u00",
        ":[",
        ":{\"",
        "true",
        "false",
        "null",
        ".0",
        "1.",
        "00",
        "-1",
        "10",
        "2024-",
        "T00:",
        "e-",
        "\"id\":",
        "\"name\":",
        "}\n",
        " }",
        " ]",
        "://",
        "www.",
        "@"
    };

    private static final String[] SYLLABLES = {
        "a", "e", "i", "o", "u", "an", "en", "in", "on", "er", "ing", "th", "st", "tr", "name", "id", "type", "val",
        "ue", "co", "de", "re", "ä", "é", "日", "本", "語", "😀", "ß", "0", "1", "7", "42", "2024", "_", "-", ".", "@",
        "/", "A", "B", "The", "New"
    };

    private Vocabularies() {}

    /** A vocabulary of {@code size} tokens: control tokens 0 and 1 (the end), the bytes, then pieces. */
    static TokenVocabulary of(int size, long seed) {
        return new TokenVocabulary(tokens(size, seed), 1);
    }

    static byte[][] tokens(int size, long seed) {
        Random random = new Random(seed);
        Set<String> pieces = new LinkedHashSet<>(List.of(PUNCTUATION));
        while (pieces.size() < size - 258) {
            StringBuilder piece = new StringBuilder();
            double kind = random.nextDouble();
            if (kind < 0.45) {
                piece.append(' ');
            }
            if (kind > 0.97) {
                piece.append(PUNCTUATION[random.nextInt(PUNCTUATION.length)]);
            }
            int parts = 1 + random.nextInt(5);
            for (int i = 0; i < parts; i++) {
                piece.append(SYLLABLES[random.nextInt(SYLLABLES.length)]);
            }
            if (kind > 0.94 && kind < 0.98) {
                piece.append(PUNCTUATION[random.nextInt(PUNCTUATION.length)]);
            }
            pieces.add(piece.toString());
        }
        List<byte[]> tokens = new ArrayList<>();
        tokens.add(null);
        tokens.add(null);
        for (int value = 0; value < 256; value++) {
            tokens.add(new byte[] {(byte) value});
        }
        for (String piece : pieces) {
            if (tokens.size() < size) {
                tokens.add(piece.getBytes(StandardCharsets.UTF_8));
            }
        }
        return tokens.toArray(byte[][]::new);
    }
}
