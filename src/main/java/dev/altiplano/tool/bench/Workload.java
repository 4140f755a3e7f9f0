package dev.altiplano.tool.bench;

import java.util.ArrayList;
import java.util.List;

/**
 * What is timed, in llama-bench's words.
 *
 * @param size tokens, or for {@link Kind#BATCH} sequences
 */
record Workload(Kind kind, int size) {

    /** Tokens that a sequence has before its decoding is timed. */
    static final int PROMPT = 32;

    /** Tokens that each sequence of a batch decodes. */
    static final int BATCH_STEPS = 32;

    private static final int MOST = 1 << 16;

    /** Kinds, each with the word before its number. */
    enum Kind {
        /** Prefill of so many tokens of one sequence; logits of the last. */
        PREFILL("pp"),
        /** Decode of so many tokens of one sequence. */
        DECODE("tg"),
        /** Decode of so many sequences together. */
        BATCH("bd");

        private final String prefix;

        Kind(String prefix) {
            this.prefix = prefix;
        }
    }

    Workload {
        if (size < 1 || size > MOST) {
            throw new IllegalArgumentException(size + " is not between 1 and " + MOST);
        }
    }

    /** One workload for each number of a list; 0 stands for none. */
    static List<Workload> of(Kind kind, List<Integer> sizes) {
        List<Workload> workloads = new ArrayList<>();
        for (int size : sizes) {
            if (size != 0) {
                workloads.add(new Workload(kind, size));
            }
        }
        return workloads;
    }

    /** For example pp512. */
    String label() {
        return kind.prefix + size;
    }

    int sequences() {
        return kind == Kind.BATCH ? size : 1;
    }

    /** Tokens that each sequence decodes. */
    int steps() {
        return switch (kind) {
            case PREFILL -> 0;
            case DECODE -> size;
            case BATCH -> BATCH_STEPS;
        };
    }

    /** Tokens that each sequence begins with. */
    int promptTokens() {
        return kind == Kind.PREFILL ? size : PROMPT;
    }

    /** Positions that each sequence takes. */
    int positions() {
        return promptTokens() + steps();
    }
}
