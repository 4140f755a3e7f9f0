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
        costs.measured(2, 1000);
        costs.measured(6, 3000);
        assertThat(costs.of(2)).isEqualTo(1000);
        assertThat(costs.of(4)).isEqualTo(2000);
        assertThat(costs.of(6)).isEqualTo(3000);
        assertThat(costs.of(1)).isLessThan(1000);
        assertThat(costs.of(9)).isGreaterThan(3000);
        assertThat(costs.of(1000)).isEqualTo(costs.of(64));
    }

    @Test
    void followsWhatChangesAndNotOneHeldUpStep() {
        StepCosts costs = new StepCosts(true);
        costs.measured(1, 1000);
        costs.measured(1, 1_000_000);
        assertThat(costs.of(1)).isLessThan(1300);
        for (int i = 0; i < 100; i++) {
            costs.measured(1, 5000);
        }
        assertThat(costs.of(1)).isCloseTo(5000, within(200.0));
    }

    @Test
    void forgetsWhatHasNotRunForLongSoThatItIsTriedAgain() {
        StepCosts costs = new StepCosts(true);
        DraftLength lengths = new DraftLength(costs, 20, 0);
        plainSteps(costs, 4);
        costs.measured(8, 100_000); // while the machine was busy with something else
        assertThat(lengths.best(4, 4, 4, 0)).isZero();
        plainSteps(costs, 600);
        assertThat(lengths.best(4, 4, 4, 0)).isPositive();
        costs.measured(8, 1300);
        assertThat(costs.of(8)).isEqualTo(1300);
    }

    private static void plainSteps(StepCosts costs, int count) {
        for (int i = 0; i < count; i++) {
            costs.measured(4, 1000);
        }
    }

    @Test
    void countsNoStepOfMoreRowsThanItTellsApart() {
        StepCosts costs = new StepCosts(true);
        costs.measured(65, 10);
        costs.measured(0, 10);
        assertThat(costs.of(1)).isEqualTo(1);
    }
}
