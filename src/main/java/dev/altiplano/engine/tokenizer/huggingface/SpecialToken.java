package dev.altiplano.engine.tokenizer.huggingface;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads the text of a token that a file names under a key such as {@code eos_token}: as a string, or as an object with its content. */
final class SpecialToken {

    private SpecialToken() {}

    /** The texts of all tokens that a file names, by key; other keys that end so are flags, as {@code add_bos_token} is. */
    static Map<String, String> all(Map<String, Object> file) {
        Map<String, String> texts = new TreeMap<>();
        file.forEach((key, value) -> {
            Object content = value instanceof Map<?, ?> object ? object.get("content") : value;
            if (key.endsWith("_token") && content instanceof String text) {
                texts.put(key, text);
            }
        });
        return texts;
    }

    static Optional<String> text(Tree file, String key) {
        return switch (file.value(key)) {
            case null -> Optional.empty();
            case String text -> Optional.of(text);
            case Map<?, ?> object when object.get("content") instanceof String text -> Optional.of(text);
            default -> throw file.refuse(key + " is neither a string nor an object with a content");
        };
    }
}
