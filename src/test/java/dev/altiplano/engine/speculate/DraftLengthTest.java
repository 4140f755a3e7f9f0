package dev.altiplano.engine.speculate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DraftLengthTest {

    /** A machine on which each row beyond the first costs {@code share} of a step of one. */
    private static StepCosts costs(double share) {
        StepCosts costs = new StepCosts(true);
        for (int step = 0; step < 4; step++) {
            for (int rows = 1; rows <= 64; rows += 3) {
                costs.measured(rows, Math.round(1e6 * (1 + share * (rows - 1))));
            }
        }
        return costs;
    }

    private static DraftLength seen(StepCosts costs, int accepted, boolean failed) {
        DraftLength lengths = new DraftLength(costs);
        for (int i = 0; i < 50; i++) {
            lengths.seen(accepted, failed);
        }
        return lengths;
    }

    @Test
    void draftsAllThatIsAllowedWhereAllWasRightAndRowsAreCheap() {
        assertThat(seen(costs(0.05), 7, false).best(7, 1, 1, 0)).isEqualTo(7);
        assertThat(seen(costs(0.05), 7, false).best(3, 4, 4, 0)).isEqualTo(3);
    }

    @Test
    void draftsNothingWhereNothingWasRight() {
        assertThat(seen(costs(0.01), 0, true).best(7, 1, 1, 0)).isZero();
    }

    @Test
    void draftsNothingWhereARowCostsWhatItGains() {
        // Rows that cost as much as a step of their own: even certain tokens gain nothing.
        assertThat(seen(costs(1), 7, false).best(7, 1, 1, 0)).isZero();
        assertThat(seen(costs(0.5), 7, false).best(7, 1, 1, 0)).isEqualTo(7);
    }

    @Test
    void draftsLessWhereLessWasRight() {
        int sure = seen(costs(0.1), 7, false).best(7, 1, 1, 0);
        int half = seen(costs(0.1), 1, true).best(7, 1, 1, 0);
        int seldom = seen(costs(0.2), 0, true).best(7, 1, 1, 0);
        assertThat(half).isBetween(1, sure - 1);
        assertThat(seldom).isZero();
    }

    /** Many sequences share a step: a token is worth less of it, and a row costs what it did. */
    @Test
    void draftsLessUnderLoad() {
        DraftLength lengths = seen(costs(0.1), 2, true);
        assertThat(lengths.best(7, 1, 1, 0)).isPositive();
        assertThat(lengths.best(7, 40, 40, 0)).isLessThan(lengths.best(7, 1, 1, 0));
    }

    @Test
    void beginsOnceItKnowsWhatAStepWithoutDraftsTakes() {
        StepCosts costs = new StepCosts(true);
        DraftLength lengths = new DraftLength(costs);
        for (int step = 0; step < 4; step++) {
            assertThat(lengths.best(7, 1, 1, 0)).isZero();
            costs.measured(1, 1000);
        }
        assertThat(lengths.best(7, 1, 1, 0)).isPositive();
        assertThat(lengths.best(7, 2, 2, 0)).isZero();
        for (int step = 0; step < 200; step++) {
            costs.measured(5, 1100);
        }
        assertThat(lengths.best(7, 1, 1, 0)).as("that was long ago").isZero();
    }
}
