package dev.altiplano.engine.tokenizer.huggingface;

import java.util.Map;
import java.util.Optional;

/** Reads the text of a token that a file names under a key such as {@code eos_token}: as a string, or as an object with its content. */
final class SpecialToken {

    private SpecialToken() {}

    static Optional<String> text(Tree file, String key) {
        return switch (file.value(key)) {
            case null -> Optional.empty();
            case String text -> Optional.of(text);
            case Map<?, ?> object when object.get("content") instanceof String text -> Optional.of(text);
            default -> throw file.refuse(key + " is neither a string nor an object with a content");
        };
    }
}
