package dev.altiplano.engine.kernel.ffm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.kernel.LinearKernels;
import dev.altiplano.engine.kernel.PackedLayout;
import dev.altiplano.engine.kernel.PackedMatrix;
import dev.altiplano.engine.kernel.WeightFormat;
import dev.altiplano.engine.os.WorkerPool;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What products take of native memory: no more than a model says that it will. */
class NativeLinearMemoryTest {

    private static final int COLUMNS = 544;
    private static final int OUTPUTS = 16;
    private static final int ROWS = 512;

    private final WorkerPool pool = new WorkerPool(2);
    private final Arena arena = Arena.ofShared();
    private final Arena kernels = Arena.ofShared();
    private final MemorySegment in = arena.allocate(4L * ROWS * COLUMNS, 64);
    private final MemorySegment out = arena.allocate(4L * ROWS * 2 * OUTPUTS, 64);
    private final PackedMatrix[] stack = {matrix(WeightFormat.Q8_0), matrix(WeightFormat.BF16)};
    private final NativeLinear linear = linear();

    private NativeLinear linear() {
        try {
            NativeLibrary library = NativeLibrary.load(null);
            InstructionSet set = List.of(InstructionSet.values()).reversed().stream()
                    .filter(library::has)
                    .findFirst()
                    .orElseThrow();
            return new NativeLinear(library, set, pool, kernels);
        } catch (NativeLibrary.UnavailableException e) {
            throw new IllegalStateException(e);
        }
    }

    private PackedMatrix matrix(WeightFormat format) {
        MemorySegment data = arena.allocate(PackedLayout.bytes(format, OUTPUTS, COLUMNS), 64);
        return new PackedMatrix(format, OUTPUTS, COLUMNS, data);
    }

    @AfterEach
    void free() {
        if (kernels.scope().isAlive()) {
            kernels.close();
        }
        pool.close();
        arena.close();
    }

    @Test
    void whatGrowsReplacesWhatItHadBefore() {
        Set<MemorySegment> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (int rows = 1; rows <= ROWS; rows++) {
            linear.multiply(stack, in, out, rows, rows / 2, false);
            seen.addAll(linear.reserved());
        }
        assertThat(seen.size()).isGreaterThan(LinearJob.KINDS);
        long held = seen.stream()
                .filter(each -> each.scope().isAlive())
                .mapToLong(MemorySegment::byteSize)
                .sum();
        assertThat(held).isPositive().isLessThanOrEqualTo(LinearKernels.reservedBytes(ROWS, COLUMNS));
    }

    @Test
    void whatIsReservedIsEnoughForAllRows() {
        linear.reserve(ROWS, COLUMNS);
        MemorySegment[] reserved = linear.reserved().toArray(MemorySegment[]::new);
        for (int rows = 1; rows <= ROWS; rows++) {
            linear.multiply(stack, in, out, rows, rows % 2 == 0 ? rows : rows / 2, false);
        }
        for (int kind = 0; kind < LinearJob.KINDS; kind++) {
            assertThat(linear.reserved().get(kind)).isSameAs(reserved[kind]);
        }
    }

    @Test
    void whatIsReservedGoesWithTheRest() {
        linear.reserve(ROWS, COLUMNS);
        List<MemorySegment> reserved = linear.reserved();
        kernels.close();
        assertThat(reserved).noneMatch(each -> each.scope().isAlive());
    }

    @Test
    void aThreadTakesNoMoreThanIsCounted() {
        assertThat(LinearJob.SCRATCH_BYTES + NativeLinear.OWN_BYTES).isLessThanOrEqualTo(LinearKernels.THREAD_BYTES);
    }
}
