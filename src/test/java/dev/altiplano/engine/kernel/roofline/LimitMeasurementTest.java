package dev.altiplano.engine.kernel.roofline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.os.WorkerPool;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

class LimitMeasurementTest {

    /** A probe reads a part as four streams; a power of two from each other, they read at half of what the machine can. */
    @Test
    void readsInStreamsThatDoNotMeetInTheCaches() {
        Set<Long> bytes = ConcurrentHashMap.newKeySet();
        LimitProbe probe = new LimitProbe() {
            @Override
            public long read(MemorySegment memory) {
                bytes.add(memory.byteSize());
                return memory.get(ValueLayout.JAVA_BYTE, memory.byteSize() - 1);
            }

            @Override
            public long multiply(MachineLimits.Arithmetic arithmetic, long rounds) {
                return 0;
            }
        };
        try (WorkerPool pool = new WorkerPool(2)) {
            MachineLimits limits = new LimitMeasurement(pool, probe).measure();
            assertThat(limits.threads()).isEqualTo(2);
            assertThat(limits.readBytesPerSecond()).isPositive();
        }
        assertThat(bytes).hasSize(1).allSatisfy(each -> {
            assertThat(each).isGreaterThan(64L << 20);
            assertThat(each / 4 % 64).as("whole cache lines").isZero();
            assertThat(each / 4 % 4096).as("not whole pages").isNotZero();
        });
    }
}
