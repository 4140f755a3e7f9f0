package dev.altiplano.engine.kernel.ffm;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.altiplano.engine.kernel.LinearChecks;
import dev.altiplano.engine.kernel.LinearKernels;
import dev.altiplano.engine.kernel.LinearProduct;
import dev.altiplano.engine.kernel.PackedMatrix;
import dev.altiplano.engine.kernel.WeightFormat;
import dev.altiplano.engine.os.WorkerPool;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

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
    private final MemorySegment scratch;
    private final LinearJob job;
    /** Of products that are independent of each other; the first is {@link #job}. */
    private final List<LinearJob> jobs = new ArrayList<>();

    private int together;
    private final MemorySegment[] prepared = new MemorySegment[LinearJob.KINDS];
    private final WorkerPool.Task prepareTask = this::prepareShare;
    private final WorkerPool.Task multiplyTask = this::multiplyShare;
    private final WorkerPool.Task aloneTask = this::shareAlone;
    private final WorkerPool.Task togetherTask = this::shareAllAlone;

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
        scratch = arena.allocate(LinearJob.SCRATCH_BYTES * pool.threads(), 64);
        job = new LinearJob(instructionSet, scratch, arena);
        jobs.add(job);
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
        boolean few = few(rows, columns) && rows == generatedRows;
        job.describe(stack, in, out, rows, generatedRows, accumulate);
        long activations = activations(rows, columns);
        long privateBytes = few ? 4 * activations : 0;
        job.privateBytes(privateBytes);
        for (int kind = 0; kind < prepared.length; kind++) {
            reserve(kind, few ? privateBytes * pool.threads() : activations * PREPARED_BYTES[kind]);
            job.prepared(kind, prepared[kind]);
        }
        if (few) {
            pool.run(aloneTask);
        } else {
            pool.run(prepareTask);
            pool.run(multiplyTask);
        }
    }

    /** Small products without a meeting of the workers between them: who has nothing to claim of one goes on to the next. */
    @Override
    public void multiplyAll(List<LinearProduct> products) {
        long privateBytes = 0;
        for (LinearProduct each : products) {
            int columns = each.matrix().columns();
            if (!few(each.rows(), columns)) {
                LinearKernels.super.multiplyAll(products);
                return;
            }
            privateBytes = Math.max(privateBytes, 4 * activations(each.rows(), columns));
        }
        for (int kind = 0; kind < prepared.length; kind++) {
            reserve(kind, privateBytes * pool.threads());
        }
        while (jobs.size() < products.size()) {
            jobs.add(new LinearJob(instructionSet, scratch, arena));
        }
        together = products.size();
        for (int i = 0; i < together; i++) {
            LinearProduct each = products.get(i);
            PackedMatrix[] stack = {each.matrix()};
            LinearChecks.linear(stack, each.in(), each.out(), each.rows(), each.rows());
            LinearJob one = jobs.get(i);
            one.describe(stack, each.in(), each.out(), each.rows(), each.rows(), each.accumulate());
            one.privateBytes(privateBytes);
            for (int kind = 0; kind < prepared.length; kind++) {
                one.prepared(kind, prepared[kind]);
            }
        }
        pool.run(togetherTask);
    }

    private static boolean few(int rows, int columns) {
        return (long) rows * columns <= FEW;
    }

    /** Numbers of prepared activations, rows and columns filled up. */
    private static long activations(int rows, int columns) {
        return (long) (rows + ROUND_ROWS - 1)
                / ROUND_ROWS
                * ROUND_ROWS
                * ((columns + ROUND_COLUMNS - 1) / ROUND_COLUMNS * ROUND_COLUMNS);
    }

    private void reserve(int kind, long bytes) {
        if (prepared[kind].byteSize() < bytes) {
            prepared[kind] = arena.allocate(bytes, 64);
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
        call(prepare, job, worker, workers);
    }

    private void multiplyShare(int worker, int workers) {
        call(multiply, job, worker, workers);
    }

    private void shareAlone(int worker, int workers) {
        call(alone, job, worker, workers);
    }

    private void shareAllAlone(int worker, int workers) {
        for (int i = 0; i < together; i++) {
            call(alone, jobs.get(i), worker, workers);
        }
    }

    private static void call(MethodHandle function, LinearJob job, int worker, int workers) {
        try {
            function.invokeExact(job.address(), worker, workers);
        } catch (Throwable thrown) {
            throw new IllegalStateException("a native kernel could not be called", thrown);
        }
    }
}
