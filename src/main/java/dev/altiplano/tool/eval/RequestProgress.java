package dev.altiplano.tool.eval;

import dev.altiplano.evaluation.run.EvaluationProgress;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.LongSupplier;

/** Says every few seconds how many requests have been answered, and how long the others will take. Thread-safe. */
final class RequestProgress implements EvaluationProgress {

    private static final long EVERY_NS = 2_000_000_000;

    private final String label;
    private final PrintWriter out;
    private final LongSupplier clockNs;
    private final long startNs;
    private long saidNs;

    RequestProgress(String label, PrintWriter out) {
        this(label, out, System::nanoTime);
    }

    RequestProgress(String label, PrintWriter out, LongSupplier clockNs) {
        this.label = label;
        this.out = out;
        this.clockNs = clockNs;
        this.startNs = clockNs.getAsLong();
        this.saidNs = startNs;
    }

    @Override
    public synchronized void advanced(long done, long all) {
        long now = clockNs.getAsLong();
        if (now - saidNs < EVERY_NS) {
            return;
        }
        saidNs = now;
        long left = Math.round((now - startNs) / 1e9 / done * (all - done));
        out.println(String.format(Locale.ROOT, "%s: %d of %d, %d:%02d left", label, done, all, left / 60, left % 60));
        out.flush();
    }
}
