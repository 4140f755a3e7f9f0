package dev.altiplano.evaluation.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.EngineOptions;
import dev.altiplano.evaluation.task.GenerationSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The embedded model as it is asked in evaluations. */
final class EngineModelTest {

    private static final Path DEMO = Path.of("src/main/resources/model/demo");

    @Test
    void scoresAContinuationTheSameFromMemoryAsFromTheBeginning() throws InterruptedException {
        try (EngineModel model = EngineModel.open(EngineOptions.of(DEMO, "demo"), (phase, done, total) -> {})) {
            int[] tokens = model.encode(
                    "One day, Ana found a small box near the old mill. She wanted to know what was inside, and so she "
                            + "asked her friend. The box was heavy. Her friend opened the box and found a red ball.",
                    true);
            int from = tokens.length - 5;
            double[] all = model.score(tokens, 1).logprobs();
            assertThat(all).hasSize(tokens.length - 1);
            long cached = model.stats().cachedTokens();
            TokenLikelihoods end = model.score(tokens, from);
            assertThat(model.stats().cachedTokens()).isGreaterThan(cached);
            assertThat(end.logprobs()).isEqualTo(Arrays.copyOfRange(all, from - 1, all.length));
            assertThat(end.total())
                    .isEqualTo(Arrays.stream(end.logprobs()).sum(), org.assertj.core.api.Assertions.within(1e-12));
        }
    }

    @Test
    void hasNoDeadline() throws InterruptedException {
        EngineOptions options = EngineOptions.of(DEMO, "demo");
        EngineOptions hasty = new EngineOptions(
                options.model(),
                options.compute(),
                options.batch(),
                options.kv(),
                options.decoding(),
                new EngineOptions.Queue(1, 1, Duration.ofNanos(1), Duration.ofNanos(1)),
                0);
        try (EngineModel model = EngineModel.open(hasty, (phase, done, total) -> {})) {
            int[] tokens = model.encode("One day, Ana found a small box.", true);
            assertThat(model.scoreNext(tokens, 2).logprobs())
                    .isEqualTo(model.score(tokens, 2).logprobs());
        }
    }

    @Test
    void writesUntilTheStop() throws InterruptedException {
        try (EngineModel model = EngineModel.open(EngineOptions.of(DEMO, "demo"), (phase, done, total) -> {})) {
            int[] prompt = model.encode("One day, Ana", true);
            String text = model.write(prompt, new GenerationSettings(List.of("."), 60, 0, 1, 0), 0);
            assertThat(text).isNotEmpty().doesNotContain(".");
        }
    }
}
