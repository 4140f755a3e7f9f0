package dev.altiplano.tool.bench;

import dev.altiplano.engine.checkpoint.ModelSummary;
import dev.altiplano.engine.kernel.Backend;
import dev.altiplano.engine.kernel.WeightFormat;
import dev.altiplano.engine.kernel.roofline.MachineLimits;
import dev.altiplano.engine.os.EnergyMeter;
import dev.altiplano.tool.console.ByteText;
import dev.altiplano.tool.convert.ModelReport;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import tools.jackson.databind.json.JsonMapper;

/**
 * Says what was measured, as a table for people or as one JSON object.
 *
 * @param name what the model is called
 * @param residentBytes what the process held at most after loading
 * @param energy counts since loading
 */
record BenchReport(
        String name,
        ModelSummary summary,
        BenchModel model,
        BenchOptions options,
        Backend backend,
        MachineLimits limits,
        List<BenchRun.Result> results,
        long residentBytes,
        EnergyMeter energy) {

    void print(PrintWriter out) {
        ModelReport.line(
                out,
                "backend",
                backend.name() + " " + backend.instructionSet() + ", " + backend.threads() + " threads");
        ModelReport.line(out, "limits", limitsText());
        ModelReport.line(
                out,
                "model",
                String.format(
                        Locale.ROOT,
                        "%s, %,d parameters, weights %s",
                        name,
                        summary.parameters(),
                        formats(model.bytesByFormat())));
        ModelReport.line(
                out,
                "memory",
                ByteText.of(residentBytes) + " resident, of which weights " + ByteText.of(weightBytes()) + ", KV cache "
                        + ByteText.of(model.kvBytes()));
        ModelReport.line(out, "load time", String.format(Locale.ROOT, "%.2f s", model.loadSeconds()));
        ModelReport.line(out, "energy", energy.text());
        out.println();
        out.println(
                "| model                  |      size |     params | threads |    test |        t/s |       min - max       | of limit |");
        out.println(
                "| ---------------------- | --------: | ---------: | ------: | ------: | ---------: | --------------------: | -------: |");
        for (BenchRun.Result result : results) {
            out.println(String.format(
                    Locale.ROOT,
                    "| %-22s | %9s | %8.2f B | %7d | %7s | %10.2f | %9.2f - %9.2f | %6.1f %% |",
                    name,
                    ByteText.of(weightBytes()),
                    summary.parameters() / 1e9,
                    limits.threads(),
                    result.workload().label(),
                    result.median(),
                    result.min(),
                    result.max(),
                    100 * result.ofLimit()));
        }
        out.flush();
    }

    private String limitsText() {
        StringBuilder text =
                new StringBuilder("reads " + ByteText.of((long) limits.readBytesPerSecond()) + "/s; multiplies ");
        List<String> peaks = new ArrayList<>();
        limits.operationsPerSecond()
                .forEach((kind, peak) -> peaks.add(
                        String.format(Locale.ROOT, "%s %,.0f G", kind.name().toLowerCase(Locale.ROOT), peak / 1e9)));
        return text.append(String.join(", ", peaks)).append(" operations/s").toString();
    }

    private static String formats(Map<WeightFormat, Long> bytes) {
        List<String> texts = new ArrayList<>();
        bytes.forEach((format, count) -> texts.add(format + " " + ByteText.of(count)));
        return String.join(", ", texts);
    }

    private long weightBytes() {
        return model.bytesByFormat().values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    /** One object on one line, and nothing else. */
    void printJson(PrintWriter out) {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("machine", machine());
        root.put("model", modelFacts());
        OptionalDouble joules = energy.joules();
        root.put("joules", joules.isPresent() ? Math.round(joules.getAsDouble()) : energy.text());
        root.put("results", results.stream().map(BenchReport::fields).toList());
        out.println(JsonMapper.shared().writeValueAsString(root));
        out.flush();
    }

    private Map<String, Object> machine() {
        Map<String, Object> operations = new LinkedHashMap<>();
        limits.operationsPerSecond()
                .forEach((kind, peak) -> operations.put(kind.name().toLowerCase(Locale.ROOT), Math.round(peak)));
        Map<String, Object> machine = new LinkedHashMap<>();
        machine.put("processor", Processor.name());
        machine.put("architecture", System.getProperty("os.arch"));
        machine.put("processors", Runtime.getRuntime().availableProcessors());
        machine.put("memory_bytes", ProcessMemory.limitBytes());
        machine.put("threads", limits.threads());
        machine.put("backend", backend.name());
        machine.put("instruction_set", backend.instructionSet());
        machine.put("read_bytes_per_second", Math.round(limits.readBytesPerSecond()));
        machine.put("operations_per_second", operations);
        machine.put("java", System.getProperty("java.vm.version"));
        return machine;
    }

    private Map<String, Object> modelFacts() {
        Map<String, Object> formats = new LinkedHashMap<>();
        model.bytesByFormat().forEach((format, bytes) -> formats.put(format.name(), bytes));
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("name", name);
        facts.put("parameters", summary.parameters());
        facts.put("weight_bytes", weightBytes());
        facts.put("weight_bytes_by_format", formats);
        facts.put("weight_bytes_per_step", model.bytesPerStep());
        facts.put("kv_format", options.kvFormat().name());
        facts.put("kv_bytes", model.kvBytes());
        facts.put("resident_bytes", residentBytes);
        facts.put("load_seconds", rounded(model.loadSeconds(), 1e3));
        return facts;
    }

    private static Map<String, Object> fields(BenchRun.Result result) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("test", result.workload().label());
        fields.put("tokens_per_second", rounded(result.median(), 1e3));
        fields.put("min", rounded(result.min(), 1e3));
        fields.put("max", rounded(result.max(), 1e3));
        fields.put("of_limit", rounded(result.ofLimit(), 1e4));
        return fields;
    }

    private static double rounded(double value, double factor) {
        return Math.round(value * factor) / factor;
    }
}
