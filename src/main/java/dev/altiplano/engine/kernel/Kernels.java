package dev.altiplano.engine.kernel;

import dev.altiplano.engine.os.WorkerPool;
import java.lang.foreign.Arena;

/**
 * The seam behind which everything is computed: products, and the rest of a layer. One instance belongs to one engine: its thread
 * calls, the worker pool helps.
 *
 * <p>Activations are F32 in native memory, row-major without gaps, in segments that the caller owns. Every result depends on
 * its own row alone: never on the number of rows beside it, on their order or on the number of threads. Products may be
 * computed in one way for prompt rows and in another for generated rows (see {@link RowBatch}); each way is fixed. Nothing is
 * allocated by a call.
 */
public final class Kernels implements AutoCloseable {

    private final Backend backend;
    private final WorkerPool workers;
    private final LinearKernels linear;
    private final LayerKernels layer;
    private final Arena arena;

    /**
     * Takes over the workers and the arena, and closes both.
     *
     * @param arena what the two parts live in
     */
    public Kernels(Backend backend, WorkerPool workers, LinearKernels linear, LayerKernels layer, Arena arena) {
        this.backend = backend;
        this.workers = workers;
        this.linear = linear;
        this.layer = layer;
        this.arena = arena;
    }

    /** Which backend this is and why it was chosen. */
    public Backend backend() {
        return backend;
    }

    /** The threads that compute, for work beside the kernels such as packing weights. */
    public WorkerPool workers() {
        return workers;
    }

    /** Matrix products. */
    public LinearKernels linear() {
        return linear;
    }

    /** The rest of a layer. */
    public LayerKernels layer() {
        return layer;
    }

    @Override
    public void close() {
        workers.close();
        arena.close();
    }
}
