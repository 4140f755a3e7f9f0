package dev.altiplano.engine.kernel.roofline;

import dev.altiplano.engine.os.LargeMemory;
import dev.altiplano.engine.os.WorkerPool;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** Runs a probe on all threads at once, several times; the best counts, as anything else on the machine only takes away. */
final class LimitMeasurement {

    /** Enough that the caches of large servers hold a small part. */
    private static final long MAX_BYTES = 1L << 30;

    private static final int READS = 8;
    private static final int MULTIPLICATIONS = 5;
    private static final long MULTIPLY_NS = 20_000_000;

    /** Streams that lie a power of two apart fall into the same sets of the caches and push each other out. */
    private static final long UNEVEN_BYTES = 4 * (4096 + 64);

    private final WorkerPool pool;
    private final LimitProbe probe;
    /** What probes return ends here, so that none of their work can be left out. */
    private final AtomicLong results = new AtomicLong();

    LimitMeasurement(WorkerPool pool, LimitProbe probe) {
        this.pool = pool;
        this.probe = probe;
    }

    MachineLimits measure() {
        Map<MachineLimits.Arithmetic, Double> peaks = new EnumMap<>(MachineLimits.Arithmetic.class);
        for (MachineLimits.Arithmetic kind : MachineLimits.Arithmetic.values()) {
            double peak = operationsPerSecond(kind);
            if (peak > 0) {
                peaks.put(kind, peak);
            }
        }
        return new MachineLimits(pool.threads(), readBytesPerSecond(), peaks);
    }

    private double readBytesPerSecond() {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = LargeMemory.allocate(Math.min(MAX_BYTES, totalMemory() / 8) >>> 21 << 21, arena);
            // Pages that were never written are all the same one.
            pool.run((worker, workers) -> part(memory, worker, workers).fill((byte) worker));
            return readBytesPerSecond(memory, READS);
        }
    }

    /** The best of some passes over {@code memory}, of which every thread has a part. */
    double readBytesPerSecond(MemorySegment memory, int passes) {
        double best = 0;
        for (int i = 0; i < passes; i++) {
            long begin = System.nanoTime();
            pool.run((worker, workers) -> results.addAndGet(probe.read(part(memory, worker, workers))));
            long bytes = pool.threads() * part(memory, 0, pool.threads()).byteSize();
            best = Math.max(best, (double) bytes / (System.nanoTime() - begin));
        }
        return 1e9 * best;
    }

    private static MemorySegment part(MemorySegment memory, int worker, int workers) {
        long bytes = memory.byteSize() / workers >>> 16 << 16;
        return memory.asSlice(worker * bytes, bytes - UNEVEN_BYTES);
    }

    private double operationsPerSecond(MachineLimits.Arithmetic kind) {
        long rounds = 1;
        double best = 0;
        for (int i = 0; i < MULTIPLICATIONS; i++) {
            long ns;
            long operations;
            do {
                AtomicLong sum = new AtomicLong();
                long times = rounds;
                long begin = System.nanoTime();
                pool.run((worker, workers) -> sum.addAndGet(probe.multiply(kind, times)));
                ns = Math.max(1, System.nanoTime() - begin);
                operations = sum.get();
                rounds = ns < MULTIPLY_NS ? 2 * rounds : rounds;
            } while (ns < MULTIPLY_NS && operations > 0);
            best = Math.max(best, (double) operations / ns);
        }
        return 1e9 * best;
    }

    private static long totalMemory() {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system) {
            return system.getTotalMemorySize();
        }
        return 8 * MAX_BYTES;
    }
}
