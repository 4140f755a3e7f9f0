package dev.altiplano.engine.speculate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class StepCostsTest {

    @Test
    void takesRowsForCheapBeforeAnythingRan() {
        StepCosts costs = new StepCosts(true);
        assertThat(costs.of(2)).isGreaterThan(costs.of(1)).isLessThan(1.2 * costs.of(1));
    }

    @Test
    void drawsAStraightLineBetweenWhatWasMeasured() {
        StepCosts costs = new StepCosts(true);
        inTurns(costs, 2, 1000, 6, 3000);
        assertThat(costs.of(2)).isCloseTo(1000, within(20.0));
        assertThat(costs.of(4)).isCloseTo(2000, within(40.0));
        assertThat(costs.of(6)).isCloseTo(3000, within(60.0));
        assertThat(costs.of(1)).isLessThan(1000);
        assertThat(costs.of(8)).isCloseTo(4000, within(80.0));
        assertThat(costs.of(1000)).isEqualTo(costs.of(64));
    }

    @Test
    void fewerRowsAreNotDearerThanMore() {
        StepCosts costs = new StepCosts(true);
        inTurns(costs, 4, 5000, 8, 3000);
        assertThat(costs.of(4)).isEqualTo(costs.of(8)).isCloseTo(3000, within(60.0));
    }

    @Test
    void followsWhatChangesAndNotOneHeldUpStep() {
        StepCosts costs = new StepCosts(true);
        steps(costs, 1, 1000, 10);
        costs.measured(1, 1_000_000);
        assertThat(costs.of(1)).isLessThan(1300);
        steps(costs, 1, 5000, 100);
        assertThat(costs.of(1)).isCloseTo(5000, within(200.0));
    }

    @Test
    void aSlowWhileMakesNoDraftDearer() {
        StepCosts costs = new StepCosts(true);
        inTurns(costs, 1, 1000, 8, 1500);
        double before = costs.ofDraft(1, 7) / costs.of(1);
        steps(costs, 8, 4500, 20);
        assertThat(costs.ofDraft(1, 7) / costs.of(1)).isLessThan(1);
        inTurns(costs, 1, 3000, 8, 4500);
        assertThat(costs.of(1)).isCloseTo(3000, within(100.0));
        assertThat(costs.ofDraft(1, 7) / costs.of(1)).isCloseTo(before, within(0.05));
    }

    @Test
    void triesAgainSoonWhatWasSlowAtFirstOnly() {
        StepCosts costs = new StepCosts(true);
        DraftLength lengths = new DraftLength(costs, 20, 0);
        steps(costs, 4, 1000, 4);
        costs.measured(8, 100_000); // cold code, or a machine that was busy with something else
        assertThat(lengths.best(4, 4, 4, 0)).isZero();
        steps(costs, 4, 1000, 40);
        assertThat(lengths.best(4, 4, 4, 0)).isEqualTo(4);
        steps(costs, 8, 1300, 4);
        assertThat(lengths.best(4, 4, 4, 0)).isEqualTo(4);
        assertThat(costs.of(8)).isCloseTo(1300, within(100.0));
    }

    @Test
    void waitsLongerEachTimeAndForgetsInTheEnd() {
        StepCosts costs = new StepCosts(true);
        DraftLength lengths = new DraftLength(costs, 20, 0);
        steps(costs, 4, 1000, 4);
        int tried = 0;
        for (int step = 0; step < 2000; step++) {
            boolean drafts = lengths.best(4, 4, 4, 0) > 0;
            costs.measured(drafts ? 8 : 4, drafts ? 8000 : 1000);
            tried += drafts ? 1 : 0;
        }
        assertThat(tried).isBetween(5, 20);
    }

    private static void inTurns(StepCosts costs, int few, int fewNanos, int many, int manyNanos) {
        for (int i = 0; i < 200; i++) {
            costs.measured(few, fewNanos);
            costs.measured(many, manyNanos);
        }
    }

    private static void steps(StepCosts costs, int rows, int nanos, int count) {
        for (int i = 0; i < count; i++) {
            costs.measured(rows, nanos);
        }
    }

    @Test
    void aClockThatStandsStillGivesNumbers() {
        StepCosts costs = new StepCosts(true);
        steps(costs, 1, 0, 10);
        costs.measured(4, 0);
        assertThat(costs.of(4)).isFinite();
        assertThat(costs.ofDraft(1, 3)).isFinite();
    }

    @Test
    void countsNoStepOfMoreRowsThanItTellsApart() {
        StepCosts costs = new StepCosts(true);
        costs.measured(65, 10);
        costs.measured(0, 10);
        assertThat(costs.of(1)).isEqualTo(1);
    }
}
