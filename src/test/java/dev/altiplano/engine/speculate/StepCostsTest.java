package dev.altiplano.engine.speculate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class StepCostsTest {

    @Test
    void takesRowsForCheapBeforeAnythingRan() {
        StepCosts costs = new StepCosts();
        assertThat(costs.of(2)).isGreaterThan(costs.of(1)).isLessThan(1.2 * costs.of(1));
    }

    @Test
    void drawsAStraightLineBetweenWhatWasMeasured() {
        StepCosts costs = new StepCosts();
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
        StepCosts costs = new StepCosts();
        costs.measured(1, 1000);
        costs.measured(1, 1_000_000);
        assertThat(costs.of(1)).isLessThan(1300);
        for (int i = 0; i < 60; i++) {
            costs.measured(1, 5000);
        }
        assertThat(costs.of(1)).isCloseTo(5000, within(50.0));
    }

    @Test
    void countsNoStepOfMoreRowsThanItTellsApart() {
        StepCosts costs = new StepCosts();
        costs.measured(65, 10);
        costs.measured(0, 10);
        assertThat(costs.of(1)).isEqualTo(1);
    }
}
