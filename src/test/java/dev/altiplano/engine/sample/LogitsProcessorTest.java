package dev.altiplano.engine.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What changes logits: held against a plain count over all tokens, and taken back again. */
class LogitsProcessorTest {

    private static final int VOCABULARY = 700;

    @Test
    void penaltiesAreWhatCountingAllTokensGives() {
        Random random = new Random(3);
        try (Arena arena = Arena.ofConfined()) {
            for (int round = 0; round < 50; round++) {
                int[] prompt = random.ints(round, 0, VOCABULARY).toArray();
                float presence = round % 3 - 1;
                float frequency = round % 5 * 0.3f - 0.6f;
                float repetition = 0.7f + round % 4 * 0.3f;
                Penalties penalties = new Penalties(presence, frequency, repetition, prompt);
                List<Integer> completion = new ArrayList<>();
                for (int step = 0; step < 300; step++) {
                    if (!completion.isEmpty() && random.nextInt(4) == 0) {
                        int back = 1 + random.nextInt(Math.min(5, completion.size()));
                        penalties.rollBack(back);
                        completion
                                .subList(completion.size() - back, completion.size())
                                .clear();
                    } else {
                        int token = random.nextInt(random.nextBoolean() ? 10 : VOCABULARY);
                        penalties.accept(token);
                        completion.add(token);
                    }
                }
                float[] row = new float[VOCABULARY];
                for (int id = 0; id < VOCABULARY; id++) {
                    row[id] = (float) random.nextGaussian();
                }
                MemorySegment logits = arena.allocateFrom(ValueLayout.JAVA_FLOAT, row);
                penalties.apply(logits, 0);
                assertThat(logits.toArray(ValueLayout.JAVA_FLOAT))
                        .isEqualTo(counted(row, prompt, completion, presence, frequency, repetition));
            }
        }
    }

    private static float[] counted(
            float[] row, int[] prompt, List<Integer> completion, float presence, float frequency, float repetition) {
        float[] changed = row.clone();
        for (int id = 0; id < VOCABULARY; id++) {
            int token = id;
            int count = (int) completion.stream().filter(each -> each == token).count();
            boolean said = count > 0;
            for (int each : prompt) {
                said |= each == token && repetition != 1;
            }
            if (said && repetition != 1) {
                changed[id] = changed[id] > 0 ? changed[id] / repetition : changed[id] * repetition;
            }
            if (count > 0) {
                changed[id] -= presence + frequency * count;
            }
        }
        return changed;
    }

    @Test
    void biasIsAddedAndEndsWaitForTheMinimumLength() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment logits = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 1, 2, 3, 4);
            new LogitBias(Map.of(2, -5f, 0, 0.5f)).apply(logits, 0);
            assertThat(logits.toArray(ValueLayout.JAVA_FLOAT)).containsExactly(1.5f, 2, -2, 4);
            MinimumLength minimum = new MinimumLength(2, new int[] {3});
            minimum.accept(0);
            minimum.apply(logits, 0);
            assertThat(logits.getAtIndex(ValueLayout.JAVA_FLOAT, 3)).isEqualTo(Float.NEGATIVE_INFINITY);
            logits.setAtIndex(ValueLayout.JAVA_FLOAT, 3, 4);
            minimum.accept(0);
            minimum.apply(logits, 0);
            assertThat(logits.getAtIndex(ValueLayout.JAVA_FLOAT, 3)).isEqualTo(4);
            minimum.rollBack(1);
            minimum.apply(logits, 0);
            assertThat(logits.getAtIndex(ValueLayout.JAVA_FLOAT, 3)).isEqualTo(Float.NEGATIVE_INFINITY);
        }
    }
}
