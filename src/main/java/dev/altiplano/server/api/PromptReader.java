package dev.altiplano.server.api;

import dev.altiplano.engine.Prompt;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads the four shapes of a prompt: text, texts, token ids, and arrays of token ids. Text may be empty (the model begins from
 * nothing); an array may not.
 */
final class PromptReader {

    private static final String SHAPES =
            "a string, an array of strings, an array of token ids, or an array of such arrays";

    private PromptReader() {}

    /** No prompts where the value is null. */
    static List<Prompt> read(JsonObjectReader in, int mostPrompts, int vocabularySize) {
        if (in.isNull()) {
            return List.of();
        }
        if (in.isString()) {
            return List.of(text(in));
        }
        if (!in.isArray()) {
            throw in.wrong(SHAPES);
        }
        if (!in.nextElement()) {
            throw empty("prompt");
        }
        if (in.isNumber()) {
            return List.of(ids(in, vocabularySize, "prompt"));
        }
        List<Prompt> prompts = new ArrayList<>();
        boolean texts = in.isString();
        do {
            if (prompts.size() == mostPrompts) {
                throw ApiException.invalid("prompt", "One request may have at most " + mostPrompts + " prompts");
            }
            if (texts && in.isString()) {
                prompts.add(text(in));
            } else if (!texts && in.isArray()) {
                String name = "prompt[" + prompts.size() + "]";
                if (!in.nextElement()) {
                    throw empty(name);
                }
                prompts.add(ids(in, vocabularySize, name));
            } else {
                throw in.wrong(SHAPES);
            }
        } while (in.nextElement());
        return prompts;
    }

    private static Prompt text(JsonObjectReader in) {
        return new Prompt.Text(String.valueOf(in.string(Integer.MAX_VALUE)));
    }

    /** Reads from the current element to the array's end. */
    private static Prompt ids(JsonObjectReader in, int vocabularySize, String name) {
        int[] ids = new int[64];
        int count = 0;
        do {
            if (!in.isNumber()) {
                throw in.wrong(SHAPES);
            }
            if (count == ids.length) {
                ids = Arrays.copyOf(ids, 2 * count);
            }
            try {
                ids[count] = in.integer(0, vocabularySize - 1, -1);
            } catch (ApiException e) {
                throw ApiException.invalid("prompt", name + "[" + count + "]: " + e.text());
            }
            count++;
        } while (in.nextElement());
        return new Prompt.Ids(Arrays.copyOf(ids, count));
    }

    private static ApiException empty(String name) {
        return ApiException.invalid("prompt", name + " is an empty array: it needs at least one element");
    }
}
