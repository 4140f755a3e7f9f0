package dev.altiplano.engine.sample;

import dev.altiplano.engine.kernel.LayerKernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Chooses tokens from logits. What it chooses depends on the logits, the parameters and the position alone,
 * so that a seeded request gives the same tokens at any load. Works in place and allocates nothing per token.
 */
public final class Sampler {

    private static final int FIRST_CANDIDATES = 128;

    private final LayerKernels kernels;
    private final int vocabulary;
    private final MemorySegment probabilities;
    private final int[] candidates;
    private final int[] one = new int[1];

    /** A sampler over {@code vocabulary} tokens; {@code arena} owns its scratch memory. */
    public Sampler(LayerKernels kernels, int vocabulary, Arena arena) {
        this.kernels = kernels;
        this.vocabulary = vocabulary;
        probabilities = arena.allocate(4L * vocabulary, 64);
        candidates = new int[vocabulary];
    }

    /**
     * The next token.
     *
     * @param logits F32 [rows, vocabulary], changed by all logits processors
     * @param offsetBytes where the row begins
     * @param position how many tokens the completion has
     */
    public int sample(MemorySegment logits, long offsetBytes, SamplingParams params, int position) {
        if (params.temperature() == 0) {
            kernels.topK(logits, offsetBytes, vocabulary, 1, one);
            return one[0];
        }
        double uniform = CounterRandom.uniform(params.seed(), position);
        double total = kernels.softmax(logits, offsetBytes, vocabulary, params.temperature(), probabilities);
        if (params.topK() == 0 && params.topP() >= 1 && params.minP() <= 0) {
            return drawFromAll(uniform * total);
        }
        return drawFromBest(params, uniform, total);
    }

    private int drawFromAll(double target) {
        double sum = 0;
        int last = 0;
        for (int id = 0; id < vocabulary; id++) {
            float probability = probability(id);
            if (probability > 0) {
                sum += probability;
                last = id;
                if (sum > target) {
                    return id;
                }
            }
        }
        return last;
    }

    private int drawFromBest(SamplingParams params, double uniform, double total) {
        int limit = params.topK() == 0 ? vocabulary : Math.min(params.topK(), vocabulary);
        int have = 0;
        int kept = 0;
        double base = 0;
        double sum = 0;
        for (int want = params.topK() == 0 ? Math.min(limit, FIRST_CANDIDATES) : limit;
                ;
                want = Math.min(limit, want * 8)) {
            have = kernels.topK(probabilities, 0, vocabulary, want, candidates);
            base = params.topK() == 0 ? total : sum(have);
            kept = 0;
            sum = 0;
            double minimum = params.minP() * (double) probability(candidates[0]);
            while (kept < have
                    && (kept == 0 || sum <= params.topP() * base && probability(candidates[kept]) >= minimum)) {
                sum += probability(candidates[kept++]);
            }
            if (kept < have || have == limit) {
                break;
            }
        }
        double target = uniform * sum;
        double passed = 0;
        for (int i = 0; i < kept; i++) {
            passed += probability(candidates[i]);
            if (passed > target) {
                return candidates[i];
            }
        }
        return candidates[kept - 1];
    }

    private double sum(int count) {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += probability(candidates[i]);
        }
        return sum;
    }

    private float probability(int id) {
        return probabilities.get(ValueLayout.JAVA_FLOAT, 4L * id);
    }
}
