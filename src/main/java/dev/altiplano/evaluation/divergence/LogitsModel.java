package dev.altiplano.evaluation.divergence;

import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.LoadListener;
import dev.altiplano.engine.ModelCard;
import dev.altiplano.engine.load.LoadedModel;
import dev.altiplano.engine.load.ModelLoader;
import dev.altiplano.engine.model.ForwardBatch;
import dev.altiplano.engine.tokenizer.Tokenizer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.stream.IntStream;

/** A model that gives all logits of one chunk of tokens at a time, as prompt rows. Belongs to one thread; owns its memory. */
final class LogitsModel implements AutoCloseable {

    private final LoadedModel loaded;
    private final Arena arena = Arena.ofShared();
    private final ForwardBatch batch;
    private final int[] blocks;
    private final int batchRows;

    /**
     * @param context longest chunk in tokens
     */
    LogitsModel(EngineOptions options, int context, LoadListener listener) {
        int rows = Math.min(context, options.batch().maxBatchTokens());
        int blockTokens = options.kv().blockTokens();
        int count = Math.ceilDiv(context, blockTokens);
        EngineOptions one = options.with(new EngineOptions.Batch(context, 1, rows))
                .with(new EngineOptions.Kv(0, blockTokens, options.kv().format(), false));
        loaded = new ModelLoader(one, listener).load();
        batchRows = Math.max(1, Math.min(rows, loaded.maxScoredRows() - 1));
        blocks = IntStream.range(0, count).toArray();
        batch = new ForwardBatch(rows, loaded.maxScoredRows(), count, arena);
    }

    ModelCard card() {
        return loaded.card();
    }

    Tokenizer tokenizer() {
        return loaded.tokenizer();
    }

    int vocabulary() {
        return loaded.card().vocabularySize();
    }

    /** Rows that {@link #forward} computes at most. */
    int batchRows() {
        return batchRows;
    }

    /**
     * Computes the rows of {@code ids} from {@code start} on, behind those that were computed before.
     *
     * @return their logits, float32 [count, vocabulary]; overwritten by the next call
     */
    MemorySegment forward(int[] ids, int start, int count) {
        batch.clear();
        int list = batch.addBlockList(blocks, blocks.length);
        for (int i = start; i < start + count; i++) {
            batch.add(ids[i], i, list, false, true);
        }
        return loaded.model().forward(batch);
    }

    @Override
    public void close() {
        arena.close();
        loaded.close();
    }
}
