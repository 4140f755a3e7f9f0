package dev.altiplano.training.corpus;

import dev.altiplano.training.SplitMix;
import java.util.Optional;
import java.util.OptionalDouble;

/** Draws documents and checks texts. */
public final class Grammar {

    private Grammar() {}

    /** Document number {@code index} of a kind for a seed: always the same. */
    public static Document document(DocumentKind kind, long seed, long index) {
        Drawing drawing = new Drawing(SplitMix.of(seed * DocumentKind.values().length + kind.ordinal(), index));
        kind.derive(drawing);
        return drawing.document(kind);
    }

    /** The natural logarithm of the probability with which {@link #document} writes {@code text}; empty when it never does. */
    public static OptionalDouble logProbability(DocumentKind kind, String text) {
        Parsing.Result result = Parsing.parse(kind, text);
        return result.derivations() == 0 ? OptionalDouble.empty() : OptionalDouble.of(result.logProbability());
    }

    /** Why {@code text} is no document of the kind: the place at which no sentence of the grammar goes on; empty when it is one. */
    public static Optional<String> problem(DocumentKind kind, String text) {
        Parsing.Result result = Parsing.parse(kind, text);
        if (result.derivations() > 0) {
            return Optional.empty();
        }
        int at = result.farthest();
        return Optional.of("character " + at + ": \"" + text.substring(Math.max(0, at - 30), at)
                + "\" cannot go on with \"" + text.substring(at, Math.min(text.length(), at + 20)) + "\"");
    }
}
