package dev.altiplano.evaluation.statistic;

/** A sum of doubles as Python's {@code sum} has it since 3.12: Neumaier's compensation, one order. Belongs to one thread. */
public final class Sum {

    private double total;
    private double compensation;

    public void add(double value) {
        double next = total + value;
        if (Math.abs(total) >= Math.abs(value)) {
            compensation += (total - next) + value;
        } else {
            compensation += (value - next) + total;
        }
        total = next;
    }

    public double value() {
        return Double.isFinite(compensation) ? total + compensation : total;
    }
}
