package dev.altiplano.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.load.LoadedModel;
import dev.altiplano.engine.load.ModelLoader;
import dev.altiplano.engine.model.ForwardBatch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A row's logits have the same bits whichever other rows' logits are wanted; and so do the keys and values that a pass leaves. */
final class ScoredRowsTest {

    private static final int ROWS = 40;
    private static final int GENERATED = 2;

    /** Two generated rows, then prompts of 30 and of 8 rows, and the pass after it: one more row of each sequence. */
    @ParameterizedTest
    @MethodSource("dev.altiplano.engine.SameAnswerTest#models")
    void logitsDoNotDependOnWhichOthersAreWanted(SameAnswerTest.Model model) {
        EngineOptions options = model.settings().batch(4, 64).options();
        try (LoadedModel loaded = new ModelLoader(options, (phase, done, total) -> {}).load();
                Arena arena = Arena.ofShared()) {
            ForwardBatch batch = new ForwardBatch(ROWS, ROWS, 64, arena);
            List<IntPredicate> choices = List.of(
                    row -> false, row -> row == 0, row -> row == ROWS - 1, row -> row < GENERATED, row -> row % 3 == 1);
            List<float[]> all = pass(loaded, batch, row -> true);
            List<float[]> afterAll = next(loaded, batch);
            for (IntPredicate wanted : choices) {
                List<float[]> some = pass(loaded, batch, wanted);
                for (int row = 0, index = 0; row < ROWS; row++) {
                    if (wanted.test(row)) {
                        assertThat(some.get(index++)).as("row %d", row).isEqualTo(all.get(row));
                    }
                }
                assertThat(next(loaded, batch)).usingRecursiveComparison().isEqualTo(afterAll);
            }
        }
    }

    /** From empty KV memory, so that nothing of an earlier pass helps. */
    private static List<float[]> pass(LoadedModel loaded, ForwardBatch batch, IntPredicate wanted) {
        loaded.kv().memory().fill((byte) 0);
        batch.clear();
        int row = 0;
        for (; row < GENERATED; row++) {
            batch.add(300 + row, 0, list(batch, row), true, wanted.test(row));
        }
        for (int length : new int[] {30, 8}) {
            int list = list(batch, length == 30 ? GENERATED : GENERATED + 1);
            for (int position = 0; position < length; position++, row++) {
                batch.add(310 + row, position, list, false, wanted.test(row));
            }
        }
        assertThat(row).isEqualTo(ROWS);
        return logits(loaded, batch);
    }

    private static List<float[]> next(LoadedModel loaded, ForwardBatch batch) {
        int[] positions = {1, 1, 30, 8};
        batch.clear();
        for (int sequence = 0; sequence < positions.length; sequence++) {
            batch.add(305, positions[sequence], list(batch, sequence), true, true);
        }
        return logits(loaded, batch);
    }

    private static int list(ForwardBatch batch, int sequence) {
        return batch.addBlockList(new int[] {2 * sequence, 2 * sequence + 1}, 2);
    }

    private static List<float[]> logits(LoadedModel loaded, ForwardBatch batch) {
        MemorySegment logits = loaded.model().forward(batch);
        int size = loaded.config().vocabularySize();
        List<float[]> rows = new ArrayList<>();
        for (int i = 0; i < batch.scoredRows(); i++) {
            rows.add(logits.asSlice(4L * i * size, 4L * size).toArray(ValueLayout.JAVA_FLOAT));
        }
        return rows;
    }
}
