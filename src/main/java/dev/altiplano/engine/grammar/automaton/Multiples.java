package dev.altiplano.engine.grammar.automaton;

import dev.altiplano.engine.grammar.limit.Budget;

/** Decimal numbers that are multiples of a decimal fraction: a state is the remainder so far and the number of fraction digits. */
public final class Multiples {

    private Multiples() {}

    /** Numbers, with or without a sign, that are multiples of {@code unit} / 10^{@code digits} and have at most that many fraction digits. */
    public static Dfa of(int unit, int digits, Budget budget) {
        budget.states((long) unit * (digits + 2));
        DfaBuilder builder = new DfaBuilder(budget);
        int scale = 1 % unit;
        for (int i = 0; i < digits; i++) {
            scale = (int) (10L * scale % unit);
        }
        // State numbers: the digits' states first, so that the start can be added last.
        int integers = 0;
        int zero = unit;
        int dot = zero + 1;
        int fractions = dot + unit;
        int first = fractions + unit * digits;
        for (int r = 0; r < unit; r++) {
            // A whole number r counts r * 10^digits units.
            builder.addState((long) r * scale % unit == 0);
            if (digits > 0) {
                builder.addEdge('.', '.', dot + r);
            }
            for (int d = 0; d < 10; d++) {
                builder.addEdge('0' + d, '0' + d, integers + (10 * r + d) % unit);
            }
        }
        builder.addState(true);
        if (digits > 0) {
            builder.addEdge('.', '.', dot);
        }
        for (int r = 0; r < unit; r++) {
            builder.addState(false);
            for (int d = 0; digits > 0 && d < 10; d++) {
                builder.addEdge('0' + d, '0' + d, fractions + (10 * r + d) % unit);
            }
        }
        for (int j = 1; j <= digits; j++) {
            int left = 1 % unit;
            for (int i = j; i < digits; i++) {
                left = (int) (10L * left % unit);
            }
            for (int r = 0; r < unit; r++) {
                builder.addState((long) r * left % unit == 0);
                for (int d = 0; j < digits && d < 10; d++) {
                    builder.addEdge('0' + d, '0' + d, fractions + j * unit + (10 * r + d) % unit);
                }
            }
        }
        builder.addState(false);
        addDigits(builder, zero, integers, unit);
        builder.addState(false);
        builder.addEdge('-', '-', first);
        addDigits(builder, zero, integers, unit);
        return Minimizer.run(builder.build(first + 1), budget);
    }

    private static void addDigits(DfaBuilder builder, int zero, int integers, int unit) {
        builder.addEdge('0', '0', zero);
        for (int d = 1; d < 10; d++) {
            builder.addEdge('0' + d, '0' + d, integers + d % unit);
        }
    }
}
