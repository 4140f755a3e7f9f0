package dev.altiplano.engine.tokenizer.rules;

import java.util.List;

/** A rule that cuts pieces of text into smaller ones. */
@FunctionalInterface
public interface Splitter {

    /** Leaves every piece whole. */
    Splitter NONE = pieces -> pieces;

    Pieces split(Pieces pieces);

    /** All of {@code steps}, one after the other. */
    static Splitter of(List<Splitter> steps) {
        List<Splitter> all = List.copyOf(steps);
        return switch (all.size()) {
            case 0 -> NONE;
            case 1 -> all.getFirst();
            default ->
                pieces -> {
                    Pieces result = pieces;
                    for (Splitter step : all) {
                        result = step.split(result);
                    }
                    return result;
                };
        };
    }
}
