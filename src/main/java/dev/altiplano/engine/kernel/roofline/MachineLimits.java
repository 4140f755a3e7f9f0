package dev.altiplano.engine.kernel.roofline;

import dev.altiplano.engine.kernel.Backend;
import dev.altiplano.engine.kernel.WeightFormat;
import dev.altiplano.engine.kernel.ffm.InstructionSet;
import dev.altiplano.engine.kernel.ffm.NativeLibrary;
import dev.altiplano.engine.os.WorkerPool;
import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * The most that this machine can do with a number of threads, measured: what a model's speed is to be compared with.
 *
 * @param threads threads that ran at once
 * @param readBytesPerSecond how fast all threads together read memory that no cache holds
 * @param operationsPerSecond how fast they multiply and add numbers that lie in registers, each multiplication and each addition
 *     counted; the kinds of arithmetic that the backend does not have are absent
 */
public record MachineLimits(int threads, double readBytesPerSecond, Map<Arithmetic, Double> operationsPerSecond) {

    /** What products are made of. */
    public enum Arithmetic {
        F32(0),
        BF16(1),
        INT8(2);

        private final int code;

        Arithmetic(int code) {
            this.code = code;
        }

        /** The number by which the probes in C know it: enum arithmetic of limits.c. */
        int code() {
            return code;
        }
    }

    public MachineLimits {
        operationsPerSecond = Collections.unmodifiableMap(new EnumMap<>(operationsPerSecond));
    }

    /** Measures with the instructions that {@code backend} uses, on as many threads; takes about a second and some memory. */
    public static MachineLimits measure(Backend backend) {
        try (WorkerPool pool = new WorkerPool(backend.threads())) {
            return new LimitMeasurement(pool, probe(backend)).measure();
        }
    }

    /** How fast {@code backend}'s threads read {@code memory} now, which should be much larger than the caches. */
    public static double readBytesPerSecond(Backend backend, MemorySegment memory) {
        try (WorkerPool pool = new WorkerPool(backend.threads())) {
            return new LimitMeasurement(pool, probe(backend)).readBytesPerSecond(memory, 2);
        }
    }

    private static LimitProbe probe(Backend backend) {
        if (backend.name().equals("native")) {
            try {
                return new NativeLimits(NativeLibrary.load(null), InstructionSet.labelled(backend.instructionSet()));
            } catch (NativeLibrary.UnavailableException e) {
                return JavaLimits.INSTANCE;
            }
        }
        return JavaLimits.INSTANCE;
    }

    /** The arithmetic in which {@code backend} multiplies weights of a format with prompt rows or with generated rows. */
    public static Arithmetic arithmetic(Backend backend, WeightFormat format, boolean prompt) {
        if (!backend.name().equals("native") || format == WeightFormat.F32) {
            return Arithmetic.F32;
        }
        return switch (backend.instructionSet()) {
            case "amx", "avx512-bf16" ->
                format.quantized() ? Arithmetic.INT8 : prompt ? Arithmetic.BF16 : Arithmetic.F32;
            default -> format.quantized() ? Arithmetic.INT8 : Arithmetic.F32;
        };
    }

    /** The peak of a kind of arithmetic; that of F32 where the kind was not measured. */
    public double peak(Arithmetic arithmetic) {
        Double peak = operationsPerSecond.get(arithmetic);
        return peak != null ? peak : operationsPerSecond.getOrDefault(Arithmetic.F32, 0.0);
    }
}
