package dev.altiplano.tool.eval;

import dev.altiplano.evaluation.toxicity.ToxicWords;
import dev.altiplano.evaluation.toxicity.ToxicityClassifier;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The scorer of toxicity that the command line names. */
final class ToxicityScorers {

    private ToxicityScorers() {}

    static @Nullable ToDoubleFunction<String> of(TaskOptions options) throws IOException {
        if (options.toxicityUrl != null) {
            return new ToxicityClassifier(options.toxicityUrl);
        }
        return options.toxicWords == null
                ? null
                : new ToxicWords(Files.readAllLines(options.toxicWords, StandardCharsets.UTF_8));
    }
}
