package dev.altiplano.engine.kernel.ffm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.altiplano.engine.kernel.Codebook;
import dev.altiplano.engine.kernel.PackedMatrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

/** {@code struct linear_job} of job.h: what is to be multiplied. {@link NativeFacts} compares its layout with the library's. */
final class LinearJob {

    /** The most matrices of a stack. */
    static final int MAX_STACK = 16;

    /** Ways in which activations are prepared. */
    static final int KINDS = 4;

    /** Bytes of {@code struct record}: 32 quantized activations. */
    static final int RECORD_BYTES = 64;

    /** What a worker needs for itself. */
    static final long SCRATCH_BYTES = 640 << 10;

    static final StructLayout MATRIX = MemoryLayout.structLayout(
            ADDRESS.withName("data"),
            JAVA_INT.withName("rows"),
            JAVA_INT.withName("format"),
            MemoryLayout.sequenceLayout(16, JAVA_BYTE).withName("codes.weights"),
            JAVA_FLOAT.withName("codes.unit"),
            MemoryLayout.paddingLayout(4));

    static final StructLayout LAYOUT = MemoryLayout.structLayout(
            ADDRESS.withName("in"),
            ADDRESS.withName("out"),
            MemoryLayout.sequenceLayout(KINDS, ADDRESS).withName("prepared"),
            ADDRESS.withName("scratch"),
            JAVA_LONG.withName("private_bytes"),
            ADDRESS.withName("shared"),
            JAVA_INT.withName("instruction_set"),
            JAVA_INT.withName("rows"),
            JAVA_INT.withName("generated"),
            JAVA_INT.withName("columns"),
            JAVA_INT.withName("out_columns"),
            JAVA_INT.withName("accumulate"),
            JAVA_INT.withName("count"),
            MemoryLayout.paddingLayout(4),
            MemoryLayout.sequenceLayout(MAX_STACK, MATRIX).withName("stack"));

    private static final long IN = offset(LAYOUT, "in");
    private static final long OUT = offset(LAYOUT, "out");
    private static final long PREPARED = offset(LAYOUT, "prepared");
    private static final long SCRATCH = offset(LAYOUT, "scratch");
    private static final long PRIVATE_BYTES = offset(LAYOUT, "private_bytes");
    private static final long SHARED = offset(LAYOUT, "shared");
    private static final long INSTRUCTION_SET = offset(LAYOUT, "instruction_set");
    private static final long ROWS = offset(LAYOUT, "rows");
    private static final long GENERATED = offset(LAYOUT, "generated");
    private static final long COLUMNS = offset(LAYOUT, "columns");
    private static final long OUT_COLUMNS = offset(LAYOUT, "out_columns");
    private static final long ACCUMULATE = offset(LAYOUT, "accumulate");
    private static final long COUNT = offset(LAYOUT, "count");
    private static final long STACK = offset(LAYOUT, "stack");
    private static final long DATA = offset(MATRIX, "data");
    private static final long MATRIX_ROWS = offset(MATRIX, "rows");
    private static final long FORMAT = offset(MATRIX, "format");
    private static final long CODES = offset(MATRIX, "codes.weights");
    private static final long UNIT = offset(MATRIX, "codes.unit");

    private final MemorySegment job;
    private final MemorySegment shared;

    /**
     * @param scratch {@link #SCRATCH_BYTES} for each worker
     * @param arena owns its memory
     */
    LinearJob(InstructionSet set, MemorySegment scratch, Arena arena) {
        job = arena.allocate(LAYOUT.byteSize(), 64);
        shared = arena.allocate(2 * JAVA_LONG.byteSize(), 64);
        job.set(ADDRESS, SHARED, shared);
        job.set(ADDRESS, SCRATCH, scratch);
        job.set(JAVA_INT, INSTRUCTION_SET, set.code());
    }

    long address() {
        return job.address();
    }

    /** What is multiplied with what; nothing of it is claimed by a worker yet. */
    void describe(
            PackedMatrix[] stack,
            MemorySegment in,
            MemorySegment out,
            int rows,
            int generatedRows,
            boolean accumulate) {
        shared.fill((byte) 0);
        int outColumns = 0;
        for (int i = 0; i < stack.length; i++) {
            PackedMatrix matrix = stack[i];
            long at = STACK + i * MATRIX.byteSize();
            job.set(ADDRESS, at + DATA, matrix.data());
            job.set(JAVA_INT, at + MATRIX_ROWS, matrix.rows());
            job.set(JAVA_INT, at + FORMAT, matrix.format().packing().code());
            if (matrix.format().packing().coded()) {
                codes(matrix.format().codebook(), job.asSlice(at, MATRIX));
            }
            outColumns += matrix.rows();
        }
        job.set(ADDRESS, IN, in);
        job.set(ADDRESS, OUT, out);
        job.set(JAVA_INT, ROWS, rows);
        job.set(JAVA_INT, GENERATED, generatedRows);
        job.set(JAVA_INT, COLUMNS, stack[0].columns());
        job.set(JAVA_INT, OUT_COLUMNS, outColumns);
        job.set(JAVA_INT, ACCUMULATE, accumulate ? 1 : 0);
        job.set(JAVA_INT, COUNT, stack.length);
    }

    /** Where activations are prepared in one of the ways. */
    void prepared(int kind, MemorySegment memory) {
        job.set(ADDRESS, PREPARED + kind * ADDRESS.byteSize(), memory);
    }

    /** What each worker has of prepared activations where it prepares for itself. */
    void privateBytes(long bytes) {
        job.set(JAVA_LONG, PRIVATE_BYTES, bytes);
    }

    /** Writes {@code struct codes} of a matrix: what codes stand for, with 128 added. */
    static void codes(Codebook codebook, MemorySegment matrix) {
        for (int code = 0; code < 16; code++) {
            matrix.set(JAVA_BYTE, CODES + code, (byte) (codebook.level(code) + 128));
        }
        matrix.set(JAVA_FLOAT, UNIT, codebook.unit());
    }

    private static long offset(StructLayout layout, String field) {
        return layout.byteOffset(PathElement.groupElement(field));
    }
}
