package dev.altiplano.engine.kernel.ffm;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.altiplano.engine.kernel.LinearChecks;
import dev.altiplano.engine.kernel.LinearKernels;
import dev.altiplano.engine.kernel.LinearProduct;
import dev.altiplano.engine.kernel.PackedMatrix;
import dev.altiplano.engine.kernel.WeightFormat;
import dev.altiplano.engine.os.LargeMemory;
import dev.altiplano.engine.os.WorkerPool;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Linear layers in C: writes down what is to be multiplied and lets each worker call its share. Memory is kept from call to
 * call, and grows where a layer is larger than what was {@link #reserve reserved}.
 */
public final class NativeLinear implements LinearKernels {

    /** Bytes that one activation takes in each of the ways in which activations are prepared. */
    private static final int[] PREPARED_BYTES = {LinearJob.RECORD_BYTES / 32, 4, 2, 2};

    /** Those of them in which generated rows are prepared. */
    private static final int RECORDS = 0;

    private static final int FLOATS = 1;

    /** Rows and columns are filled up to a multiple of these in some of those ways. */
    private static final int ROUND_ROWS = 16;

    private static final int ROUND_COLUMNS = 32;

    /** Activations up to which every worker had better prepare all of them than wait for the others. */
    private static final int FEW = 16_384;

    /** What a worker has for few activations: records, and floats behind them. */
    static final long OWN_BYTES = (long) FEW * (PREPARED_BYTES[RECORDS] + PREPARED_BYTES[FLOATS]);

    private final InstructionSet instructionSet;
    private final WorkerPool pool;
    private final MethodHandle prepare;
    private final MethodHandle multiply;
    private final MethodHandle alone;
    private final MethodHandle oneRule;
    private final Arena arena;
    private final MemorySegment scratch;
    /** {@link #OWN_BYTES} for each worker; and the same from the floats on. */
    private final MemorySegment own;

    private final MemorySegment ownFloats;
    private final LinearJob job;
    /** Of products that are independent of each other; the first is {@link #job}. */
    private final List<LinearJob> jobs = new ArrayList<>();

    private int together;
    private final MemorySegment[] prepared = new MemorySegment[LinearJob.KINDS];
    /** Owns what activations are prepared in: a shorter life than the rest has. */
    private @Nullable Arena preparedArena;
    /** Activations for which there is room in each of the ways. */
    private long room;

    private final WorkerPool.Task prepareTask = this::prepareShare;
    private final WorkerPool.Task multiplyTask = this::multiplyShare;
    private final WorkerPool.Task aloneTask = this::shareAlone;
    private final WorkerPool.Task togetherTask = this::shareAllAlone;

    /**
     * @param arena owns the memory that calls use: what was reserved goes with it
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
        scratch = arena.allocate(LinearJob.SCRATCH_BYTES * pool.threads(), 64).reinterpret(arena, closed -> release());
        own = arena.allocate(OWN_BYTES * pool.threads(), 64);
        ownFloats = own.asSlice((long) FEW * PREPARED_BYTES[RECORDS]);
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
        if (few) {
            prepareAlone(job);
            pool.run(aloneTask);
        } else {
            reserve(rows, columns);
            for (int kind = 0; kind < prepared.length; kind++) {
                job.prepared(kind, prepared[kind]);
            }
            pool.run(prepareTask);
            pool.run(multiplyTask);
        }
    }

    /** Small products without a meeting of the workers between them: who has nothing to claim of one goes on to the next. */
    @Override
    public void multiplyAll(List<LinearProduct> products) {
        for (LinearProduct each : products) {
            if (!few(each.rows(), each.matrix().columns())) {
                LinearKernels.super.multiplyAll(products);
                return;
            }
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
            prepareAlone(one);
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

    /** Every worker prepares for itself: generated rows alone, which are records or floats. */
    private void prepareAlone(LinearJob one) {
        one.privateBytes(OWN_BYTES);
        for (int kind = 0; kind < prepared.length; kind++) {
            one.prepared(kind, kind == RECORDS ? own : ownFloats);
        }
    }

    // What is opened here is closed by the next growth, or with the arena that owns the rest.
    @SuppressWarnings("MustBeClosedChecker")
    @Override
    public void reserve(int rows, int columns) {
        long activations = activations(rows, columns);
        if (activations <= room) {
            return;
        }
        release();
        Arena memory = Arena.ofShared();
        preparedArena = memory;
        for (int kind = 0; kind < prepared.length; kind++) {
            prepared[kind] = LargeMemory.allocate(activations * PREPARED_BYTES[kind], memory);
        }
        room = activations;
    }

    private void release() {
        room = 0;
        Arrays.fill(prepared, MemorySegment.NULL);
        if (preparedArena != null) {
            preparedArena.close();
            preparedArena = null;
        }
    }

    /** What activations are prepared in at present; each lives until it is replaced. */
    List<MemorySegment> reserved() {
        return List.of(prepared);
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
