package dev.altiplano.evaluation.report;

import dev.altiplano.evaluation.EvaluationException;
import dev.altiplano.evaluation.run.MetricResult;
import dev.altiplano.evaluation.run.TaskResult;
import dev.altiplano.evaluation.statistic.Calibration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Results as JSON: {@code results}, {@code versions}, {@code n-shot}, {@code higher_is_better} and {@code n-samples} as
 * lm-evaluation-harness writes them, beside them {@code documents}, what each document gave, and {@code document_hashes}, for {@link Comparison}, and {@code
 * calibration}.
 */
public final class JsonReport {

    private static final long MAX_BYTES = 1L << 30;
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private JsonReport() {}

    public static String of(RunReport report) {
        ObjectNode root = JSON.createObjectNode();
        ObjectNode results = root.putObject("results");
        ObjectNode versions = root.putObject("versions");
        ObjectNode shots = root.putObject("n-shot");
        ObjectNode better = root.putObject("higher_is_better");
        ObjectNode samples = root.putObject("n-samples");
        ObjectNode hashes = root.putObject("document_hashes");
        ObjectNode documents = root.putObject("documents");
        for (TaskResult task : report.result().results()) {
            ObjectNode result = results.putObject(task.name());
            result.put("alias", task.name());
            result.put("sample_len", task.documents());
            result.put("truncated", task.truncated());
            result.put("seconds", task.seconds());
            calibration(root, task);
            versions.put(task.name(), task.version());
            if (!task.group()) {
                shots.put(task.name(), task.examples());
                samples.putObject(task.name()).put("original", task.available()).put("effective", task.documents());
                hashes.put(task.name(), task.hash());
            }
            for (MetricResult metric : task.metrics()) {
                put(result, metric.key(), metric.value());
                put(result, metric.metric() + "_stderr," + metric.filter(), metric.standardError());
                better.withObjectProperty(task.name()).put(metric.metric(), metric.higherIsBetter());
                if (!metric.documents().isEmpty()) {
                    ArrayNode values = documents.withObjectProperty(task.name()).putArray(metric.key());
                    metric.documents().forEach(values::add);
                }
            }
        }
        ObjectNode run = root.putObject("run");
        run.put("model", report.result().model());
        run.put("tokens", report.result().tokens());
        run.put("seconds", report.result().seconds());
        EnergyUse energy = report.energy();
        run.put("energy_source", energy.source());
        if (energy.known()) {
            run.put("joules", energy.joules());
            run.put("kg_co2eq", energy.carbonDioxideKg());
            put(run, "joules_per_token", energy.joules() / report.result().tokens());
            put(
                    run,
                    "joules_per_right_answer",
                    energy.joules() / report.result().rightAnswers());
        }
        ObjectNode facts = run.putObject("settings");
        report.facts().forEach(facts::put);
        return JSON.writeValueAsString(root);
    }

    private static void calibration(ObjectNode root, TaskResult task) {
        if (task.calibration().answers() > 0) {
            ObjectNode calibration = root.withObjectProperty("calibration").putObject(task.name());
            calibration.put("expected_error", task.calibration().expectedError());
            ArrayNode bins = calibration.putArray("bins");
            for (Calibration.Bin bin : task.calibration().bins()) {
                ObjectNode entry = bins.addObject().put("count", bin.count());
                put(entry, "confidence", bin.confidence());
                put(entry, "accuracy", bin.accuracy());
            }
        }
    }

    private static void put(ObjectNode node, String key, double value) {
        if (Double.isFinite(value)) {
            node.put(key, value);
        } else {
            node.put(key, Double.isNaN(value) ? "N/A" : String.valueOf(value));
        }
    }

    /** Reads a file that {@link #of} wrote, or the harness. */
    static JsonNode read(Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new EvaluationException(file + ": is longer than " + MAX_BYTES + " bytes");
            }
            JsonNode root = JSON.readTree(file.toFile());
            if (!root.path("results").isObject()) {
                throw new EvaluationException(file + ": has no \"results\": is it a report of an evaluation?");
            }
            return root;
        } catch (JacksonException e) {
            throw new EvaluationException(file + ": is not JSON: " + e.getOriginalMessage(), e);
        } catch (NoSuchFileException e) {
            throw new EvaluationException(file + ": there is no such file", e);
        } catch (IOException e) {
            throw new EvaluationException(file + ": cannot be read: " + e, e);
        }
    }
}
