package dev.altiplano.engine.speculate;

/**
 * What steps of generated rows have taken lately, by their number of rows: from it follows what drafted rows cost on this machine, at
 * this load. Where nothing has been measured, a row more is taken for cheap. Belongs to the engine thread.
 */
public final class StepCosts {

    /** Steps of more rows are not told apart. */
    private static final int MAX_ROWS = 64;

    /** By so much a time goes up or down with each step, to where half of the steps are shorter: one that was held up counts no more. */
    private static final double STRIDE = 0.03;
    /** What a row more is thought to cost before it has been measured, as part of a step. */
    private static final double ASSUMED_SHARE = 0.06;

    /** A drafted row costs this part of a step at least, whatever noise makes of it. */
    private static final double MIN_SHARE = 0.01;

    /** The shortest of so many first steps is what is usual: whatever holds a step up makes it longer. */
    private static final int FIRST_STEPS = 4;
    /** Steps after which a time is too old to compare with: sequences grow, and machines change. */
    private static final int OLD = 128;
    /**
     * Steps after which a time is forgotten. What was too dear while the machine was slow, or Java's code cold, is not done any more, and
     * so would never be measured again.
     */
    private static final int FORGOTTEN = 512;

    /** By rows. */
    private final double[] nanos = new double[MAX_ROWS + 1];

    /** How many of them have run since the time was forgotten, up to the first ones. */
    private final int[] steps = new int[MAX_ROWS + 1];
    /** When a step of so many rows ran last, in steps. */
    private final long[] last = new long[MAX_ROWS + 1];

    private long count;
    private final boolean timed;

    /** @param timed whether time counts; otherwise every row costs the same little part of a step, always */
    public StepCosts(boolean timed) {
        this.timed = timed;
    }

    /** A step of {@code rows} generated rows and no others took {@code elapsedNanos}. */
    public void measured(int rows, long elapsedNanos) {
        if (!timed || rows < 1 || rows > MAX_ROWS) {
            return;
        }
        if (!isMeasured(rows)) {
            steps[rows] = 0;
        }
        last[rows] = ++count;
        double usual = nanos[rows];
        if (steps[rows] < FIRST_STEPS) {
            nanos[rows] = steps[rows] == 0 ? elapsedNanos : Math.min(usual, elapsedNanos);
            steps[rows]++;
        } else {
            nanos[rows] = usual * (1 + STRIDE * Math.signum(elapsedNanos - usual));
        }
    }

    /** Whether it is known what a step of {@code rows} rows takes at present. */
    boolean known(int rows) {
        int wanted = Math.min(rows, MAX_ROWS);
        return !timed || steps[wanted] == FIRST_STEPS && count - last[wanted] < OLD;
    }

    private boolean isMeasured(int rows) {
        return steps[rows] > 0 && count - last[rows] < FORGOTTEN;
    }

    /** Whether time counts. */
    boolean timed() {
        return timed;
    }

    /** What {@code drafted} rows more cost in a step of {@code rows} rows. */
    double ofDraft(int rows, int drafted) {
        double without = of(rows);
        return Math.max(of(rows + drafted) - without, MIN_SHARE * drafted * without);
    }

    /** What a step of {@code rows} rows takes, in nanoseconds; between measured numbers of rows a straight line. */
    double of(int rows) {
        int wanted = Math.min(rows, MAX_ROWS);
        int below = wanted;
        while (below > 0 && !isMeasured(below)) {
            below--;
        }
        int above = wanted;
        while (above <= MAX_ROWS && !isMeasured(above)) {
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
