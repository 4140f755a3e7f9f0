package dev.altiplano.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class PromptPaceTest {

    private static final int MAX_ROWS = 512;

    private final PromptPace pace = new PromptPace(MAX_ROWS, Duration.ofMillis(250));

    /** Steps of {@code decoding} sequences beside a prompt without end, as a machine of these times takes them; returns the last one's. */
    private double settledMs(int decoding, double decodingMs, double msPerRow, int steps) {
        Random noise = new Random(1);
        double last = 0;
        for (int step = 0; step < steps; step++) {
            pace.measured(0, decoding, nanos(decodingMs));
            int rows = pace.rows();
            last = decodingMs + rows * msPerRow;
            pace.measured(rows, decoding, nanos(last * (0.95 + 0.1 * noise.nextDouble())));
        }
        return last;
    }

    private static long nanos(double ms) {
        return Math.round(ms * 1e6);
    }

    @Test
    void findsTheRowsThatTakeAsLongAsTheTarget() {
        assertThat(settledMs(4, 40, 2.5, 30)).isBetween(225.0, 275.0);
    }

    @Test
    void followsAMachineThatBecomesSlower() {
        settledMs(4, 40, 2.5, 30);
        assertThat(settledMs(4, 80, 10, 30)).isBetween(225.0, 275.0);
    }

    @Test
    void takesAllRowsWhereTheyAreQuick() {
        settledMs(1, 0.2, 0.03, 10);
        assertThat(pace.rows()).isEqualTo(MAX_ROWS);
    }

    @Test
    void givesPromptsAsMuchTimeAsDecodingWhereThatIsLongerThanTheTarget() {
        assertThat(settledMs(32, 1000, 15, 30)).isBetween(1900.0, 2100.0);
    }

    @Test
    void goesOnWithSomeRowsWhateverTheyTake() {
        settledMs(1, 1000, 10_000, 10);
        assertThat(pace.rows()).isEqualTo(PromptPace.MIN_ROWS);
    }

    @Test
    void fewRowsThatAreQuickDoNotMakeThemMore() {
        settledMs(4, 40, 2.5, 30);
        int before = pace.rows();
        pace.measured(3, 4, nanos(41));
        assertThat(pace.rows()).isEqualTo(before);
    }

    @Test
    void oneStepThatWasHeldUpHalvesTheRowsAtMost() {
        settledMs(4, 40, 2.5, 30);
        int before = pace.rows();
        pace.measured(before, 4, nanos(60_000));
        assertThat(pace.rows()).isBetween(before / 2, before / 2 + 1);
    }

    @Test
    void boundsNothingWithoutATarget() {
        PromptPace unbounded = new PromptPace(MAX_ROWS, Duration.ZERO);
        unbounded.measured(MAX_ROWS, 4, nanos(60_000));
        assertThat(unbounded.rows()).isEqualTo(MAX_ROWS);
    }

    @Test
    void staysWithinTheStepOfASmallBatch() {
        assertThat(new PromptPace(4, Duration.ofMillis(1)).rows()).isEqualTo(4);
    }
}
