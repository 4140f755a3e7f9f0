package dev.altiplano.tool.replay;

import java.io.PrintWriter;
import java.util.Map;
import java.util.TreeMap;

/** The counts of a replay, and a line for each request that differs. Thread-safe. */
final class ReplayReport {

    private final String file;
    private final PrintWriter out;
    private final Map<String, Integer> fingerprints = new TreeMap<>();
    private final Map<String, Integer> skipped = new TreeMap<>();
    private int same;
    private int differ;

    ReplayReport(String file, PrintWriter out) {
        this.file = file;
        this.out = out;
    }

    synchronized void add(RecordedRequest request, Verdict verdict) {
        switch (verdict) {
            case Verdict.Same ignored -> same++;
            case Verdict.Differs(String what) -> {
                differ++;
                out.println(file + ", line " + request.line() + ", " + request.route() + ": " + what);
            }
            case Verdict.OtherFingerprint(String other) -> fingerprints.merge(other, 1, Integer::sum);
            case Verdict.Skipped(String why) -> skipped.merge(why, 1, Integer::sum);
        }
    }

    /** Prints the sums; {@code own} is the fingerprint of the service that was asked. */
    synchronized void end(String own) {
        out.println(same + " answers have the same bits, " + differ + " differ (fingerprint " + own + ")");
        fingerprints.forEach(
                (other, count) -> out.println(count + " were not compared: they were answered with fingerprint " + other
                        + ", which promises other bits (--any-fingerprint compares them)"));
        skipped.forEach((why, count) -> out.println(count + " were not compared: " + why));
    }

    synchronized boolean differs() {
        return differ > 0;
    }

    /** Whether nothing was found that could have been compared. */
    synchronized boolean empty() {
        return same + differ == 0 && fingerprints.isEmpty();
    }
}
