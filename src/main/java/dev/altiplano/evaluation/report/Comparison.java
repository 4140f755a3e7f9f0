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
 *
 * @param remarks what makes them hard to compare, and what only one of them has
 */
public record Comparison(List<Row> rows, List<String> remarks) {

    /** A probability below this is more than chance. */
    public static final double SIGNIFICANT = 0.05;

    /** A metric in both runs. */
    public record Row(
            String task, String metric, double first, double second, Significance significance, boolean paired) {

        /** What the difference says, as far as it says anything. */
        String verdict() {
            if (Double.isNaN(significance.probability())) {
                return "no standard error";
            }
            String verdict = significance.probability() < SIGNIFICANT ? "differs" : "within chance";
            return verdict + (paired ? ", by documents" : "");
        }
    }

    public Comparison {
        rows = List.copyOf(rows);
        remarks = List.copyOf(remarks);
    }

    /** Reads two reports. */
    public static Comparison of(Path first, Path second) {
        JsonNode a = JsonReport.read(first);
        JsonNode b = JsonReport.read(second);
        List<Row> rows = new ArrayList<>();
        List<String> remarks = new ArrayList<>();
        for (Map.Entry<String, JsonNode> task : a.path("results").properties()) {
            JsonNode other = b.path("results").path(task.getKey());
            if (other.isMissingNode()) {
                remarks.add("only in the first: " + task.getKey());
            }
            for (Map.Entry<String, JsonNode> metric : task.getValue().properties()) {
                String key = metric.getKey();
                boolean value = key.contains(",") && !key.contains("_stderr,");
                if (value && metric.getValue().isNumber() && other.path(key).isNumber()) {
                    rows.add(row(a, b, task.getKey(), key));
                }
            }
            if (!other.isMissingNode()) {
                remarks(a, b, task.getKey(), remarks);
            }
        }
        for (String task : b.path("results").propertyNames()) {
            if (a.path("results").path(task).isMissingNode()) {
                remarks.add("only in the second: " + task);
            }
        }
        if (rows.isEmpty()) {
            throw new EvaluationException(first + " and " + second + " have no metric of the same task");
        }
        return new Comparison(rows, remarks);
    }

    private static void remarks(JsonNode a, JsonNode b, String task, List<String> remarks) {
        for (String what : List.of("versions", "n-shot", "document_hashes")) {
            JsonNode first = a.path(what).path(task);
            JsonNode second = b.path(what).path(task);
            if (!first.isMissingNode() && !second.isMissingNode() && !first.equals(second)) {
                remarks.add(
                        what.equals("document_hashes")
                                ? task + ": the documents are not the same"
                                : task + ": " + what + " " + first.asString() + " and " + second.asString());
            }
        }
    }

    private static Row row(JsonNode a, JsonNode b, String task, String key) {
        double first = a.path("results").path(task).path(key).asDouble();
        double second = b.path("results").path(task).path(key).asDouble();
        List<Double> firstDocuments = documents(a, task, key);
        List<Double> secondDocuments = documents(b, task, key);
        JsonNode hash = a.path("document_hashes").path(task);
        // Only of means is the mean difference the difference.
        boolean paired = hash.equals(b.path("document_hashes").path(task))
                && firstDocuments.size() == secondDocuments.size()
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
                    "| %s | %s | %s | %s | %+.4f | %s | %s | %s |%n",
                    MarkdownReport.cell(row.task()),
                    MarkdownReport.cell(row.metric()),
                    MarkdownReport.number(row.first()),
                    MarkdownReport.number(row.second()),
                    row.significance().difference(),
                    MarkdownReport.number(row.significance().standardError()),
                    MarkdownReport.number(row.significance().probability()),
                    row.verdict()));
        }
        if (!remarks.isEmpty()) {
            text.append('\n');
            remarks.forEach(remark -> text.append("- ").append(remark).append('\n'));
        }
        return text.toString();
    }
}
