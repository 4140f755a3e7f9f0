package dev.altiplano.training.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.training.corpus.DocumentKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The committed configuration makes the committed run, and its vocabulary is the embedded model's. */
class DemoRunTest {

    private static final int STEPS = 5;

    /** One in the last digit of the log. */
    private static final Offset<Double> ROUNDING = Offset.offset(1.01e-6);

    @Test
    void theFirstLossesAreThoseOfTheLog(@TempDir Path folder) throws IOException {
        List<StepReport> reports = new ArrayList<>();
        Progress progress = new Progress() {
            @Override
            public void step(StepReport report) {
                reports.add(report);
            }

            @Override
            public void note(String text) {}
        };
        Pretraining.run(RunConfig.demo(), folder, 2, STEPS, progress, () -> false);
        List<String> log = Files.readAllLines(Path.of("docs/training/base.csv"));
        assertThat(reports).hasSize(STEPS);
        for (StepReport report : reports) {
            String[] line = log.get(report.step()).split(",");
            assertThat(line[0]).isEqualTo(Integer.toString(report.step()));
            assertThat(report.loss()).isCloseTo(Double.parseDouble(line[1]), ROUNDING);
        }
        assertThat(folder.resolve("tokenizer.model"))
                .hasSameBinaryContentAs(Path.of("src/main/resources/model/demo/tokenizer.model"));
    }

    @Test
    void itsSharesAreThatOfEachKindInPercent() {
        Map<DocumentKind, Double> shares = RunConfig.demo().grammarShares();
        assertThat(shares.keySet()).isEqualTo(EnumSet.complementOf(EnumSet.of(DocumentKind.INSTRUCTIONS)));
        assertThat(shares.values().stream().mapToDouble(share -> share).sum()).isEqualTo(100);
    }
}
