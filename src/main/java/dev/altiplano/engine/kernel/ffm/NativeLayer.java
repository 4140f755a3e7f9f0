package dev.altiplano.engine.kernel.ffm;

import dev.altiplano.engine.kernel.AttentionPlan;
import dev.altiplano.engine.kernel.KernelChecks;
import dev.altiplano.engine.kernel.KvFormat;
import dev.altiplano.engine.kernel.KvShape;
import dev.altiplano.engine.kernel.LayerKernels;
import dev.altiplano.engine.kernel.LayerRows;
import dev.altiplano.engine.os.WorkerPool;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Everything but matrix products in C. Arguments are checked here; the C code trusts them. Memory for a call is kept from call
 * to call, so the engine thread alone may call what uses the workers.
 */
public final class NativeLayer implements LayerKernels {

    /** Numbers below which waking the workers costs more than it saves. */
    private static final long WORTH_SHARING = 16_384;

    private final WorkerPool pool;
    private final Arena arena;
    private final LayerLibrary library;
    private final AttentionPlan plan;
    private final AttentionArguments arguments;
    private final AtomicInteger next = new AtomicInteger();
    private MemorySegment partials = MemorySegment.NULL;
    private MemorySegment scratch = MemorySegment.NULL;
    private long scratchBytes;
    private int scratchHeadDim;
    private int scratchGroup;
    private KvFormat scratchFormat = KvFormat.F32;

    private final WorkerPool.Task normalize = this::normalizeShare;
    private final WorkerPool.Task gate = this::gateShare;
    private final WorkerPool.Task rotate = this::rotateShare;
    private final WorkerPool.Task attend = this::attendShare;
    private final WorkerPool.Task merge = this::mergeShare;
    private long in;
    private long weight;
    private long out;
    private int rows;
    private int size;
    private float epsilon;

    /**
     * @param lookup finds the kernels
     * @param instructionSet ending of the kernels' names: avx512, avx2 or neon
     * @param arena owns the memory that calls use
     */
    public NativeLayer(SymbolLookup lookup, String instructionSet, WorkerPool pool, Arena arena) {
        this.pool = pool;
        this.arena = arena;
        library = new LayerLibrary(lookup, instructionSet);
        plan = new AttentionPlan(arena);
        arguments = new AttentionArguments(arena);
    }

    @Override
    public void rmsNorm(MemorySegment x, MemorySegment weight, float epsilon, MemorySegment out, int rows, int size) {
        KernelChecks.rmsNorm(x, weight, out, rows, size);
        this.in = x.address();
        this.weight = weight.address();
        this.epsilon = epsilon;
        share(normalize, out, rows, size);
    }

    @Override
    public void swiGlu(MemorySegment gateUp, MemorySegment out, int rows, int size) {
        KernelChecks.swiGlu(gateUp, out, rows, size);
        this.in = gateUp.address();
        share(gate, out, rows, size);
    }

    private void share(WorkerPool.Task task, MemorySegment out, int rows, int size) {
        this.out = out.address();
        this.rows = rows;
        this.size = size;
        share(task, (long) rows * size);
    }

    private void share(WorkerPool.Task task, long numbers) {
        if (rows == 1 || numbers < WORTH_SHARING) {
            task.run(0, 1);
        } else {
            pool.run(task);
        }
    }

    private void normalizeShare(int worker, int workers) {
        long begin = begin(worker, workers);
        long skipped = 4 * begin * size;
        library.rmsNorm(in + skipped, weight, epsilon, out + skipped, begin(worker + 1, workers) - begin, size);
    }

    private void gateShare(int worker, int workers) {
        long begin = begin(worker, workers);
        long skipped = 4 * begin * size;
        library.swiGlu(in + 2 * skipped, out + skipped, begin(worker + 1, workers) - begin, size);
    }

    private void rotateShare(int worker, int workers) {
        library.rotateAndStore(arguments.address(), begin(worker, workers), begin(worker + 1, workers));
    }

    private long begin(int worker, int workers) {
        return (long) rows * worker / workers;
    }

    @Override
    public void rotateAndStore(LayerRows rows, MemorySegment cosSin) {
        KernelChecks.rotateAndStore(rows, cosSin);
        writeArguments(rows, cosSin, 0, MemorySegment.NULL);
        this.rows = rows.batch().rows();
        share(rotate, this.rows * rows.rowSize());
    }

    @Override
    public void attention(LayerRows rows, int window, MemorySegment out) {
        KernelChecks.attention(rows, out);
        KvShape shape = rows.shape();
        int group = rows.group();
        prepareScratch(shape.headDim(), group, shape.format());
        int paddedWidth = (shape.headDim() + 15) / 16 * 16;
        int tileRows = Math.max(1, AttentionArguments.TILE_QUERIES / group);
        plan.plan(rows.batch(), shape.kvHeads(), pool.threads(), tileRows, group * (paddedWidth + 2), window);
        if (partials.byteSize() < 4L * plan.partialFloats()) {
            partials = arena.allocate(8L * plan.partialFloats(), 64);
        }
        writeArguments(rows, MemorySegment.NULL, window, out);
        next.set(0);
        pool.run(attend);
        if (plan.merges() > 0) {
            next.set(0);
            pool.run(merge);
        }
    }

    private void attendShare(int worker, int workers) {
        int count = plan.count();
        long memory = scratch.address() + worker * scratchBytes;
        int part;
        while ((part = next.getAndIncrement()) < count) {
            library.attention(arguments.address(), plan.address() + part * AttentionPlan.PART.byteSize(), memory);
        }
    }

    private void mergeShare(int worker, int workers) {
        int count = plan.merges();
        long first = plan.address() + plan.count() * AttentionPlan.PART.byteSize();
        int part;
        while ((part = next.getAndIncrement()) < count) {
            library.mergeAttention(arguments.address(), first + part * AttentionPlan.PART.byteSize());
        }
    }

    private void prepareScratch(int headDim, int group, KvFormat format) {
        if (headDim == scratchHeadDim && group == scratchGroup && format == scratchFormat) {
            return;
        }
        scratchBytes = library.attentionScratch(headDim, group, AttentionArguments.code(format));
        if (scratch.byteSize() < pool.threads() * scratchBytes) {
            scratch = arena.allocate(pool.threads() * scratchBytes, 64);
        }
        scratchHeadDim = headDim;
        scratchGroup = group;
        scratchFormat = format;
    }

    private void writeArguments(LayerRows rows, MemorySegment cosSin, int window, MemorySegment output) {
        long layer = rows.kv().address() + rows.shape().offset(rows.layer(), 0);
        arguments.memory(rows.qkv(), output, cosSin, layer, partials, rows.batch());
        arguments.shape(rows.heads(), rows.shape(), window);
    }

    @Override
    public int topK(MemorySegment values, long offsetBytes, int size, int k, int[] indices) {
        KernelChecks.topK(values, offsetBytes, size, k, indices);
        int count = Math.min(k, size);
        if (count > 0) {
            library.topK(values.address() + offsetBytes, size, count, indices);
        }
        return count;
    }

    @Override
    public double logSumExp(MemorySegment values, long offsetBytes, int size) {
        KernelChecks.values(values, offsetBytes, size);
        long address = values.address() + offsetBytes;
        float largest = library.largest(address, size);
        return Float.isInfinite(largest) ? largest : largest + StrictMath.log(library.sumExp(address, size, largest));
    }

    @Override
    public double softmax(MemorySegment values, long offsetBytes, int size, float temperature, MemorySegment out) {
        KernelChecks.values(values, offsetBytes, size);
        KernelChecks.values(out, 0, size);
        return library.softmax(values.address() + offsetBytes, size, temperature, out.address());
    }
}
