package dev.altiplano.engine.checkpoint.gguf;

import dev.altiplano.engine.checkpoint.architecture.Rope;
import dev.altiplano.engine.checkpoint.architecture.RopeFrequencies;
import dev.altiplano.engine.checkpoint.architecture.RopeScaling;
import dev.altiplano.engine.checkpoint.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a GGUF file says what RoPE scaling a model has: by keys where there are keys for it, else by a divisor for each frequency,
 * as llama.cpp writes Llama 3.1's. Dynamic NTK changes nothing within the stated context and is left out.
 *
 * @param type for {@code rope.scaling.type}, or empty
 * @param numbers further keys behind {@code rope.scaling.}; an {@link Integer} is written as such, others as floats
 * @param tensors tensors to write beside the model's
 */
record GgufRopeOutput(String type, Map<String, Number> numbers, List<Tensor> tensors) {

    static GgufRopeOutput of(Rope rope) {
        return of(rope, rope.scaling());
    }

    private static GgufRopeOutput of(Rope rope, RopeScaling scaling) {
        return switch (scaling) {
            case RopeScaling.None none -> plain();
            case RopeScaling.DynamicNtk dynamic -> plain();
            case RopeScaling.Linear linear ->
                new GgufRopeOutput("linear", numbers(Map.of("factor", linear.factor())), List.of());
            case RopeScaling.Yarn yarn when yarn.whole() -> yarn(yarn);
            case RopeScaling.LongRope ropes ->
                new GgufRopeOutput(
                        "longrope",
                        numbers(Map.of(
                                "original_context_length",
                                ropes.originalContext(),
                                "attn_factor",
                                ropes.attentionFactor())),
                        List.of(
                                new NumbersTensor(GgufRope.LONG, ropes.longFactors()),
                                new NumbersTensor(GgufRope.SHORT, ropes.shortFactors())));
            case RopeScaling.Amplified amplified -> {
                GgufRopeOutput inner = of(rope, amplified.scaling());
                Map<String, Number> more = numbers(inner.numbers);
                double before = inner.numbers.getOrDefault("attn_factor", 1.0).doubleValue();
                more.put("attn_factor", before * amplified.factor());
                yield new GgufRopeOutput(inner.type, more, inner.tensors);
            }
            case RopeScaling.Yarn yarn -> divided(rope);
            case RopeScaling.Llama3 llama3 -> divided(rope);
            case RopeScaling.Divided divided -> divided(rope);
        };
    }

    private static GgufRopeOutput plain() {
        return new GgufRopeOutput("", Map.of(), List.of());
    }

    private static GgufRopeOutput yarn(RopeScaling.Yarn yarn) {
        Map<String, Number> keys = numbers(Map.of("factor", yarn.factor()));
        keys.put("original_context_length", yarn.originalContext());
        keys.put("yarn_beta_fast", yarn.betaFast());
        keys.put("yarn_beta_slow", yarn.betaSlow());
        keys.put("attn_factor", yarn.attentionFactor() / RopeScaling.Yarn.attention(yarn.factor(), 1));
        return new GgufRopeOutput("yarn", keys, List.of());
    }

    /** The scaled frequencies as what the plain ones are divided by. */
    private static GgufRopeOutput divided(Rope rope) {
        double[] plain = RopeFrequencies.of(new Rope(rope.base(), rope.dimensions(), new RopeScaling.None()), 1)
                .each();
        RopeFrequencies scaled = RopeFrequencies.of(rope, 1);
        List<Double> divisors = new ArrayList<>();
        for (int k = 0; k < plain.length; k++) {
            divisors.add(plain[k] / scaled.each()[k]);
        }
        Map<String, Number> keys =
                scaled.amplitude() == 1 ? Map.of() : numbers(Map.of("attn_factor", scaled.amplitude()));
        return new GgufRopeOutput("", keys, List.of(new NumbersTensor(GgufRope.FREQUENCIES, divisors)));
    }

    private static Map<String, Number> numbers(Map<String, ? extends Number> some) {
        return new LinkedHashMap<>(some);
    }
}
