package dev.altiplano.evaluation.divergence;

import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.LoadListener;
import dev.altiplano.engine.ModelCard;
import dev.altiplano.engine.load.LoadedModel;
import dev.altiplano.engine.load.ModelLoader;
import dev.altiplano.engine.model.ForwardBatch;
import dev.altiplano.engine.os.EnergyMeter;
import dev.altiplano.engine.tokenizer.Tokenizer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/** A model that gives the logits of one chunk of tokens at a time, as prompt rows. Belongs to one thread; owns its memory. */
final class LogitsModel implements AutoCloseable {

    private final LoadedModel loaded;
    private final Arena arena = Arena.ofShared();
    private final ForwardBatch batch;
    private final int[] blocks;
    private final int maxRows;
    private final int maxScoredRows;
    private final EnergyMeter meter = new EnergyMeter();
    private long computed;
    private long nanos;
    private double joules;

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
        maxRows = rows;
        maxScoredRows = Math.max(1, Math.min(rows, loaded.maxScoredRows() - 1));
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

    /** Maximum of rows that {@link #forward} computes without their logits. */
    int maxRows() {
        return maxRows;
    }

    /** Maximum of rows that {@link #forward} computes with their logits. */
    int maxScoredRows() {
        return maxScoredRows;
    }

    /**
     * Computes the rows of {@code ids} from {@code start} on, behind those that were computed before.
     *
     * @param scored whether their logits are wanted
     * @return their logits, float32 [count, vocabulary], overwritten by the next call; nothing to be read where not wanted
     */
    MemorySegment forward(int[] ids, int start, int count, boolean scored) {
        batch.clear();
        if (!scored) {
            batch.skipLogits();
        }
        int list = batch.addBlockList(blocks, blocks.length);
        for (int i = start; i < start + count; i++) {
            batch.add(ids[i], i, list, false, scored);
        }
        double before = meter.joules().orElse(0);
        long begin = System.nanoTime();
        MemorySegment logits = loaded.model().forward(batch);
        nanos += System.nanoTime() - begin;
        joules += meter.joules().orElse(0) - before;
        computed += count;
        return logits;
    }

    /** What all passes so far have taken. */
    ComputingCost cost() {
        return new ComputingCost(
                computed, nanos / 1e9, meter.joules().isPresent() ? OptionalDouble.of(joules) : OptionalDouble.empty());
    }

    @Override
    public void close() {
        arena.close();
        loaded.close();
    }
}
