package dev.altiplano.server.mix;

import java.util.Arrays;
import java.util.Locale;

/** Times between events of streams, in nanoseconds, in buckets of a hundredth of their size: hours of them fit. */
final class Gaps {

    private static final double BUCKETS_OF_A_FACTOR_E = 100;

    private final long[] counts = new long[3000];
    private long count;
    private long maxNanos;

    void add(long nanos) {
        counts[Math.clamp((int) (Math.log(Math.max(1, nanos)) * BUCKETS_OF_A_FACTOR_E), 0, counts.length - 1)]++;
        count++;
        maxNanos = Math.max(maxNanos, nanos);
    }

    long count() {
        return count;
    }

    /** The gap that {@code part} of them do not exceed. */
    double millis(double part) {
        long wanted = (long) Math.ceil(part * count);
        long seen = 0;
        for (int i = 0; i < counts.length; i++) {
            seen += counts[i];
            if (seen >= wanted) {
                return Math.min(Math.exp((i + 1) / BUCKETS_OF_A_FACTOR_E), maxNanos) / 1e6;
            }
        }
        return maxNanos / 1e6;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%d gaps, p50 %.3f ms, p99 %.3f ms, p99.9 %.3f ms, largest %.1f ms",
                Arrays.stream(counts).sum(),
                millis(0.5),
                millis(0.99),
                millis(0.999),
                maxNanos / 1e6);
    }
}
