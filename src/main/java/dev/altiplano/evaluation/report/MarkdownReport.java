package dev.altiplano.evaluation.report;

import dev.altiplano.evaluation.run.MetricResult;
import dev.altiplano.evaluation.run.TaskResult;
import java.util.Locale;
import java.util.Map;

/** Results as a table in Markdown, with the columns of lm-evaluation-harness. */
public final class MarkdownReport {

    /** Where numbers are shorter with an exponent: perplexities of models that know nothing of a text. */
    private static final double MANY_DIGITS = 1e8;

    private MarkdownReport() {}

    public static String of(RunReport report) {
        StringBuilder text = new StringBuilder();
        text.append("| task | version | filter | n-shot | metric | | value | | stderr |\n");
        text.append("| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
        for (TaskResult task : report.result().results()) {
            for (MetricResult metric : task.metrics()) {
                text.append(String.format(
                        Locale.ROOT,
                        "| %s | %s | %s | %s | %s | %s | %s | ± | %s |%n",
                        cell(task.name()),
                        cell(task.version()),
                        cell(metric.filter()),
                        task.group() ? "" : String.valueOf(task.examples()),
                        metric.metric(),
                        metric.higherIsBetter() ? "↑" : "↓",
                        number(metric.value()),
                        number(metric.standardError())));
            }
        }
        text.append('\n');
        for (TaskResult task : report.result().results()) {
            if (!task.group() && (task.documents() < task.available() || task.truncated() > 0)) {
                text.append("- ")
                        .append(task.name())
                        .append(": ")
                        .append(task.documents())
                        .append(" of ")
                        .append(task.available())
                        .append(" documents")
                        .append(task.truncated() == 0 ? "" : cut(task.truncated()))
                        .append('\n');
            }
        }
        for (TaskResult task : report.result().results()) {
            if (!task.group() && task.metrics().isEmpty()) {
                text.append("- ")
                        .append(task.name())
                        .append(": the answers to ")
                        .append(task.documents())
                        .append(" documents are not judged here; --samples writes them for what does\n");
            }
        }
        for (Map.Entry<String, String> fact : report.facts().entrySet()) {
            text.append("- ")
                    .append(fact.getKey())
                    .append(": ")
                    .append(fact.getValue())
                    .append('\n');
        }
        text.append(String.format(
                Locale.ROOT,
                "- %d tokens in %.1f s%n",
                report.result().tokens(),
                report.result().seconds()));
        text.append("- ").append(report.energyText()).append('\n');
        return text.toString();
    }

    private static String cut(int requests) {
        return "; the context of " + requests + (requests == 1 ? " request" : " requests") + " was"
                + " cut to the model's length";
    }

    static String number(double value) {
        return Double.isNaN(value)
                ? "N/A"
                : String.format(Locale.ROOT, Math.abs(value) < MANY_DIGITS ? "%.4f" : "%.4e", value);
    }

    static String cell(String text) {
        return text.replace("|", "\\|").replace('\n', ' ');
    }
}
