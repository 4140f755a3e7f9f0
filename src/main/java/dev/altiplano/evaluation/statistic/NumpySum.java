package dev.altiplano.evaluation.statistic;

/** The sum of an array as NumPy has it: halves of halves, down to 128 elements that are added in eight strands. */
public final class NumpySum {

    private static final int STRANDS = 8;
    private static final int LONGEST = 128;

    private NumpySum() {}

    /** {@code numpy.sum} of a contiguous array of float64. */
    public static double of(double[] values) {
        return of(values, 0, values.length);
    }

    private static double of(double[] values, int from, int count) {
        if (count > LONGEST) {
            int half = count / 2 - count / 2 % STRANDS;
            return of(values, from, half) + of(values, from + half, count - half);
        }
        double sum = 0;
        int done = 0;
        if (count >= STRANDS) {
            double[] strands = new double[STRANDS];
            for (; done + STRANDS <= count; done += STRANDS) {
                for (int i = 0; i < STRANDS; i++) {
                    strands[i] += values[from + done + i];
                }
            }
            sum = ((strands[0] + strands[1]) + (strands[2] + strands[3]))
                    + ((strands[4] + strands[5]) + (strands[6] + strands[7]));
        }
        for (; done < count; done++) {
            sum += values[from + done];
        }
        return sum;
    }
}
