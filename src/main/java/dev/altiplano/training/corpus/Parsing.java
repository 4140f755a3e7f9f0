package dev.altiplano.training.corpus;

import java.util.Arrays;
import java.util.List;

/**
 * All derivations that say a given text, found by depth-first search: the grammar runs again and again, each time repeating
 * the choices made so far up to the last one, which is advanced. A word that the text does not have there ends a run at once.
 */
final class Parsing extends Derivation {

    /** Ends a run; thrown and caught here, so it needs no stack trace. */
    private static final class Mismatch extends RuntimeException {
        private static final long serialVersionUID = 1;
        private static final Mismatch INSTANCE = new Mismatch();

        private Mismatch() {
            super(null, null, false, false);
        }
    }

    private static final int MAX_RUNS = 200_000;

    private final String text;
    private int position;
    private int farthest;
    private int depth;
    private int known;
    private double logProbability;
    private int[] chosen = new int[64];
    private int[] options = new int[64];

    private Parsing(String text) {
        this.text = text;
    }

    /**
     * What the parser found.
     *
     * @param derivations how many ways there are to write the text; 0 when it is not of the grammar
     * @param logProbability natural logarithm of the text's probability; negative infinity when there is no way
     * @param farthest how many characters of the text the best attempt could say
     */
    record Result(int derivations, double logProbability, int farthest) {}

    static Result parse(DocumentKind kind, String text) {
        Parsing parsing = new Parsing(text);
        int derivations = 0;
        double probability = Double.NEGATIVE_INFINITY;
        for (int run = 0; run < MAX_RUNS; run++) {
            parsing.position = 0;
            parsing.depth = 0;
            parsing.logProbability = 0;
            try {
                kind.derive(parsing);
                if (parsing.position == text.length()) {
                    derivations++;
                    probability = logSum(probability, parsing.logProbability);
                }
            } catch (Mismatch mismatch) {
                parsing.known = Math.max(parsing.known, parsing.depth);
            }
            if (!parsing.advance()) {
                return new Result(derivations, probability, parsing.farthest);
            }
        }
        throw new IllegalStateException("the grammar is too ambiguous to parse: " + text);
    }

    private static double logSum(double a, double b) {
        double top = Math.max(a, b);
        return top + Math.log(Math.exp(a - top) + Math.exp(b - top));
    }

    /** Goes to the next option of the last choice that has one. */
    private boolean advance() {
        int last = depth - 1;
        while (last >= 0 && chosen[last] + 1 >= options[last]) {
            last--;
        }
        if (last < 0) {
            return false;
        }
        chosen[last]++;
        known = last + 1;
        return true;
    }

    private void reserve() {
        if (depth == chosen.length) {
            chosen = Arrays.copyOf(chosen, 2 * depth);
            options = Arrays.copyOf(options, 2 * depth);
        }
    }

    @Override
    int choose(int count) {
        reserve();
        if (depth >= known) {
            chosen[depth] = 0;
            options[depth] = count;
        }
        logProbability -= Math.log(count);
        return chosen[depth++];
    }

    @Override
    String pick(List<String> words) {
        reserve();
        int from = depth >= known ? 0 : chosen[depth];
        int count = words.size();
        options[depth] = count;
        for (int i = from; i < count; i++) {
            if (text.startsWith(words.get(i), position)) {
                chosen[depth++] = i;
                known = Math.max(known, depth);
                logProbability -= Math.log(count);
                say(words.get(i));
                return words.get(i);
            }
        }
        chosen[depth++] = count - 1;
        throw Mismatch.INSTANCE;
    }

    @Override
    void say(String words) {
        if (!text.startsWith(words, position)) {
            throw Mismatch.INSTANCE;
        }
        position += words.length();
        farthest = Math.max(farthest, position);
    }

    @Override
    void beginAnswer() {}
}
