package dev.altiplano.engine.sample;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.grammar.CompiledGrammar;
import dev.altiplano.engine.grammar.GrammarMatcher;
import dev.altiplano.engine.grammar.GrammarSource;
import dev.altiplano.engine.grammar.TokenVocabulary;
import dev.altiplano.engine.grammar.limit.GrammarLimits;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
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
            MinimumLength minimum = new MinimumLength(2, new int[] {3}, null);
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

    @Test
    void aFinishedGrammarEndsBeforeTheMinimumLength() {
        byte[][] tokens = {null, null, "y".getBytes(StandardCharsets.UTF_8), "n".getBytes(StandardCharsets.UTF_8)};
        TokenVocabulary vocabulary = new TokenVocabulary(tokens, 1);
        CompiledGrammar grammar = CompiledGrammar.compile(new GrammarSource.Regex("yn?"), GrammarLimits.DEFAULT);
        GrammarMatcher matcher = new GrammarMatcher(grammar, vocabulary);
        MinimumLength minimum = new MinimumLength(9, new int[] {1}, matcher);
        GrammarMask mask = new GrammarMask(matcher);
        assertThat(allowed(minimum, mask)).containsExactly(2);
        mask.accept(2);
        assertThat(allowed(minimum, mask)).as("n can follow, so that it must").containsExactly(3);
        // Where a token that ends the text is all that the grammar takes, nothing else could be chosen.
        assertThat(allowed(new MinimumLength(9, new int[] {1, 3}, matcher), mask))
                .containsExactly(1, 3);
        mask.accept(3);
        assertThat(allowed(minimum, mask)).containsExactly(1);
        mask.rollBack(1);
        assertThat(allowed(minimum, mask)).containsExactly(3);
    }

    private static List<Integer> allowed(LogitsProcessor... processors) {
        MemorySegment logits = MemorySegment.ofArray(new float[4]);
        for (LogitsProcessor processor : processors) {
            processor.apply(logits, 0);
        }
        List<Integer> allowed = new ArrayList<>();
        for (int id = 0; id < 4; id++) {
            if (logits.getAtIndex(ValueLayout.JAVA_FLOAT, id) == 0) {
                allowed.add(id);
            }
        }
        return allowed;
    }
}
