package dev.altiplano.tool.eval;

import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.ModelCard;
import dev.altiplano.evaluation.divergence.Divergence;
import dev.altiplano.evaluation.divergence.DivergenceMeasurement;
import dev.altiplano.evaluation.report.DivergencePage;
import dev.altiplano.evaluation.report.FormatCost;
import dev.altiplano.evaluation.text.PerplexityChunks;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Holds a model, in each of several formats, against a reference, and prints a table in Markdown.
 *
 * @param watts power to reckon with where no meter tells the energy; 0 where none is known
 * @param html where a page with the same is written; null where none is wanted
 */
record DivergenceTable(
        Path model,
        String backend,
        TextOptions options,
        double watts,
        @Nullable Path html) {

    void print(List<String> weights, List<String> kvFormats, String text, PrintWriter out, PrintWriter err)
            throws IOException {
        EngineOptions reference = EvaluatedOptions.of(
                options.reference == null ? model : options.reference,
                options.referenceWeights,
                options.referenceKv,
                options.referenceBackend);
        PerplexityChunks cut = new PerplexityChunks(options.context, options.stride);
        out.println(
                "| weights | KV cache | mean KL | ± | median | 99 % | 99.9 % | max | same top, % | Δp mean, % | Δp RMS, % "
                        + "| Δp 1 %, 99 %, % | perplexity | ratio | ± | bits | tokens/s | J/token |");
        out.println("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- "
                + "| --- | --- | --- |");
        List<FormatCost> costs = new ArrayList<>();
        Map<String, String> facts = new LinkedHashMap<>();
        for (String held : weights.isEmpty() ? List.of("file") : weights) {
            for (String kept : kvFormats.isEmpty() ? List.of("auto") : kvFormats) {
                EngineOptions judged = EvaluatedOptions.of(model, held, kept, backend);
                DivergenceMeasurement.Result result = new DivergenceMeasurement(reference, judged, cut, options.chunks)
                        .of(text, new RequestProgress("divergence, " + held + ", " + kept, err));
                FormatCost cost = new FormatCost(
                        held,
                        kept,
                        bits(result.model()),
                        result.divergence(),
                        result.cost().tokensPerSecond(),
                        result.cost().joulesPerToken(watts));
                costs.add(cost);
                facts(facts, reference, result);
                out.println(row(cost));
                out.flush();
            }
        }
        out.println();
        facts.forEach((name, value) -> out.println("- " + name + ": " + value));
        out.flush();
        if (html != null) {
            Files.writeString(html, DivergencePage.of(model.toString(), costs, facts));
        }
    }

    private void facts(Map<String, String> facts, EngineOptions reference, DivergenceMeasurement.Result result) {
        facts.put(
                "reference",
                String.format(
                        Locale.ROOT,
                        "%s, weights %s, KV cache %s, perplexity %.5f",
                        reference.model().path(),
                        options.referenceWeights,
                        options.referenceKv,
                        result.divergence().referencePerplexity()));
        facts.put(
                "text",
                result.divergence().tokens() + " tokens in " + result.chunks() + " chunks of " + options.context);
        facts.put(
                "speed",
                "of prompts with the logits of each token, " + result.model().backend());
        facts.put(
                "energy",
                result.cost().joules().isPresent()
                        ? "RAPL, the whole machine"
                        : watts > 0
                                ? String.format(Locale.ROOT, "%.0f W as configured, not measured", watts)
                                : "unknown; --watts gives a figure");
    }

    /** Bits that a weight takes in memory. */
    private static double bits(ModelCard card) {
        return 8.0
                * card.weightFormats().values().stream()
                        .mapToLong(bytes -> bytes)
                        .sum()
                / card.parameters();
    }

    private static String row(FormatCost cost) {
        Divergence d = cost.divergence();
        Divergence.Distribution kl = d.klDivergence();
        Divergence.Distribution change = d.probabilityChange();
        return String.format(
                Locale.ROOT,
                "| `%s` | `%s` | %.6f | %.6f | %.6f | %.5f | %.5f | %.4f | %.2f ± %.2f | %+.4f | %.4f | %+.3f, %+.3f "
                        + "| %.5f | %.5f | %.5f | %.2f | %.0f | %s |",
                cost.weights(),
                cost.kvFormat(),
                kl.mean(),
                kl.error(),
                kl.median(),
                kl.percentile99(),
                kl.percentile999(),
                kl.maximum(),
                100 * d.sameTop(),
                100 * d.sameTopError(),
                100 * change.mean(),
                100 * d.rootMeanSquareChange(),
                100 * change.percentile1(),
                100 * change.percentile99(),
                d.perplexity(),
                Math.exp(d.logRatio()),
                Math.exp(d.logRatio()) * d.logRatioError(),
                cost.bits(),
                cost.tokensPerSecond(),
                Double.isNaN(cost.joulesPerToken()) ? "" : String.format(Locale.ROOT, "%.4f", cost.joulesPerToken()));
    }
}
