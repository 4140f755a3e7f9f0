package dev.altiplano.tool.convert;

import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.checkpoint.MeasuredDivergence;
import dev.altiplano.evaluation.divergence.Divergence;
import dev.altiplano.evaluation.divergence.DivergenceMeasurement;
import dev.altiplano.evaluation.text.PerplexityChunks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** How far a written model is from the one that it was made of. */
final class DivergenceOfFile {

    private static final int CONTEXT = 512;
    private static final int MAX_CHUNKS = 64;

    private DivergenceOfFile() {}

    /** Measures on the first 64 chunks of 512 tokens. */
    static MeasuredDivergence measure(Path reference, Path model, Path text) throws IOException {
        Divergence divergence = new DivergenceMeasurement(
                        EngineOptions.of(reference, "reference"),
                        EngineOptions.of(model, "model"),
                        new PerplexityChunks(CONTEXT, 0),
                        MAX_CHUNKS)
                .of(Files.readString(text, StandardCharsets.UTF_8), (done, all) -> {})
                .divergence();
        return new MeasuredDivergence(
                divergence.klDivergence().mean(),
                divergence.klDivergence().percentile99(),
                divergence.klDivergence().maximum(),
                divergence.sameTop(),
                Math.exp(divergence.logRatio()),
                divergence.tokens(),
                String.valueOf(text.getFileName()));
    }

    static String text(MeasuredDivergence divergence) {
        return String.format(
                Locale.ROOT,
                "mean KL %.6f, 99 %% %.5f, maximum %.4f, same top %.2f %%, perplexity ratio %.5f, over %d tokens of %s",
                divergence.mean(),
                divergence.percentile99(),
                divergence.maximum(),
                100 * divergence.sameTop(),
                divergence.perplexityRatio(),
                divergence.tokens(),
                divergence.text());
    }
}
