package dev.altiplano.engine.sample;

import dev.altiplano.engine.kernel.Kernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Chooses tokens from logits. What it chooses depends on the logits, the parameters, the tokens so far and the position alone,
 * so that a seeded request gives the same tokens at any load. Works in place and allocates nothing per token.
 */
public final class Sampler {

    private static final int FIRST_CANDIDATES = 128;

    private final Kernels kernels;
    private final int vocabulary;
    private final MemorySegment probabilities;
    private final int[] candidates;
    private final int[] counts;
    private final int[] one = new int[1];

    /** A sampler over {@code vocabulary} tokens; {@code arena} owns its scratch memory. */
    public Sampler(Kernels kernels, int vocabulary, Arena arena) {
        this.kernels = kernels;
        this.vocabulary = vocabulary;
        probabilities = arena.allocate(4L * vocabulary, 64);
        candidates = new int[vocabulary];
        counts = new int[vocabulary];
    }

    /**
     * The next token.
     *
     * @param logits F32 [rows, vocabulary]; the row is changed by bias and penalties
     * @param offsetBytes where the row begins
     * @param tokens prompt and completion so far
     * @param promptLength how many of the tokens are the prompt
     * @param length how many tokens there are
     */
    public int sample(
            MemorySegment logits, long offsetBytes, SamplingParams params, int[] tokens, int promptLength, int length) {
        bias(logits, offsetBytes, params);
        penalize(logits, offsetBytes, params, tokens, promptLength, length);
        if (params.temperature() == 0) {
            kernels.layer().topK(logits, offsetBytes, vocabulary, 1, one);
            return one[0];
        }
        double uniform = CounterRandom.uniform(params.seed(), length - promptLength);
        double total = kernels.layer().softmax(logits, offsetBytes, vocabulary, params.temperature(), probabilities);
        if (params.topK() == 0 && params.topP() >= 1 && params.minP() <= 0) {
            return drawFromAll(uniform * total);
        }
        return drawFromBest(params, uniform, total);
    }

    private static void bias(MemorySegment logits, long offsetBytes, SamplingParams params) {
        int[] ids = params.biasIds();
        for (int i = 0; i < ids.length; i++) {
            long at = offsetBytes + 4L * ids[i];
            logits.set(ValueLayout.JAVA_FLOAT, at, logits.get(ValueLayout.JAVA_FLOAT, at) + params.biases()[i]);
        }
    }

    private void penalize(
            MemorySegment logits, long offsetBytes, SamplingParams params, int[] tokens, int promptLength, int length) {
        boolean repetition = params.repetitionPenalty() != 1;
        boolean counting = params.presencePenalty() != 0 || params.frequencyPenalty() != 0;
        if (!repetition && !counting) {
            return;
        }
        if (repetition) {
            for (int i = 0; i < length; i++) {
                if (counts[tokens[i]]++ == 0) {
                    long at = offsetBytes + 4L * tokens[i];
                    float logit = logits.get(ValueLayout.JAVA_FLOAT, at);
                    float penalty = params.repetitionPenalty();
                    logits.set(ValueLayout.JAVA_FLOAT, at, logit > 0 ? logit / penalty : logit * penalty);
                }
            }
            clearCounts(tokens, length);
        }
        if (counting) {
            for (int i = promptLength; i < length; i++) {
                counts[tokens[i]]++;
            }
            for (int i = promptLength; i < length; i++) {
                int count = counts[tokens[i]];
                if (count > 0) {
                    counts[tokens[i]] = 0;
                    long at = offsetBytes + 4L * tokens[i];
                    float penalty = params.presencePenalty() + params.frequencyPenalty() * count;
                    logits.set(ValueLayout.JAVA_FLOAT, at, logits.get(ValueLayout.JAVA_FLOAT, at) - penalty);
                }
            }
        }
    }

    private void clearCounts(int[] tokens, int length) {
        for (int i = 0; i < length; i++) {
            counts[tokens[i]] = 0;
        }
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
            have = kernels.layer().topK(probabilities, 0, vocabulary, want, candidates);
            base = params.topK() == 0 ? total : sum(have);
            kept = 0;
            sum = 0;
            double least = params.minP() * (double) probability(candidates[0]);
            while (kept < have
                    && (kept == 0 || sum <= params.topP() * base && probability(candidates[kept]) >= least)) {
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
