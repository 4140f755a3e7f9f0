package dev.altiplano.evaluation.statistic;

/**
 * A sum of doubles as Python's {@code sum} has it since 3.12: Neumaier's compensation, one order; from the first number of
 * NumPy on without compensation. Belongs to one thread.
 */
public final class Sum {

    private double total;
    private double compensation;
    private boolean plain;

    /** Adds a float of Python. */
    public void add(double value) {
        if (plain) {
            total += value;
            return;
        }
        double next = total + value;
        if (Math.abs(total) >= Math.abs(value)) {
            compensation += (total - next) + value;
        } else {
            compensation += (value - next) + total;
        }
        total = next;
    }

    /** Adds a number of NumPy. */
    public void addNumpy(double value) {
        if (!plain) {
            total = value();
            compensation = 0;
            plain = true;
        }
        total += value;
    }

    /** Adds one or the other. */
    public void add(double value, boolean numpy) {
        if (numpy) {
            addNumpy(value);
        } else {
            add(value);
        }
    }

    public double value() {
        return Double.isFinite(compensation) ? total + compensation : total;
    }
}
