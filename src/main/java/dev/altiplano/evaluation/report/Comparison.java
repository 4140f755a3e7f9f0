package dev.altiplano.evaluation.report;

import dev.altiplano.evaluation.EvaluationException;
import dev.altiplano.evaluation.statistic.Significance;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Two runs beside each other. Where both have the same documents, their differences are compared document by document, which
 * sees smaller changes than the two standard errors; {@code paired} says so.
 */
public record Comparison(List<Row> rows) {

    /** A probability below this is more than chance. */
    public static final double SIGNIFICANT = 0.05;

    /** A metric in both runs. */
    public record Row(
            String task, String metric, double first, double second, Significance significance, boolean paired) {

        /** Whether chance alone would rarely give this. */
        public boolean significant() {
            return significance.probability() < SIGNIFICANT;
        }
    }

    public Comparison {
        rows = List.copyOf(rows);
    }

    /** Reads two reports; what only one of them has is left out. */
    public static Comparison of(Path first, Path second) {
        JsonNode a = JsonReport.read(first);
        JsonNode b = JsonReport.read(second);
        List<Row> rows = new ArrayList<>();
        for (Map.Entry<String, JsonNode> task : a.path("results").properties()) {
            JsonNode other = b.path("results").path(task.getKey());
            for (Map.Entry<String, JsonNode> metric : task.getValue().properties()) {
                String key = metric.getKey();
                boolean value = key.contains(",") && !key.contains("_stderr,");
                if (value && metric.getValue().isNumber() && other.path(key).isNumber()) {
                    rows.add(row(a, b, task.getKey(), key));
                }
            }
        }
        if (rows.isEmpty()) {
            throw new EvaluationException(first + " and " + second + " have no metric of the same task");
        }
        return new Comparison(rows);
    }

    private static Row row(JsonNode a, JsonNode b, String task, String key) {
        double first = a.path("results").path(task).path(key).asDouble();
        double second = b.path("results").path(task).path(key).asDouble();
        List<Double> firstDocuments = documents(a, task, key);
        List<Double> secondDocuments = documents(b, task, key);
        // Only of means is the mean difference the difference.
        boolean paired = firstDocuments.size() == secondDocuments.size()
                && firstDocuments.size() > 1
                && Math.abs(mean(firstDocuments) - first) < 1e-9
                && Math.abs(mean(secondDocuments) - second) < 1e-9;
        Significance significance = paired
                ? Significance.paired(firstDocuments, secondDocuments)
                : Significance.independent(first, error(a, task, key), second, error(b, task, key));
        return new Row(task, key, first, second, significance, paired);
    }

    private static double error(JsonNode root, String task, String key) {
        int comma = key.lastIndexOf(',');
        JsonNode error =
                root.path("results").path(task).path(key.substring(0, comma) + "_stderr" + key.substring(comma));
        return error.isNumber() ? error.asDouble() : Double.NaN;
    }

    private static List<Double> documents(JsonNode root, String task, String key) {
        List<Double> values = new ArrayList<>();
        root.path("documents").path(task).path(key).forEach(value -> values.add(value.asDouble()));
        return values;
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(value -> value).average().orElse(Double.NaN);
    }

    /** A table in Markdown. */
    public String markdown() {
        StringBuilder text = new StringBuilder();
        text.append("| task | metric | first | second | difference | stderr | p | |\n");
        text.append("| --- | --- | --- | --- | --- | --- | --- | --- |\n");
        for (Row row : rows) {
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %s | %s | %+.4f | %s | %s | %s%s |%n",
                    row.task(),
                    row.metric(),
                    MarkdownReport.number(row.first()),
                    MarkdownReport.number(row.second()),
                    row.significance().difference(),
                    MarkdownReport.number(row.significance().standardError()),
                    MarkdownReport.number(row.significance().probability()),
                    row.significant() ? "differs" : "within chance",
                    row.paired() ? ", by documents" : ""));
        }
        return text.toString();
    }
}
