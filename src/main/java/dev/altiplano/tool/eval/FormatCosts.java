package dev.altiplano.tool.eval;

import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.ModelCard;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What formats of weights and of the KV cache cost a model in perplexity.
 *
 * @param model the model's folder or file
 * @param backend what computes
 * @param texts documents of each kind
 * @param seed which documents
 */
record FormatCosts(Path model, String backend, int texts, long seed) {

    /** Prints a table in Markdown: each of {@code weights} with each of {@code kvFormats}; the first pair is what others are held against. */
    void print(List<String> weights, List<String> kvFormats, PrintWriter out) throws InterruptedException {
        // All before the first is measured.
        weights.forEach(held -> options(held, "auto"));
        kvFormats.forEach(kept -> options("file", kept));
        out.println("| weights | KV cache | weights in memory, KiB | perplexity | compared with the first |");
        out.println("| --- | --- | --- | --- | --- |");
        double first = Double.NaN;
        for (String held : weights.isEmpty() ? List.of("file") : weights) {
            for (String kept : kvFormats.isEmpty() ? List.of("auto") : kvFormats) {
                try (EvaluatedModel evaluated = new EvaluatedModel(options(held, kept))) {
                    double perplexity =
                            GrammarPerplexity.of(evaluated, texts, seed).mixed().perplexity();
                    first = Double.isNaN(first) ? perplexity : first;
                    out.println(String.format(
                            Locale.ROOT,
                            "| `%s` | `%s` | %s | %.5f | %+.3f %% |",
                            held,
                            kept,
                            memory(evaluated.card()),
                            perplexity,
                            100 * (perplexity / first - 1)));
                    out.flush();
                }
            }
        }
    }

    private EngineOptions options(String held, String kept) {
        return EvaluatedOptions.of(model, held, kept, backend);
    }

    /** Formats that do not divide a matrix's columns leave it as it is stored, so that several may be there. */
    private static String memory(ModelCard card) {
        return card.weightFormats().entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .map(entry -> entry.getKey() + " " + entry.getValue() / 1024)
                .collect(Collectors.joining(", "));
    }
}
