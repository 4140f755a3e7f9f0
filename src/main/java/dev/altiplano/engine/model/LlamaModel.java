package dev.altiplano.engine.model;

import dev.altiplano.engine.cache.KvCache;
import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.kernel.Kernels;
import dev.altiplano.engine.kernel.LayerKernels;
import dev.altiplano.engine.kernel.LayerRows;
import dev.altiplano.engine.kernel.LinearKernels;
import dev.altiplano.engine.kernel.RowBatch;
import dev.altiplano.engine.kernel.quant.Embedding;
import dev.altiplano.engine.kernel.rows.RowSums;
import dev.altiplano.engine.os.LargeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The LLaMA transformer (Touvron et al. 2023): pre-normalization, rotary embeddings, grouped-query attention, SwiGLU,
 * and what its relatives have: biases, experts (Jiang et al. 2024). Belongs
 * to the engine thread; allocates nothing after construction.
 */
final class LlamaModel implements Model {

    private final Hyperparameters config;
    private final LlamaWeights weights;
    private final LinearKernels linear;
    private final AdapterStep adapters;
    private final LayerKernels layers;
    private final Embedding embedding;
    private final KvCache kv;
    private final RotaryTable angles;
    private final long scratchBytes;
    /** F32 [rows, hidden]: the residual stream. */
    private final MemorySegment hidden;
    /** F32 [rows, hidden]: what the layers read. */
    private final MemorySegment normed;
    /** F32 [rows, qkvSize]. */
    private final MemorySegment qkv;
    /** F32 [rows, attentionSize]. */
    private final MemorySegment attended;

    private final @Nullable LayerRows[] storing;
    private final @Nullable LayerRows[] attending;
    private final DenseLayer dense;
    private final @Nullable MixtureLayer mixture;
    private final RowSums sums;
    /** F32 [scored rows, vocabulary]. */
    private final MemorySegment logits;

    /**
     * @param adapterRanks most ranks of a product of an adapter
     * @param maxRows most rows of a forward pass
     * @param maxScoredRows most rows of which logits are wanted
     * @param arena owns the scratch memory
     */
    LlamaModel(
            Hyperparameters config,
            LlamaWeights weights,
            int adapterRanks,
            Kernels kernels,
            KvCache kv,
            int maxRows,
            int maxScoredRows,
            Arena arena) {
        this.config = config;
        this.weights = weights;
        linear = kernels.linear();
        layers = kernels.layer();
        embedding = new Embedding(kernels.workers());
        this.kv = kv;
        storing = new LayerRows[config.layers()];
        attending = new LayerRows[config.layers()];
        angles = new RotaryTable(config, arena);
        this.adapters = new AdapterStep(adapterRanks, config, linear, maxRows, arena);
        linear.reserve(maxRows, Math.max(AdapterStep.inputs(config), adapterRanks));
        scratchBytes =
                scratchBytes(config, maxRows, maxScoredRows) + AdapterStep.scratchBytes(adapterRanks, config, maxRows);
        hidden = floats(maxRows, config.hiddenSize(), arena);
        normed = floats(maxRows, config.hiddenSize(), arena);
        qkv = floats(maxRows, config.qkvSize(), arena);
        attended = floats(maxRows, config.attentionSize(), arena);
        sums = new RowSums(kernels.workers());
        dense = new DenseLayer(config, kernels, sums, maxRows, arena);
        mixture = config.experts().any() ? new MixtureLayer(config, kernels, dense, sums, maxRows, arena) : null;
        logits = floats(maxScoredRows, config.vocabularySize(), arena);
    }

    private static MemorySegment floats(int rows, int size, Arena arena) {
        return LargeMemory.allocate(4L * rows * size, arena);
    }

    /** Bytes of scratch that a model of this shape needs. */
    static long scratchBytes(Hyperparameters config, int maxRows, int maxScoredRows) {
        long row = 2L * config.hiddenSize() + config.qkvSize() + config.attentionSize();
        long scored = (long) maxScoredRows * config.vocabularySize();
        return 4 * (maxRows * row + scored)
                + DenseLayer.scratchBytes(config, maxRows)
                + MixtureLayer.scratchBytes(config, maxRows)
                + RotaryTable.byteSize(config)
                + LinearKernels.reservedBytes(maxRows, AdapterStep.inputs(config));
    }

    @Override
    public long scratchBytes() {
        return scratchBytes;
    }

    @Override
    public MemorySegment forward(ForwardBatch batch, Runnable afterLayer) {
        RowBatch places = batch.places();
        int size = config.hiddenSize();
        MemorySegment cosSin = angles.of(places);
        embedding.run(weights.embedding(), weights.embeddingFormat(), size, batch.tokenIds(), places.rows(), hidden);
        for (int i = 0; i < config.layers(); i++) {
            LlamaWeights.Layer layer = weights.layers().get(i);
            layers.rmsNorm(hidden, layer.attentionNorm(), config.normEpsilon(), normed, places.rows(), size);
            linear.multiply(layer.qkv(), normed, qkv, places.rows(), places.generatedRows(), false);
            adapters.at(i, batch, places);
            adapters.add(Adapter.Site.QKV, normed, qkv);
            addQkvBiases(layer.attentionBiases(), places.rows());
            layers.rotateAndStore(rows(storing, i, places), cosSin);
            if (i == config.layers() - 1) {
                keepScored(batch);
                places = batch.scoredPlaces();
            }
            if (places.rows() > 0) {
                attendAndFeed(layer, i, batch, places);
            }
            afterLayer.run();
        }
        if (places.rows() > 0) {
            layers.rmsNorm(hidden, weights.norm(), config.normEpsilon(), normed, places.rows(), size);
            if (batch.wantsLogits()) {
                linear.multiply(weights.output(), normed, logits, places.rows(), places.generatedRows(), false);
            }
        }
        return logits;
    }

    @Override
    public void useAdapters(List<Adapter> loaded) {
        adapters.use(loaded);
    }

    @Override
    public MemorySegment hidden() {
        return normed;
    }

    private void attendAndFeed(LlamaWeights.Layer layer, int index, ForwardBatch batch, RowBatch places) {
        int rows = places.rows();
        int generated = places.generatedRows();
        int size = config.hiddenSize();
        layers.attention(rows(attending, index, places), config.effectiveWindow(), attended);
        linear.multiply(layer.attentionOutput(), attended, hidden, rows, generated, true);
        adapters.at(index, batch, places);
        adapters.add(Adapter.Site.ATTENTION_OUTPUT, attended, hidden);
        addBias(layer.attentionBiases().output(), hidden, rows, size, 0, size);
        layers.rmsNorm(hidden, layer.feedForwardNorm(), config.normEpsilon(), normed, rows, size);
        switch (layer.feedForward()) {
            case LlamaWeights.Dense one -> dense.run(one, normed, hidden, rows, generated, true, adapters);
            case LlamaWeights.Mixture several ->
                Objects.requireNonNull(mixture).run(several, normed, hidden, rows, generated);
        }
    }

    /** From {@code known}; made again only where the rows are those of another batch, so that a step allocates nothing. */
    private LayerRows rows(@Nullable LayerRows[] known, int layer, RowBatch places) {
        LayerRows rows = known[layer];
        if (rows == null || rows.batch() != places) {
            rows = new LayerRows(qkv, config.heads(), kv.memory(), kv.shape(), layer, places);
            known[layer] = rows;
        }
        return rows;
    }

    private void addQkvBiases(LlamaWeights.AttentionBiases biases, int rows) {
        int keys = config.kvHeads() * config.headDim();
        int queries = config.attentionSize();
        addBias(biases.query(), qkv, rows, config.qkvSize(), 0, queries);
        addBias(biases.key(), qkv, rows, config.qkvSize(), queries, keys);
        addBias(biases.value(), qkv, rows, config.qkvSize(), queries + keys, keys);
    }

    private void addBias(
            @Nullable MemorySegment bias, MemorySegment target, int rows, int rowSize, int firstColumn, int size) {
        if (bias != null) {
            sums.addBias(target, rows, rowSize, firstColumn, bias, size);
        }
    }

    /** Of the last layer other rows need the keys and values alone: moves the rows whose logits are wanted to the front. */
    private void keepScored(ForwardBatch batch) {
        for (int i = 0; i < batch.scoredRows(); i++) {
            move(hidden, batch.scoredRow(i), i, config.hiddenSize());
            move(qkv, batch.scoredRow(i), i, config.qkvSize());
        }
    }

    private static void move(MemorySegment rows, int from, int to, int size) {
        if (from != to) {
            MemorySegment.copy(rows, 4L * from * size, rows, 4L * to * size, 4L * size);
        }
    }
}
