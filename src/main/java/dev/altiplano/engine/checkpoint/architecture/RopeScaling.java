package dev.altiplano.engine.checkpoint.architecture;

import java.util.List;

/**
 * A change of the rotary frequencies that makes a model fit for longer contexts than it was first trained for. Constructors throw
 * {@link IllegalArgumentException} for numbers that give no frequency.
 */
public sealed interface RopeScaling {

    /** Frequencies as they are. */
    record None() implements RopeScaling {}

    /** Every frequency divided by {@code factor} (position interpolation, Chen et al. 2023). */
    record Linear(double factor) implements RopeScaling {
        public Linear {
            positive("factor", factor);
        }
    }

    /**
     * Another base for sequences beyond {@code originalContext} (dynamic NTK). The base follows from the longest sequence that will
     * be computed and stays, so that a sequence's numbers do not change while it grows.
     */
    record DynamicNtk(double factor, int originalContext) implements RopeScaling {
        public DynamicNtk {
            positive("factor", factor);
            positive("original context", originalContext);
        }
    }

    /**
     * High frequencies kept, low ones divided by {@code factor}, between them a ramp (Peng et al. 2023).
     *
     * @param betaFast turns over the original context from which a frequency is kept
     * @param betaSlow turns up to which it is divided
     * @param whole whether the ends of the ramp are rounded to whole pairs
     * @param attentionFactor what cos and sin are multiplied by
     */
    record Yarn(
            double factor, int originalContext, double betaFast, double betaSlow, boolean whole, double attentionFactor)
            implements RopeScaling {
        public Yarn {
            positive("factor", factor);
            positive("original context", originalContext);
            positive("beta_fast", betaFast);
            positive("beta_slow", betaSlow);
            positive("attention factor", attentionFactor);
        }

        /** The attention factor that the paper gives for a factor, with {@code scale} before the logarithm's 0.1. */
        public static double attention(double factor, double scale) {
            return factor <= 1 ? 1 : 0.1 * scale * StrictMath.log(factor) + 1;
        }
    }

    /** Waves shorter than the original context kept, longer ones divided, a smooth passage between (Llama 3.1). */
    record Llama3(double factor, double lowFrequencyFactor, double highFrequencyFactor, int originalContext)
            implements RopeScaling {
        public Llama3 {
            positive("factor", factor);
            positive("low_freq_factor", lowFrequencyFactor);
            positive("high_freq_factor", highFrequencyFactor);
            positive("original context", originalContext);
            if (highFrequencyFactor <= lowFrequencyFactor) {
                throw new IllegalArgumentException("high_freq_factor " + highFrequencyFactor
                        + " is not above low_freq_factor " + lowFrequencyFactor);
            }
        }
    }

    /**
     * Each frequency divided by a number of its own (LongRoPE, Ding et al. 2024): one set for models that are run within the
     * original context, one for longer contexts.
     */
    record LongRope(List<Double> shortFactors, List<Double> longFactors, int originalContext, double attentionFactor)
            implements RopeScaling {
        public LongRope {
            shortFactors = divisors(shortFactors);
            longFactors = divisors(longFactors);
            positive("original context", originalContext);
            positive("attention factor", attentionFactor);
        }
    }

    /** The frequencies of {@code scaling}, each divided by a number of its own, as GGUF's {@code rope_freqs.weight} has them. */
    record Divided(RopeScaling scaling, List<Double> divisors) implements RopeScaling {
        public Divided {
            divisors = RopeScaling.divisors(divisors);
        }
    }

    /** The frequencies of {@code scaling}; cos and sin multiplied by {@code factor}. */
    record Amplified(RopeScaling scaling, double factor) implements RopeScaling {
        public Amplified {
            positive("attention factor", factor);
        }
    }

    private static void positive(String what, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException("the RoPE scaling's " + what + " is " + value + ", expected above 0");
        }
    }

    private static List<Double> divisors(List<Double> divisors) {
        divisors.forEach(each -> positive("frequency factor", each));
        return List.copyOf(divisors);
    }
}
