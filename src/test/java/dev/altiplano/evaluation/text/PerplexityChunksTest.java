package dev.altiplano.evaluation.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.evaluation.EvaluationException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Cuts as llama-perplexity makes them. */
final class PerplexityChunksTest {

    private static final int[] IDS = IntStream.range(100, 140).toArray();

    @Test
    void scoresTheSecondHalfOfEachChunk() {
        List<PerplexityChunks.Chunk> chunks = new PerplexityChunks(16, 0).of(IDS, 1);
        assertThat(chunks).hasSize(2);
        assertThat(chunks.get(1).ids()).hasSize(16).startsWith(1, 117).endsWith(131);
        // n_ctx / 2 − 1 tokens of each.
        assertThat(16 - chunks.get(1).from()).isEqualTo(7);
    }

    @Test
    void scoresAStrideOfLongerChunks() {
        List<PerplexityChunks.Chunk> chunks = new PerplexityChunks(16, 8).of(IDS, 1);
        // ⌈(40 − 20) / 8⌉ chunks of 16 + 8 / 2.
        assertThat(chunks).hasSize(3);
        assertThat(chunks.get(2).ids()).hasSize(20).startsWith(116);
        assertThat(20 - chunks.get(2).from()).isEqualTo(8);
        assertThat(chunks.getFirst().ids()).as("as the text begins").startsWith(100, 101);
        List<PerplexityChunks.Chunk> wide = new PerplexityChunks(16, 16).of(IDS, 1);
        assertThat(wide).hasSize(1);
        assertThat(wide.getFirst().ids()).hasSize(24);
        assertThat(wide.getFirst().from()).isEqualTo(8);
    }

    @Test
    void refusesWhatCannotBeCut() {
        assertThatThrownBy(() -> new PerplexityChunks(16, 0).of(new int[15], 1))
                .isInstanceOf(EvaluationException.class)
                .hasMessageContaining("15 tokens");
        assertThatThrownBy(() -> new PerplexityChunks(16, 17)).hasMessageContaining("stride");
        assertThatThrownBy(() -> new PerplexityChunks(2, 0)).hasMessageContaining("context");
    }
}
