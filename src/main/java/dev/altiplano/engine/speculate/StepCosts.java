package dev.altiplano.engine.speculate;

/**
 * What steps of generated rows have taken lately, by their number of rows: from it follows what drafted rows cost on this machine, at
 * this load. Where nothing has been measured, a row more is taken for cheap. Belongs to the engine thread.
 */
public final class StepCosts {

    /** Steps of more rows are not told apart. */
    private static final int MAX_ROWS = 64;

    private static final double NEWEST_SHARE = 0.2;
    /** A step that took longer than so many times what is usual was held up by something else. */
    private static final double OUTLIER = 2;
    /** What a row more is thought to cost before it has been measured, as part of a step. */
    private static final double ASSUMED_SHARE = 0.06;

    /** By rows; 0 where none has run. */
    private final double[] nanos = new double[MAX_ROWS + 1];

    /** A step of {@code rows} generated rows and no others took {@code elapsedNanos}. */
    public void measured(int rows, long elapsedNanos) {
        if (rows < 1 || rows > MAX_ROWS) {
            return;
        }
        double usual = nanos[rows];
        nanos[rows] = usual == 0
                ? elapsedNanos
                : usual + NEWEST_SHARE * (Math.clamp((double) elapsedNanos, usual / OUTLIER, usual * OUTLIER) - usual);
    }

    /** What a step of {@code rows} rows takes, in nanoseconds; between measured numbers of rows a straight line. */
    double of(int rows) {
        int wanted = Math.min(rows, MAX_ROWS);
        int below = wanted;
        while (below > 0 && nanos[below] == 0) {
            below--;
        }
        int above = wanted;
        while (above <= MAX_ROWS && nanos[above] == 0) {
            above++;
        }
        if (below == 0 && above > MAX_ROWS) {
            return 1 + ASSUMED_SHARE * (wanted - 1);
        }
        if (below == 0) {
            return nanos[above] / (1 + ASSUMED_SHARE * (above - wanted));
        }
        if (above > MAX_ROWS) {
            return nanos[below] * (1 + ASSUMED_SHARE * (wanted - below));
        }
        double part = above == below ? 0 : (wanted - below) / (double) (above - below);
        return nanos[below] + part * (nanos[above] - nanos[below]);
    }
}
