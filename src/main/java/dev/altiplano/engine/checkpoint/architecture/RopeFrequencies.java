package dev.altiplano.engine.checkpoint.architecture;

import java.util.List;

/**
 * The frequency of each rotary pair, scaled as the model asks for it.
 *
 * @param each radians for one position, pair after pair
 * @param amplitude what cos and sin are multiplied by
 */
@SuppressWarnings("ArrayRecordComponent")
public record RopeFrequencies(double[] each, double amplitude) {

    /** The frequencies of {@code rope} for sequences of at most {@code contextLength} tokens. */
    public static RopeFrequencies of(Rope rope, int contextLength) {
        return of(rope, rope.scaling(), contextLength);
    }

    private static RopeFrequencies of(Rope rope, RopeScaling scaling, int contextLength) {
        double[] plain = plain(rope.base(), rope.dimensions());
        return switch (scaling) {
            case RopeScaling.None none -> new RopeFrequencies(plain, 1);
            case RopeScaling.Linear linear -> new RopeFrequencies(linear(plain, linear.factor()), 1);
            case RopeScaling.DynamicNtk dynamic ->
                new RopeFrequencies(plain(base(rope, dynamic, contextLength), rope.dimensions()), 1);
            case RopeScaling.Yarn yarn -> new RopeFrequencies(yarn(rope, plain, yarn), yarn.attentionFactor());
            case RopeScaling.Llama3 llama3 -> new RopeFrequencies(llama3(plain, llama3), 1);
            case RopeScaling.LongRope ropes ->
                new RopeFrequencies(
                        divided(
                                plain,
                                contextLength > ropes.originalContext() ? ropes.longFactors() : ropes.shortFactors()),
                        ropes.attentionFactor());
            case RopeScaling.Divided divided -> {
                RopeFrequencies inner = of(rope, divided.scaling(), contextLength);
                yield new RopeFrequencies(divided(inner.each, divided.divisors()), inner.amplitude);
            }
            case RopeScaling.Amplified amplified -> {
                RopeFrequencies inner = of(rope, amplified.scaling(), contextLength);
                yield new RopeFrequencies(inner.each, inner.amplitude * amplified.factor());
            }
        };
    }

    private static double[] plain(double base, int dimensions) {
        double[] frequencies = new double[dimensions / 2];
        for (int k = 0; k < frequencies.length; k++) {
            frequencies[k] = StrictMath.pow(base, -2.0 * k / dimensions);
        }
        return frequencies;
    }

    private static double[] linear(double[] plain, double factor) {
        double[] scaled = new double[plain.length];
        for (int k = 0; k < plain.length; k++) {
            scaled[k] = plain[k] / factor;
        }
        return scaled;
    }

    private static double[] divided(double[] plain, List<Double> divisors) {
        if (divisors.size() != plain.length) {
            throw new IllegalArgumentException(
                    divisors.size() + " RoPE frequency factors for " + plain.length + " rotary pairs");
        }
        double[] scaled = new double[plain.length];
        for (int k = 0; k < plain.length; k++) {
            scaled[k] = plain[k] / divisors.get(k);
        }
        return scaled;
    }

    private static double base(Rope rope, RopeScaling.DynamicNtk dynamic, int contextLength) {
        if (contextLength <= dynamic.originalContext() || rope.dimensions() <= 2) {
            return rope.base();
        }
        double stretch = dynamic.factor() * contextLength / dynamic.originalContext() - (dynamic.factor() - 1);
        return rope.base() * StrictMath.pow(stretch, rope.dimensions() / (rope.dimensions() - 2.0));
    }

    private static double[] yarn(Rope rope, double[] plain, RopeScaling.Yarn yarn) {
        double low = pair(rope, yarn, yarn.betaFast());
        double high = pair(rope, yarn, yarn.betaSlow());
        low = Math.max(yarn.whole() ? Math.floor(low) : low, 0);
        high = Math.min(yarn.whole() ? Math.ceil(high) : high, rope.dimensions() - 1);
        double[] scaled = new double[plain.length];
        for (int k = 0; k < plain.length; k++) {
            double ramp = Math.clamp((k - low) / Math.max(high - low, 0.001), 0, 1);
            scaled[k] = plain[k] / yarn.factor() * ramp + plain[k] * (1 - ramp);
        }
        return scaled;
    }

    /** The pair, a broken number, that turns so many times over the original context. */
    private static double pair(Rope rope, RopeScaling.Yarn yarn, double turns) {
        double inverse = yarn.originalContext() / (turns * 2 * Math.PI);
        return rope.dimensions() * StrictMath.log(inverse) / (2 * StrictMath.log(rope.base()));
    }

    private static double[] llama3(double[] plain, RopeScaling.Llama3 scaling) {
        double low = scaling.lowFrequencyFactor();
        double high = scaling.highFrequencyFactor();
        double[] scaled = new double[plain.length];
        for (int k = 0; k < plain.length; k++) {
            double turns = scaling.originalContext() * plain[k] / (2 * Math.PI);
            double smooth = Math.clamp((turns - low) / (high - low), 0, 1);
            scaled[k] = (1 - smooth) * plain[k] / scaling.factor() + smooth * plain[k];
        }
        return scaled;
    }
}
