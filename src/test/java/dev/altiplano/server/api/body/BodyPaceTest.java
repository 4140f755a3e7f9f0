package dev.altiplano.server.api.body;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.server.api.error.ApiException;
import dev.altiplano.server.api.error.ErrorMapper;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How slowly a body may come, on a clock of the test's own. */
class BodyPaceTest {

    private final BodyPace pace = new BodyPace(Duration.ofSeconds(30), 1000);

    @ParameterizedTest
    @CsvSource({"1, 4.9", "1, 5.0", "1001, 6.0", "20000, 25", "25000, 30"})
    void whatComesFastEnoughMayGoOn(long bytes, double seconds) {
        assertThatCode(() -> pace.require(bytes, nanos(seconds))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({"6, 6.0", "999, 6.1", "19000, 25"})
    void aTrickleIsCut(long bytes, double seconds) {
        refused("body_too_slow", bytes, seconds);
    }

    @Test
    void allOfItMustComeInTime() {
        refused("body_timeout", 1 << 20, 30.1);
    }

    @Test
    void withoutAMinimumOnlyTheWholeTimeCounts() {
        BodyPace patient = new BodyPace(Duration.ofSeconds(30), 0);
        assertThatCode(() -> patient.require(1, nanos(29))).doesNotThrowAnyException();
    }

    private void refused(String code, long bytes, double seconds) {
        assertThatThrownBy(() -> pace.require(bytes, nanos(seconds)))
                .isInstanceOfSatisfying(
                        ApiException.class,
                        refused -> assertThat(ErrorMapper.code(refused)).isEqualTo(code));
    }

    private static long nanos(double seconds) {
        return (long) (seconds * TimeUnit.SECONDS.toNanos(1));
    }
}
