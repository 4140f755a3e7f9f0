package dev.altiplano.evaluation.divergence;

import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.ModelCard;
import dev.altiplano.evaluation.EvaluationException;
import dev.altiplano.evaluation.run.EvaluationProgress;
import dev.altiplano.evaluation.text.PerplexityChunks;
import dev.altiplano.evaluation.text.PerplexityChunks.Chunk;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/**
 * Holds a model against a reference on a text: both are in memory at once, and each chunk goes through both, so that no logits
 * are kept. Weights, keys and values and the backend may differ between the two; the vocabulary must not.
 *
 * @param cut how the text is cut
 * @param maxChunks maximum of chunks
 */
public record DivergenceMeasurement(EngineOptions reference, EngineOptions model, PerplexityChunks cut, int maxChunks) {

    /** What was measured, and of which models. */
    public record Result(Divergence divergence, ModelCard reference, ModelCard model, int chunks) {}

    /** Measures. The calling thread computes with the threads of both models' options. */
    public Result of(String text, EvaluationProgress progress) {
        int length = cut.context() + cut.stride() / 2;
        try (LogitsModel first = new LogitsModel(reference, length, (phase, done, total) -> {});
                LogitsModel second = new LogitsModel(model, length, (phase, done, total) -> {})) {
            int[] ids = ids(first, text);
            if (first.vocabulary() != second.vocabulary() || !Arrays.equals(ids, ids(second, text))) {
                throw new EvaluationException(
                        "the reference " + reference.model().path() + " ("
                                + first.vocabulary() + " tokens) and the model "
                                + model.model().path() + " ("
                                + second.vocabulary()
                                + " tokens) read the text differently: their vocabularies must be the same");
            }
            List<Chunk> chunks = cut.of(ids, first.tokenizer().bos());
            chunks = chunks.subList(0, Math.min(maxChunks, chunks.size()));
            TokenComparison comparison = new TokenComparison();
            int rows = Math.min(first.batchRows(), second.batchRows());
            for (int i = 0; i < chunks.size(); i++) {
                compare(first, second, chunks.get(i), rows, comparison);
                progress.advanced(i + 1, chunks.size());
            }
            return new Result(comparison.result(), first.card(), second.card(), chunks.size());
        }
    }

    private static int[] ids(LogitsModel model, String text) {
        int[] ids = model.tokenizer().encode(text);
        if (!model.tokenizer().addsBos()) {
            return ids;
        }
        int[] begun = new int[ids.length + 1];
        begun[0] = model.tokenizer().bos();
        System.arraycopy(ids, 0, begun, 1, ids.length);
        return begun;
    }

    private static void compare(
            LogitsModel reference, LogitsModel model, Chunk chunk, int rows, TokenComparison comparison) {
        int[] ids = chunk.ids();
        int vocabulary = reference.vocabulary();
        // The last token predicts nothing that is known.
        for (int start = 0; start < ids.length - 1; start += rows) {
            int count = Math.min(rows, ids.length - 1 - start);
            MemorySegment expected = reference.forward(ids, start, count);
            MemorySegment logits = model.forward(ids, start, count);
            for (int row = 0; row < count; row++) {
                if (start + row + 1 >= chunk.from()) {
                    comparison.add(expected, logits, row, vocabulary, ids[start + row + 1]);
                }
            }
        }
    }
}
