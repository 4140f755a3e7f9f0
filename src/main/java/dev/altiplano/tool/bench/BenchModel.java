package dev.altiplano.tool.bench;

import dev.altiplano.engine.cache.KvCache;
import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.Progress;
import dev.altiplano.engine.checkpoint.tensor.Tensor;
import dev.altiplano.engine.kernel.Kernels;
import dev.altiplano.engine.kernel.KvShape;
import dev.altiplano.engine.kernel.PackedMatrix;
import dev.altiplano.engine.kernel.WeightFormat;
import dev.altiplano.engine.load.weights.WeightPacking;
import dev.altiplano.engine.load.weights.WeightPlan;
import dev.altiplano.engine.model.ForwardBatch;
import dev.altiplano.engine.model.LlamaWeights;
import dev.altiplano.engine.model.Model;
import dev.altiplano.engine.model.Models;
import dev.altiplano.engine.os.LargeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A model in memory that is driven without an engine: prefill and decode of sequences that a workload asks for. */
final class BenchModel implements AutoCloseable {

    /** Tokens below this are bytes and control pieces in most vocabularies. */
    private static final int FIRST_TOKEN = 300;

    private final BenchPlan plan;
    private final Arena arena;
    private final MemorySegment memory;
    private final LlamaWeights weights;
    private final Model model;
    private final ForwardBatch batch;
    private final int[][] blocks;
    private final Random random = new Random(1);
    private final double loadSeconds;

    /** Loads a model. */
    // Closing the model closes the arena.
    @SuppressWarnings("MustBeClosedChecker")
    BenchModel(Checkpoint checkpoint, Kernels kernels, BenchPlan plan, Progress progress) {
        long begin = System.nanoTime();
        this.plan = plan;
        KvShape kv = plan.kv();
        blocks = new int[plan.sequences()][plan.blocksEach()];
        arena = Arena.ofShared();
        boolean loaded = false;
        try {
            memory = LargeMemory.allocate(plan.weights().bytes(), arena);
            weights = pack(checkpoint, kernels, plan.weights(), memory, progress);
            KvCache cache = new KvCache(kv, LargeMemory.allocate(kv.byteSize(), arena));
            model = Models.create(plan.config(), weights, 0, kernels, cache, plan.rows(), plan.sequences(), arena);
            batch = new ForwardBatch(plan.rows(), plan.sequences(), kv.blocks(), arena);
            loaded = true;
        } finally {
            if (!loaded) {
                arena.close();
            }
        }
        loadSeconds = (System.nanoTime() - begin) / 1e9;
    }

    private static LlamaWeights pack(
            Checkpoint checkpoint, Kernels kernels, WeightPlan plan, MemorySegment memory, Progress progress) {
        long total = checkpoint.tensors().stream().mapToLong(Tensor::byteSize).sum();
        long[] done = {0};
        return WeightPacking.pack(checkpoint, kernels.workers(), plan, memory, bytes -> {
            done[0] = Math.min(total, done[0] + bytes);
            progress.advanced(done[0], total);
        });
    }

    /** Fills a sequence with the first {@code tokens} tokens, in steps of as many rows as are allowed; wants the last logits. */
    void prefill(int sequence, int tokens) {
        for (int first = 0; first < tokens; first += plan.rows()) {
            batch.clear();
            int end = Math.min(tokens, first + plan.rows());
            int list = batch.addBlockList(blocks[sequence], Math.ceilDiv(end, BenchPlan.BLOCK_TOKENS));
            for (int position = first; position < end; position++) {
                batch.add(token(), position, list, false, position == tokens - 1);
            }
            model.forward(batch);
        }
    }

    /** Decodes one token at {@code position} of each of the first {@code sequences} sequences. */
    void decode(int sequences, int position) {
        batch.clear();
        for (int sequence = 0; sequence < sequences; sequence++) {
            int list = batch.addBlockList(blocks[sequence], position / BenchPlan.BLOCK_TOKENS + 1);
            batch.add(token(), position, list, true, true);
        }
        model.forward(batch);
    }

    /** Gives the sequences of a workload their KV blocks. */
    void begin(Workload workload) {
        int each = BenchPlan.blocks(workload);
        for (int sequence = 0; sequence < workload.sequences(); sequence++) {
            for (int i = 0; i < each; i++) {
                blocks[sequence][i] = sequence * each + i;
            }
        }
    }

    private int token() {
        int vocabulary = plan.config().vocabularySize();
        int first = Math.min(FIRST_TOKEN, vocabulary / 2);
        return first + random.nextInt(vocabulary - first);
    }

    double loadSeconds() {
        return loadSeconds;
    }

    long kvBytes() {
        return plan.kv().byteSize();
    }

    /** Bytes of weights by the format in which they are held. */
    Map<WeightFormat, Long> bytesByFormat() {
        return weights.bytesByFormat();
    }

    /** Weights that every row is multiplied with, by format. */
    Map<WeightFormat, Long> everyRowParameters() {
        Map<WeightFormat, Long> parameters = new EnumMap<>(WeightFormat.class);
        LlamaWeights.Layer last = weights.layers().getLast();
        for (LlamaWeights.Layer layer : weights.layers()) {
            count(layer.qkv(), parameters);
            if (layer != last) {
                behindKeys(layer).forEach(stack -> count(stack, parameters));
            }
        }
        return parameters;
    }

    /** Weights that only rows are multiplied with whose logits are wanted: in the last layer behind its keys and values, and the output. */
    Map<WeightFormat, Long> scoredRowParameters() {
        Map<WeightFormat, Long> parameters = new EnumMap<>(WeightFormat.class);
        behindKeys(weights.layers().getLast()).forEach(stack -> count(stack, parameters));
        count(weights.output(), parameters);
        return parameters;
    }

    private static void count(PackedMatrix[] stack, Map<WeightFormat, Long> parameters) {
        for (PackedMatrix matrix : stack) {
            parameters.merge(matrix.format(), (long) matrix.rows() * matrix.columns(), Long::sum);
        }
    }

    /** Where all weights lie. */
    MemorySegment memory() {
        return memory;
    }

    /** Bytes of weights that a step reads: everything but the embedding. */
    long bytesPerStep() {
        long bytes = weights.norm().byteSize() + bytes(weights.output());
        for (LlamaWeights.Layer layer : weights.layers()) {
            bytes += layer.attentionNorm().byteSize() + layer.feedForwardNorm().byteSize();
            bytes += bytes(layer.qkv());
            for (PackedMatrix[] stack : behindKeys(layer)) {
                bytes += bytes(stack);
            }
        }
        return bytes;
    }

    /** Of a mixture as many experts as a row goes through, the first ones. */
    private List<PackedMatrix[]> behindKeys(LlamaWeights.Layer layer) {
        List<PackedMatrix[]> stacks = new ArrayList<>();
        stacks.add(layer.attentionOutput());
        switch (layer.feedForward()) {
            case LlamaWeights.Dense dense -> add(dense, stacks);
            case LlamaWeights.Mixture mixture -> {
                stacks.add(mixture.router());
                mixture.experts().stream().limit(plan.config().experts().used()).forEach(expert -> add(expert, stacks));
            }
        }
        return stacks;
    }

    private static void add(LlamaWeights.Dense dense, List<PackedMatrix[]> stacks) {
        stacks.add(dense.gateUp());
        stacks.add(dense.down());
    }

    private static long bytes(PackedMatrix[] stack) {
        long bytes = 0;
        for (PackedMatrix matrix : stack) {
            bytes += matrix.data().byteSize();
        }
        return bytes;
    }

    @Override
    public void close() {
        arena.close();
    }
}
