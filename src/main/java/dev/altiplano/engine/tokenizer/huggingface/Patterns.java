package dev.altiplano.engine.tokenizer.huggingface;

import dev.altiplano.engine.tokenizer.regex.Regex;
import dev.altiplano.engine.tokenizer.regex.RegexException;

/** Reads {@code {"Regex": …}} and {@code {"String": …}}. */
final class Patterns {

    private Patterns() {}

    static Regex read(Tree rule) {
        Tree pattern = rule.object("pattern");
        try {
            if (!pattern.has("String")) {
                return Regex.compile(pattern.text("Regex"));
            }
            String literal = pattern.text("String");
            if (literal.isEmpty()) {
                throw pattern.refuse("an empty pattern");
            }
            return Regex.literal(literal);
        } catch (RegexException e) {
            throw pattern.refuse(String.valueOf(e.getMessage()));
        }
    }
}
