package dev.altiplano.evaluation.statistic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.altiplano.evaluation.statistic.Calibration.Answer;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CalibrationTest {

    private static final List<Answer> FIRST =
            List.of(new Answer(0.95, true), new Answer(0.91, false), new Answer(1, true));
    private static final List<Answer> SECOND = List.of(new Answer(0.25, false), new Answer(0.97, true));

    @Test
    void sortsAnswersByConfidence() {
        Calibration calibration = Calibration.of(FIRST);
        assertThat(calibration.answers()).isEqualTo(3);
        assertThat(calibration.bins()).hasSize(10);
        Calibration.Bin last = calibration.bins().getLast();
        assertThat(last.count()).isEqualTo(3);
        assertThat(last.confidence()).isEqualTo((0.95 + 0.91 + 1) / 3, within(1e-15));
        assertThat(last.accuracy()).isEqualTo(2 / 3.0);
        assertThat(calibration.bins().getFirst().accuracy()).isNaN();
        assertThat(calibration.expectedError()).isEqualTo((0.95 + 0.91 + 1) / 3 - 2 / 3.0, within(1e-15));
    }

    @Test
    void joinsTasks() {
        Calibration joined =
                Calibration.joined(List.of(Calibration.of(FIRST), Calibration.NONE, Calibration.of(SECOND)));
        assertThat(joined.bins().get(2)).isEqualTo(new Calibration.Bin(1, 0.25, 0));
        assertThat(joined.bins().getLast().count()).isEqualTo(4);
        assertThat(joined.bins().getLast().accuracy()).isEqualTo(0.75);
        assertThat(Calibration.joined(List.of(Calibration.NONE))).isEqualTo(Calibration.NONE);
        assertThat(Calibration.of(List.of())).isEqualTo(Calibration.NONE);
        assertThat(Calibration.NONE.expectedError()).isNaN();
    }
}
