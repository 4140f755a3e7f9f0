package dev.altiplano.engine;

import java.util.ArrayList;
import java.util.List;

/** The times from the end of a forward pass to the end of the next, of steps that had a row of each sequence and nothing else. */
final class WholeSteps implements EngineObserver {

    private final int sequences;
    private final List<Long> nanos = new ArrayList<>();
    private long last;

    WholeSteps(int sequences) {
        this.sequences = sequences;
    }

    @Override
    public synchronized void step(int promptRows, int generatedRows, long ignored) {
        long now = System.nanoTime();
        boolean whole = promptRows == 0 && generatedRows == sequences;
        if (whole && last != 0) {
            nanos.add(now - last);
        }
        last = whole ? now : 0;
    }

    /** The median since the last time that it was asked for. */
    synchronized double medianMs() {
        long[] sorted = nanos.stream().mapToLong(each -> each).sorted().toArray();
        nanos.clear();
        last = 0;
        return sorted[sorted.length / 2] / 1e6;
    }
}
