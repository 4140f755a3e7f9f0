package dev.altiplano.evaluation.divergence;

import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.ModelCard;
import dev.altiplano.engine.os.WorkerPool;
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

    /**
     * What was measured, and of which models.
     *
     * @param cost what the model took, without the reference
     */
    public record Result(Divergence divergence, ModelCard reference, ModelCard model, int chunks, ComputingCost cost) {}

    /** Measures. The calling thread computes with the threads of both models' options. */
    public Result of(String text, EvaluationProgress progress) {
        int length = cut.context() + cut.stride() / 2;
        try (LogitsModel first = new LogitsModel(reference, length, (phase, done, total) -> {});
                LogitsModel second = new LogitsModel(model, length, (phase, done, total) -> {});
                WorkerPool pool = new WorkerPool(model.compute().threads())) {
            int[] ids = ids(first, text);
            if (first.vocabulary() != second.vocabulary() || !Arrays.equals(ids, ids(second, text))) {
                throw new EvaluationException(
                        "the reference " + reference.model().path() + " ("
                                + first.vocabulary() + " tokens) and the model "
                                + model.model().path() + " ("
                                + second.vocabulary()
                                + " tokens) read the text differently: their vocabularies must be the same");
            }
            List<Chunk> chunks =
                    cut.of(ids, first.tokenizer().addsBos() ? first.tokenizer().bos() : -1);
            chunks = chunks.subList(0, Math.min(maxChunks, chunks.size()));
            TokenComparison comparison = new TokenComparison(pool);
            for (int i = 0; i < chunks.size(); i++) {
                compare(first, second, chunks.get(i), comparison);
                progress.advanced(i + 1, chunks.size());
            }
            return new Result(comparison.result(), first.card(), second.card(), chunks.size(), second.cost());
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

    private static void compare(LogitsModel reference, LogitsModel model, Chunk chunk, TokenComparison comparison) {
        int[] ids = chunk.ids();
        // The last token predicts nothing that is known.
        int rows = ids.length - 1;
        // A row is scored by the token behind it.
        int firstScored = Math.min(rows, Math.max(0, chunk.from() - 1));
        int most = Math.min(reference.maxRows(), model.maxRows());
        for (int start = 0; start < firstScored; start += most) {
            int count = Math.min(most, firstScored - start);
            MemorySegment ignored = reference.forward(ids, start, count, false);
            ignored = model.forward(ids, start, count, false);
        }
        int mostScored = Math.min(reference.maxScoredRows(), model.maxScoredRows());
        for (int start = firstScored; start < rows; start += mostScored) {
            int count = Math.min(mostScored, rows - start);
            MemorySegment expected = reference.forward(ids, start, count, true);
            MemorySegment logits = model.forward(ids, start, count, true);
            int[] right = Arrays.copyOfRange(ids, start + 1, start + 1 + count);
            comparison.add(expected, logits, reference.vocabulary(), right);
        }
    }
}
