package dev.altiplano.engine.chat;

import java.util.Random;

/** JSON objects as a model may write the arguments of a call, with what is hard to cut. */
public final class RandomJson {

    private static final String[] TEXTS = {
        "a",
        "é",
        "🙂",
        "\\\"",
        "\\\\",
        "{",
        "}",
        "[",
        "]",
        "</tool_call>",
        "<tool_call>",
        ",",
        ": ",
        "\\n",
        "\\u00e9",
        ";"
    };

    private RandomJson() {}

    public static String object(Random random) {
        return object(random, 0);
    }

    private static String object(Random random, int depth) {
        StringBuilder object = new StringBuilder("{");
        int members = random.nextInt(4);
        for (int i = 0; i < members; i++) {
            object.append(i == 0 ? "" : random.nextBoolean() ? "," : " , ")
                    .append(string(random))
                    .append(": ")
                    .append(value(random, depth + 1));
        }
        return object.append('}').toString();
    }

    private static String value(Random random, int depth) {
        return switch (depth > 3 ? random.nextInt(4) : random.nextInt(6)) {
            case 0 -> string(random);
            case 1 -> "" + random.nextInt(-1000, 1000);
            case 2 -> random.nextBoolean() ? "true" : "null";
            case 3 -> "-1.50e+3";
            case 4 -> object(random, depth);
            default -> "[" + value(random, depth + 1) + ",\n " + value(random, depth + 1) + "]";
        };
    }

    private static String string(Random random) {
        StringBuilder string = new StringBuilder("\"");
        for (int i = random.nextInt(6); i > 0; i--) {
            string.append(TEXTS[random.nextInt(TEXTS.length)]);
        }
        return string.append('"').toString();
    }
}
