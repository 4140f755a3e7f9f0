package dev.altiplano.tool.eval;

import dev.altiplano.engine.EngineOptions;
import dev.altiplano.evaluation.divergence.Divergence;
import dev.altiplano.evaluation.divergence.DivergenceMeasurement;
import dev.altiplano.evaluation.text.PerplexityChunks;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Holds a model, in each of several formats, against a reference, and prints a table in Markdown. */
record DivergenceTable(Path model, String backend, TextOptions options) {

    void print(List<String> weights, List<String> kvFormats, String text, PrintWriter out, PrintWriter err) {
        EngineOptions reference = EvaluatedOptions.of(
                options.reference == null ? model : options.reference,
                options.referenceWeights,
                options.referenceKv,
                options.referenceBackend);
        PerplexityChunks cut = new PerplexityChunks(options.context, options.stride);
        out.println(
                "| weights | KV cache | mean KL | ± | median | 99 % | 99.9 % | max | same top, % | Δp mean, % | Δp RMS, % "
                        + "| Δp 1 %, 99 %, % | perplexity | ratio | ± |");
        out.println("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        DivergenceMeasurement.Result last = null;
        for (String held : weights.isEmpty() ? List.of("file") : weights) {
            for (String kept : kvFormats.isEmpty() ? List.of("auto") : kvFormats) {
                EngineOptions judged = EvaluatedOptions.of(model, held, kept, backend);
                last = new DivergenceMeasurement(reference, judged, cut, options.chunks)
                        .of(text, new RequestProgress("divergence, " + held + ", " + kept, err));
                out.println(row(held, kept, last.divergence()));
                out.flush();
            }
        }
        if (last != null) {
            out.println();
            out.println(String.format(
                    Locale.ROOT,
                    "- reference: %s, weights %s, KV cache %s, perplexity %.5f",
                    reference.model().path(),
                    options.referenceWeights,
                    options.referenceKv,
                    last.divergence().referencePerplexity()));
            out.println("- " + last.divergence().tokens() + " tokens in " + last.chunks() + " chunks of "
                    + options.context);
        }
        out.flush();
    }

    static String row(String held, String kept, Divergence d) {
        Divergence.Distribution kl = d.klDivergence();
        Divergence.Distribution change = d.probabilityChange();
        return String.format(
                Locale.ROOT,
                "| `%s` | `%s` | %.6f | %.6f | %.6f | %.5f | %.5f | %.4f | %.2f ± %.2f | %+.4f | %.4f | %+.3f, %+.3f "
                        + "| %.5f | %.5f | %.5f |",
                held,
                kept,
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
                Math.exp(d.logRatio()) * d.logRatioError());
    }
}
