package dev.altiplano.tool.bench;

import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.kernel.Kernels;
import dev.altiplano.engine.kernel.KvShape;
import dev.altiplano.engine.load.weights.WeightPlan;
import dev.altiplano.engine.model.Models;
import dev.altiplano.tool.console.ByteText;
import dev.altiplano.tool.console.ToolException;

/**
 * What the workloads take, decided before anything is allocated.
 *
 * @param kv enough KV blocks for the largest workload
 * @param rows token rows of one step at most
 * @param sequences sequences that run together at most
 * @param blocksEach KV blocks of the longest sequence
 */
record BenchPlan(Hyperparameters config, WeightPlan weights, KvShape kv, int rows, int sequences, int blocksEach) {

    static final int BLOCK_TOKENS = 32;

    /** Plans; throws {@link ToolException} with the numbers when it does not fit into memory. */
    static BenchPlan of(Checkpoint checkpoint, Kernels kernels, BenchOptions options) {
        Hyperparameters h = checkpoint.hyperparameters();
        int positions = 1;
        int sequences = 1;
        int blocks = 1;
        for (Workload workload : options.workloads()) {
            positions = Math.max(positions, workload.positions());
            sequences = Math.max(sequences, workload.sequences());
            blocks = Math.max(blocks, workload.sequences() * blocks(workload));
        }
        Hyperparameters config = h.withContextLength(positions);
        KvShape kv = new KvShape(options.kvFormat(), h.layers(), blocks, BLOCK_TOKENS, h.kvHeads(), h.headDim());
        int rows = Math.max(options.rows(), sequences);
        WeightPlan weights = WeightPlan.of(checkpoint, options.held());
        long scratch = Models.scratchBytes(config, rows, sequences);
        long needed = weights.bytes() + kv.byteSize() + scratch;
        long limit = ProcessMemory.limitBytes();
        if (needed > limit) {
            throw new ToolException(checkpoint.path() + " needs " + ByteText.of(needed) + " (weights "
                    + ByteText.of(weights.bytes()) + ", KV cache " + ByteText.of(kv.byteSize()) + ", scratch "
                    + ByteText.of(scratch) + "), but there are " + ByteText.of(limit)
                    + ": fewer bits by --weights, shorter --pp, or a smaller --batch take less");
        }
        return new BenchPlan(config, weights, kv, rows, sequences, Math.ceilDiv(positions, BLOCK_TOKENS));
    }

    /** KV blocks of one sequence. */
    static int blocks(Workload workload) {
        return Math.ceilDiv(workload.positions(), BLOCK_TOKENS);
    }
}
