package dev.altiplano.tool.bench;

import dev.altiplano.engine.kernel.Backend;
import dev.altiplano.engine.kernel.WeightFormat;
import dev.altiplano.engine.kernel.roofline.MachineLimits;
import dev.altiplano.engine.kernel.roofline.MachineLimits.Arithmetic;
import java.util.Arrays;
import java.util.Map;

/** Times workloads on a loaded model and says what part of the machine's limits they reach. */
final class BenchRun {

    /** Weights of which caches hold a small part. */
    private static final long LARGE_BYTES = 1L << 29;

    /**
     * What came out.
     *
     * @param median tokens per second
     * @param ofLimit part of the limit that binds this workload
     */
    record Result(Workload workload, double median, double min, double max, double ofLimit) {}

    private final BenchModel model;
    private final Backend backend;
    private final MachineLimits limits;

    BenchRun(BenchModel model, Backend backend, MachineLimits limits) {
        this.model = model;
        this.backend = backend;
        this.limits = limits;
    }

    /** Runs a workload once to warm up and then {@code repetitions} times. */
    Result run(Workload workload, int repetitions) {
        double[] rates = new double[repetitions];
        double[] ofLimit = new double[repetitions];
        model.begin(workload);
        time(workload);
        for (int i = 0; i < repetitions; i++) {
            rates[i] = time(workload);
            ofLimit[i] = rates[i] / limit(workload);
        }
        Arrays.sort(rates);
        return new Result(workload, median(rates), rates[0], rates[repetitions - 1], median(ofLimit));
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** Tokens per second. */
    private double time(Workload workload) {
        long begin = System.nanoTime();
        if (workload.kind() == Workload.Kind.PREFILL) {
            model.prefill(0, workload.size());
            return workload.size() / seconds(begin);
        }
        for (int sequence = 0; sequence < workload.sequences(); sequence++) {
            model.prefill(sequence, workload.promptTokens());
        }
        begin = System.nanoTime();
        for (int step = 0; step < workload.steps(); step++) {
            model.decode(workload.sequences(), workload.promptTokens() + step);
        }
        return (double) workload.sequences() * workload.steps() / seconds(begin);
    }

    private static double seconds(long begin) {
        return (System.nanoTime() - begin) / 1e9;
    }

    /**
     * Tokens per second if nothing but the limit counted: reading the weights once for each token of a single sequence, or two
     * operations for each weight and row at the peak of the arithmetic that is used.
     */
    private double limit(Workload workload) {
        if (workload.kind() == Workload.Kind.DECODE) {
            return readBytesPerSecond() / model.bytesPerStep();
        }
        boolean prompt = workload.kind() == Workload.Kind.PREFILL;
        double everyRow = secondsPerRow(model.everyRowParameters(), prompt);
        double scoredRow = secondsPerRow(model.scoredRowParameters(), prompt);
        return 1 / (everyRow + scoredRow * (prompt ? 1.0 / workload.size() : 1));
    }

    /**
     * Where neighbours share the memory its speed changes from one minute to the next: read are the weights themselves, at once
     * after they were decoded with, unless a good part of them may lie in caches.
     */
    private double readBytesPerSecond() {
        return model.memory().byteSize() < LARGE_BYTES
                ? limits.readBytesPerSecond()
                : MachineLimits.readBytesPerSecond(backend, model.memory());
    }

    private double secondsPerRow(Map<WeightFormat, Long> parameters, boolean prompt) {
        double seconds = 0;
        for (Map.Entry<WeightFormat, Long> entry : parameters.entrySet()) {
            Arithmetic arithmetic = MachineLimits.arithmetic(backend, entry.getKey(), prompt);
            seconds += 2.0 * entry.getValue() / limits.peak(arithmetic);
        }
        return seconds;
    }
}
