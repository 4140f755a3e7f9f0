package dev.altiplano.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Tokens per minute, by a clock that the test moves. */
class TokenBudgetTest {

    private static final long SECOND = 1_000_000_000;

    @Test
    void givesOutNoMoreThanTheLimitOnAverage() {
        TokenBudget budget = new TokenBudget(600, 0);
        long given = 0;
        for (long second = 0; second < 600; second++) {
            if (budget.take(100, second * SECOND).isZero()) {
                given += 100;
            }
        }
        assertThat(given).isBetween(600L * 10, 600L * 11 + 100);
    }

    @Test
    void saysWhenThereWillBeSome() {
        TokenBudget budget = new TokenBudget(60, 0);
        assertThat(budget.take(90, 0)).isZero();
        Duration wait = budget.take(1, 0);
        assertThat(wait).isCloseTo(Duration.ofSeconds(31), Duration.ofMillis(1));
        assertThat(budget.take(1, wait.toNanos() - SECOND)).isPositive();
        assertThat(budget.take(1, wait.toNanos())).isZero();
    }

    @Test
    void takesBackWhatWasNotNeededUpToOneMinute() {
        TokenBudget budget = new TokenBudget(60, 0);
        assertThat(budget.take(60, 0)).isZero();
        budget.putBack(50, 0);
        assertThat(budget.take(50, 0)).isZero();
        budget.putBack(1000, 0);
        assertThat(budget.take(60, 0)).isZero();
        assertThat(budget.take(1, 0)).isPositive();
    }

    @Test
    void changesItsLimit() {
        TokenBudget budget = new TokenBudget(0, 0);
        assertThat(budget.take(1_000_000, 0)).isZero();
        budget.limit(10, 0);
        assertThat(budget.take(20, 0)).isZero();
        assertThat(budget.take(1, 0)).isPositive();
        budget.limit(0, 0);
        assertThat(budget.take(1_000_000, 0)).isZero();
    }
}
