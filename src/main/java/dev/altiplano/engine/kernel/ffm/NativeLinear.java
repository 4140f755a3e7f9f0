package dev.altiplano.engine.kernel.ffm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.altiplano.engine.kernel.LinearChecks;
import dev.altiplano.engine.kernel.LinearKernels;
import dev.altiplano.engine.kernel.PackedMatrix;
import dev.altiplano.engine.kernel.WeightFormat;
import dev.altiplano.engine.os.WorkerPool;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;

/**
 * Linear layers in C: writes down what is to be multiplied and lets each worker call its share. Memory is kept from call to
 * call, and grows with the largest layer met.
 */
public final class NativeLinear implements LinearKernels {

    /** As struct linear_job in altiplano.h. */
    private static final int IN = 0;

    private static final int OUT = 8;
    private static final int PREPARED = 16;
    private static final int SCRATCH = 48;
    private static final int PRIVATE_BYTES = 56;
    private static final int CLAIMED = 64;
    private static final int SIZES = 72;
    private static final int STACK = 104;
    private static final int MATRIX_BYTES = 16;
    private static final int MAX_STACK = 16;

    /** What a worker needs for itself. */
    private static final long SCRATCH_BYTES = 640 << 10;

    /** Bytes that one activation takes in each of the ways in which activations are prepared. */
    private static final int[] PREPARED_BYTES = {2, 4, 2, 2};

    /** Rows and columns are filled up to a multiple of these in some of those ways. */
    private static final int ROUND_ROWS = 16;

    private static final int ROUND_COLUMNS = 32;

    /** Activations up to which every worker had better prepare all of them than wait for the others. */
    private static final int FEW = 16_384;

    private final WorkerPool pool;
    private final int instructionSet;
    private final MethodHandle prepare;
    private final MethodHandle multiply;
    private final MethodHandle alone;
    private final Arena arena;
    private final MemorySegment job;
    private final MemorySegment claimed;
    private final MemorySegment[] prepared = new MemorySegment[PREPARED_BYTES.length];
    private final WorkerPool.Task prepareTask = this::prepareShare;
    private final WorkerPool.Task multiplyTask = this::multiplyShare;
    private final WorkerPool.Task aloneTask = this::shareAlone;

    /**
     * @param arena owns the memory that calls use
     */
    public NativeLinear(NativeLibrary library, InstructionSet instructionSet, WorkerPool pool, Arena arena)
            throws NativeLibrary.UnavailableException {
        this.pool = pool;
        this.instructionSet = instructionSet.ordinal();
        this.arena = arena;
        FunctionDescriptor descriptor = FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_INT, JAVA_INT);
        prepare = library.function("altiplano_prepare", descriptor);
        multiply = library.function("altiplano_multiply", descriptor);
        alone = library.function("altiplano_linear_alone", descriptor);
        job = arena.allocate(STACK + MAX_STACK * MATRIX_BYTES, 64);
        claimed = arena.allocate(JAVA_LONG.byteSize(), 64);
        job.set(ADDRESS, CLAIMED, claimed);
        job.set(ADDRESS, SCRATCH, arena.allocate(SCRATCH_BYTES * pool.threads(), 64));
        Arrays.fill(prepared, MemorySegment.NULL);
    }

    @Override
    public void multiply(
            PackedMatrix[] stack,
            MemorySegment in,
            MemorySegment out,
            int rows,
            int generatedRows,
            boolean accumulate) {
        LinearChecks.linear(stack, in, out, rows, generatedRows);
        if (rows == 0) {
            return;
        }
        if (stack.length > MAX_STACK) {
            throw new IllegalArgumentException(
                    "a stack of " + stack.length + " matrices: at most " + MAX_STACK + " are multiplied at once");
        }
        int columns = stack[0].columns();
        boolean few = (long) rows * columns <= FEW && rows == generatedRows;
        describe(stack, in, out, rows, generatedRows, accumulate);
        long activations = (long) (rows + ROUND_ROWS - 1)
                / ROUND_ROWS
                * ROUND_ROWS
                * ((columns + ROUND_COLUMNS - 1) / ROUND_COLUMNS * ROUND_COLUMNS);
        long privateBytes = few ? 4 * activations : 0;
        job.set(JAVA_LONG, PRIVATE_BYTES, privateBytes);
        for (int kind = 0; kind < prepared.length; kind++) {
            long bytes = few ? privateBytes * pool.threads() : activations * PREPARED_BYTES[kind];
            if (prepared[kind].byteSize() < bytes) {
                prepared[kind] = arena.allocate(bytes, 64);
            }
            job.set(ADDRESS, PREPARED + 8 * kind, prepared[kind]);
        }
        if (few) {
            pool.run(aloneTask);
        } else {
            pool.run(prepareTask);
            pool.run(multiplyTask);
        }
    }

    private void describe(
            PackedMatrix[] stack,
            MemorySegment in,
            MemorySegment out,
            int rows,
            int generatedRows,
            boolean accumulate) {
        claimed.set(JAVA_LONG, 0, 0);
        int outColumns = 0;
        for (int i = 0; i < stack.length; i++) {
            PackedMatrix matrix = stack[i];
            long at = STACK + (long) i * MATRIX_BYTES;
            job.set(JAVA_LONG, at, matrix.data().address());
            job.set(JAVA_INT, at + 8, matrix.rows());
            job.set(JAVA_INT, at + 12, code(matrix.format()));
            outColumns += matrix.rows();
        }
        job.set(JAVA_LONG, IN, in.address());
        job.set(JAVA_LONG, OUT, out.address());
        job.set(JAVA_INT, SIZES, instructionSet);
        job.set(JAVA_INT, SIZES + 4, rows);
        job.set(JAVA_INT, SIZES + 8, generatedRows);
        job.set(JAVA_INT, SIZES + 12, stack[0].columns());
        job.set(JAVA_INT, SIZES + 16, outColumns);
        job.set(JAVA_INT, SIZES + 20, accumulate ? 1 : 0);
        job.set(JAVA_INT, SIZES + 24, stack.length);
    }

    /** As enum format in altiplano.h. */
    public static int code(WeightFormat format) {
        return switch (format) {
            case F32 -> 0;
            case F16 -> 1;
            case BF16 -> 2;
            case Q8_0 -> 3;
            case Q4_0 -> 4;
            case Q4_K -> 5;
            case Q5_K -> 6;
            case Q6_K -> 7;
            default -> throw new IllegalArgumentException(format + " is not a format that kernels compute with");
        };
    }

    private void prepareShare(int worker, int workers) {
        call(prepare, worker, workers);
    }

    private void multiplyShare(int worker, int workers) {
        call(multiply, worker, workers);
    }

    private void shareAlone(int worker, int workers) {
        call(alone, worker, workers);
    }

    private void call(MethodHandle function, int worker, int workers) {
        try {
            function.invokeExact(job.address(), worker, workers);
        } catch (Throwable thrown) {
            throw new IllegalStateException("a native kernel could not be called", thrown);
        }
    }
}
