package dev.altiplano.engine.speculate;

/**
 * What steps of generated rows take at present, by their number of rows: from it follows what drafted rows cost on this machine, at this
 * load. A step takes the machine's pace, which others that use the machine change at any moment, times the share of its number of rows,
 * which hardly changes: so a slow while makes neither drafts nor plain steps look dear. Where nothing has been measured, a row more is
 * taken for cheap. Belongs to the engine thread.
 */
public final class StepCosts {

    /** Steps of more rows are not told apart. */
    private static final int MAX_ROWS = 64;

    /** What a row more is thought to cost before it has been measured, as part of a step. */
    private static final double ASSUMED_SHARE = 0.06;

    /** A drafted row costs this part of a step at least, whatever noise makes of it. */
    private static final double MIN_SHARE = 0.01;

    /** Of what a step took more or less than expected, in logarithms, this part is laid to the pace, */
    private static final double PACE_PART = 0.2;
    /** and this part to the share of its rows: more where they have been measured a few times only, */
    private static final double SHARE_PART = 0.05;
    /** or not for long, by so much for each step since then: meanwhile the pace was learned from others. */
    private static final double SHARE_PART_WITH_AGE = 0.0125;

    private static final double MAX_SHARE_PART = 0.5;
    /** A step that was held up for longer counts no more than one that took so much longer. */
    private static final double MAX_ERROR = 0.3;

    /** Steps after which their share is known. */
    private static final int FIRST_STEPS = 4;
    /** Steps after which a share is too old to compare with: only steps of other rows have set the pace since. */
    private static final int OLD = 48;
    /** Steps after which a share is forgotten. What was too dear is not done any more, and so would never be measured again. */
    private static final int FORGOTTEN = 512;
    /** Steps after which what was dear at first is tried again, as the first steps of cold code are; twice as many each time. */
    private static final int PATIENCE = 32;

    /** A step of one row at present; 1 before the first step, which sets the measure. */
    private double paceNanos = 1;
    /** By rows: steps of the pace. */
    private final double[] shares = new double[MAX_ROWS + 1];
    /** How many have run since the share was forgotten. */
    private final int[] steps = new int[MAX_ROWS + 1];
    /** When a step of so many rows ran last, in steps. */
    private final long[] last = new long[MAX_ROWS + 1];

    /** All steps. */
    private long count;
    /** Steps since something new was tried again, and how many are waited for the next time. */
    private int waited;

    private int patience = PATIENCE;
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
        double nanos = Math.max(1, elapsedNanos);
        if (count == 0) {
            paceNanos = nanos / share(rows);
        }
        waited++;
        if (!isMeasured(rows)) {
            shares[rows] = share(rows);
            if (isNew(rows)) {
                waited = 0;
                patience = Math.min(2 * patience, FORGOTTEN);
            }
            steps[rows] = 0;
        }
        long age = count - last[rows];
        last[rows] = ++count;
        double error = Math.log(nanos / (paceNanos * shares[rows]));
        if (steps[rows] >= FIRST_STEPS) {
            error = Math.clamp(error, -MAX_ERROR, MAX_ERROR);
            paceNanos *= Math.exp(PACE_PART * error);
        }
        double part = Math.min(SHARE_PART + SHARE_PART_WITH_AGE * age, MAX_SHARE_PART);
        shares[rows] *= Math.exp(Math.max(part, 1.0 / (steps[rows] + 2)) * error);
        steps[rows]++;
    }

    /** Whether it is known what a step of {@code rows} rows takes at present. */
    boolean known(int rows) {
        int wanted = Math.min(rows, MAX_ROWS);
        return !timed || steps[wanted] >= FIRST_STEPS && count - last[wanted] < OLD;
    }

    private boolean isNew(int rows) {
        return steps[rows] > 0 && steps[rows] < FIRST_STEPS;
    }

    private boolean isMeasured(int rows) {
        return steps[rows] > 0 && count - last[rows] < FORGOTTEN && !(isNew(rows) && waited >= patience);
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

    /** What a step of {@code rows} rows takes, in nanoseconds: no more than one of more rows. */
    double of(int rows) {
        int wanted = Math.min(rows, MAX_ROWS);
        double least = share(wanted);
        for (int more = wanted + 1; more <= MAX_ROWS; more++) {
            least = isMeasured(more) ? Math.min(least, shares[more]) : least;
        }
        return paceNanos * least;
    }

    /** In steps of the pace; a straight line between measured numbers of rows, and beyond them. */
    private double share(int rows) {
        int below = rows;
        while (below > 0 && !isMeasured(below)) {
            below--;
        }
        int above = rows;
        while (above <= MAX_ROWS && !isMeasured(above)) {
            above++;
        }
        if (below == 0) {
            return above > MAX_ROWS
                    ? 1 + ASSUMED_SHARE * (rows - 1)
                    : shares[above] / (1 + ASSUMED_SHARE * (above - rows));
        }
        if (above > MAX_ROWS) {
            return shares[below] + (rows - below) * Math.max(slopeUpTo(below), ASSUMED_SHARE * shares[below]);
        }
        double part = above == below ? 0 : (rows - below) / (double) (above - below);
        return shares[below] + part * (shares[above] - shares[below]);
    }

    /** What a row more has cost, from the fewest rows that are measured to {@code rows}. */
    private double slopeUpTo(int rows) {
        int fewest = 1;
        while (!isMeasured(fewest)) {
            fewest++;
        }
        return fewest == rows ? 0 : (shares[rows] - shares[fewest]) / (rows - fewest);
    }
}
