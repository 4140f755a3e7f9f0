package dev.altiplano.engine.kernel.ffm;

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

    /** Bytes that one activation takes in each of the ways in which activations are prepared. */
    private static final int[] PREPARED_BYTES = {LinearJob.RECORD_BYTES / 32, 4, 2, 2};

    /** Rows and columns are filled up to a multiple of these in some of those ways. */
    private static final int ROUND_ROWS = 16;

    private static final int ROUND_COLUMNS = 32;

    /** Activations up to which every worker had better prepare all of them than wait for the others. */
    private static final int FEW = 16_384;

    private final InstructionSet instructionSet;
    private final WorkerPool pool;
    private final MethodHandle prepare;
    private final MethodHandle multiply;
    private final MethodHandle alone;
    private final MethodHandle oneRule;
    private final Arena arena;
    private final LinearJob job;
    private final MemorySegment[] prepared = new MemorySegment[LinearJob.KINDS];
    private final WorkerPool.Task prepareTask = this::prepareShare;
    private final WorkerPool.Task multiplyTask = this::multiplyShare;
    private final WorkerPool.Task aloneTask = this::shareAlone;

    /**
     * @param arena owns the memory that calls use
     */
    public NativeLinear(NativeLibrary library, InstructionSet instructionSet, WorkerPool pool, Arena arena)
            throws NativeLibrary.UnavailableException {
        this.instructionSet = instructionSet;
        this.pool = pool;
        this.arena = arena;
        FunctionDescriptor descriptor = FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_INT, JAVA_INT);
        prepare = library.function("altiplano_prepare", descriptor);
        multiply = library.function("altiplano_multiply", descriptor);
        alone = library.function("altiplano_linear_alone", descriptor);
        oneRule = library.function("altiplano_one_rule", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
        job = new LinearJob(instructionSet, pool.threads(), arena);
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
        if (stack.length > LinearJob.MAX_STACK) {
            throw new IllegalArgumentException("a stack of " + stack.length + " matrices: at most "
                    + LinearJob.MAX_STACK + " are multiplied at once");
        }
        int columns = stack[0].columns();
        boolean few = (long) rows * columns <= FEW && rows == generatedRows;
        job.describe(stack, in, out, rows, generatedRows, accumulate);
        long activations = (long) (rows + ROUND_ROWS - 1)
                / ROUND_ROWS
                * ROUND_ROWS
                * ((columns + ROUND_COLUMNS - 1) / ROUND_COLUMNS * ROUND_COLUMNS);
        long privateBytes = few ? 4 * activations : 0;
        job.privateBytes(privateBytes);
        for (int kind = 0; kind < prepared.length; kind++) {
            long bytes = few ? privateBytes * pool.threads() : activations * PREPARED_BYTES[kind];
            if (prepared[kind].byteSize() < bytes) {
                prepared[kind] = arena.allocate(bytes, 64);
            }
            job.prepared(kind, prepared[kind]);
        }
        if (few) {
            pool.run(aloneTask);
        } else {
            pool.run(prepareTask);
            pool.run(multiplyTask);
        }
    }

    @Override
    public boolean oneRule(WeightFormat format) {
        try {
            return (int) oneRule.invokeExact(
                            instructionSet.code(), format.packing().code())
                    != 0;
        } catch (Throwable thrown) {
            throw new IllegalStateException("a native function could not be called", thrown);
        }
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
