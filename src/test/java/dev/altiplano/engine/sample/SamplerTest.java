package dev.altiplano.engine.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.altiplano.engine.kernel.Kernels;
import dev.altiplano.engine.kernel.backend.Backends;
import dev.altiplano.engine.kernel.backend.KernelOptions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class SamplerTest {

    private static final int DRAWS = 3000;
    private static final JsonNode SAMPLING = JsonMapper.shared()
            .readTree(Path.of("src/test/resources/reference/expected.json").toFile())
            .get("sampling");

    private static float[] row(String name) {
        JsonNode row = SAMPLING.get("rows").get(name);
        float[] values = new float[row.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = row.get(i).isString()
                    ? Float.NEGATIVE_INFINITY
                    : (float) row.get(i).asDouble();
        }
        return values;
    }

    /** Each reference case keeps the tokens that PyTorch keeps, and draws them as often as their probabilities say. */
    @Test
    void drawsWhatTheReferenceKeepsAsOftenAsItSays() {
        try (Kernels kernels = Backends.create(KernelOptions.auto(1));
                Arena arena = Arena.ofShared()) {
            for (JsonNode each : SAMPLING.get("cases")) {
                float[] logits = row(each.get("row").asString());
                double[] probabilities = probabilities(each, logits.length);
                if (probabilities.length == 0) {
                    continue;
                }
                Sampler sampler = new Sampler(kernels.layer(), logits.length, arena);
                MemorySegment memory = arena.allocateFrom(ValueLayout.JAVA_FLOAT, logits);
                int[] counts = new int[logits.length];
                for (int draw = 0; draw < DRAWS; draw++) {
                    SamplingParams params = new SamplingParams(
                            (float) each.get("temperature").asDouble(),
                            0,
                            (float) each.get("top_p").asDouble(),
                            0,
                            draw);
                    counts[sampler.sample(memory, 0, params, 0)]++;
                }
                for (int id = 0; id < counts.length; id++) {
                    if (counts[id] > 0) {
                        assertThat(probabilities[id])
                                .as("%s draws %d", each.get("row"), id)
                                .isPositive();
                    }
                    double sigma = Math.sqrt(probabilities[id] * (1 - probabilities[id]) / DRAWS);
                    assertThat(counts[id] / (double) DRAWS)
                            .isCloseTo(probabilities[id], within(5 * sigma + 1.0 / DRAWS));
                }
            }
        }
    }

    /** By token id; empty where the reference does not say, since equal logits leave several answers. */
    private static double[] probabilities(JsonNode each, int size) {
        double[] probabilities = new double[size];
        JsonNode all = each.get("probs");
        JsonNode kept = each.get("probs_kept");
        if (all != null && !all.isNull()) {
            for (int id = 0; id < size; id++) {
                probabilities[id] = all.get(id).asDouble();
            }
        } else if (kept != null && !kept.isNull()) {
            kept.forEach(
                    pair -> probabilities[pair.get(0).asInt()] = pair.get(1).asDouble());
        } else {
            return new double[0];
        }
        return probabilities;
    }

    @Test
    void keepsTheBestAndTheLikelyEnough() {
        try (Kernels kernels = Backends.create(KernelOptions.auto(1));
                Arena arena = Arena.ofShared()) {
            int size = 1000;
            Sampler sampler = new Sampler(kernels.layer(), size, arena);
            MemorySegment logits = arena.allocate(4L * size, 64);
            for (int i = 0; i < size; i++) {
                logits.setAtIndex(ValueLayout.JAVA_FLOAT, i, -0.001f * i);
            }
            Set<Integer> topK = new HashSet<>();
            Set<Integer> topP = new HashSet<>();
            Set<Integer> minP = new HashSet<>();
            for (int seed = 0; seed < 4000; seed++) {
                topK.add(sampler.sample(logits, 0, params(200, 1, 0, seed), 0));
                topP.add(sampler.sample(logits, 0, params(0, 0.5f, 0, seed), 0));
                minP.add(sampler.sample(logits, 0, params(0, 1, (float) Math.exp(-0.3005), seed), 0));
            }
            assertThat(topK).hasSize(200).allMatch(id -> id < 200);
            // Σ_{i<k} e^(-i/1000) ≥ half of all at k = 380.
            assertThat(topP).allMatch(id -> id < 381).contains(379);
            assertThat(minP).allMatch(id -> id <= 300).contains(300);
        }
    }

    private static SamplingParams params(int topK, float topP, float minP, long seed) {
        return new SamplingParams(1, topK, topP, minP, seed);
    }
}
