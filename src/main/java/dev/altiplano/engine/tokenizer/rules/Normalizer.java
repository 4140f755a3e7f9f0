package dev.altiplano.engine.tokenizer.rules;

import java.util.List;

/** A rule that rewrites a text. */
@FunctionalInterface
public interface Normalizer {

    /** Leaves every text as it is. */
    Normalizer NONE = (text, place) -> text;

    /** The text to use instead of {@code text}, which has no lone surrogates. */
    String apply(String text, Place place);

    /** All of {@code steps}, one after the other. */
    static Normalizer of(List<Normalizer> steps) {
        List<Normalizer> all = List.copyOf(steps);
        return switch (all.size()) {
            case 0 -> NONE;
            case 1 -> all.getFirst();
            default ->
                (text, place) -> {
                    String result = text;
                    for (Normalizer step : all) {
                        result = step.apply(result, place);
                    }
                    return result;
                };
        };
    }
}
