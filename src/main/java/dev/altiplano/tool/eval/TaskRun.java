package dev.altiplano.tool.eval;

import dev.altiplano.engine.os.EnergyMeter;
import dev.altiplano.evaluation.model.EngineModel;
import dev.altiplano.evaluation.model.HttpModel;
import dev.altiplano.evaluation.model.LanguageModel;
import dev.altiplano.evaluation.protocol.Convention;
import dev.altiplano.evaluation.protocol.RequestEncoder;
import dev.altiplano.evaluation.report.EnergyUse;
import dev.altiplano.evaluation.report.HtmlReport;
import dev.altiplano.evaluation.report.JsonReport;
import dev.altiplano.evaluation.report.MarkdownReport;
import dev.altiplano.evaluation.report.RunReport;
import dev.altiplano.evaluation.report.SampleFiles;
import dev.altiplano.evaluation.run.Evaluation;
import dev.altiplano.evaluation.run.EvaluationResult;
import dev.altiplano.evaluation.run.Journal;
import dev.altiplano.evaluation.run.SampleSink;
import dev.altiplano.evaluation.task.DocumentFiles;
import dev.altiplano.evaluation.taskfile.Suites;
import dev.altiplano.evaluation.taskfile.TaskLibrary;
import dev.altiplano.tool.console.ToolException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Runs tasks as the command line says, and writes what came out. */
record TaskRun(Path model, String weights, String kvFormat, TaskOptions options, ServerOptions server) {

    void run(PrintWriter out, PrintWriter err) throws IOException, InterruptedException {
        check();
        Convention convention = convention();
        TaskLibrary.Selection selection = selection();
        Map<String, String> facts = new LinkedHashMap<>();
        try (Journal journal = options.journal == null ? Journal.none() : Journal.open(options.journal);
                @Nullable SampleFiles samples = options.samples == null ? null : SampleFiles.in(options.samples);
                LanguageModel judged = open(facts)) {
            if (journal.size() > 0) {
                err.println(options.journal + ": " + journal.size() + " answers are known");
            }
            facts.put("tokens as", convention.label());
            Evaluation evaluation = new Evaluation(
                    judged,
                    RequestEncoder.of(judged, convention),
                    new DocumentFiles(options.data),
                    journal,
                    options.limit,
                    options.resamples,
                    options.seed,
                    ToxicityScorers.of(options),
                    samples == null ? SampleSink.NONE : samples);
            EnergyMeter meter = new EnergyMeter();
            EvaluationResult result = evaluation.run(selection, new RequestProgress("requests", err));
            RunReport report = new RunReport(result, energy(meter, result.seconds()), facts);
            out.print(MarkdownReport.of(report));
            out.flush();
            if (options.json != null) {
                Files.writeString(options.json, JsonReport.of(report));
            }
            if (options.html != null) {
                Files.writeString(options.html, HtmlReport.of(report));
            }
        }
    }

    private void check() {
        if (!(options.limit > 0)) {
            throw new ToolException("--limit = " + options.limit + ": must be above 0");
        }
        atLeast("--bootstrap", options.resamples, 0);
        atLeast("--parallel", server.parallel, 1);
        atLeast("--max-length", server.maxLength, 0);
        atLeast("--num-fewshot", options.examples == null ? 0 : options.examples, 0);
        isWritable("--json", options.json);
        isWritable("--html", options.html);
        isWritable("--journal", options.journal);
        boolean named = options.names.stream().allMatch(name -> Files.exists(Path.of(name)));
        if (options.files.isEmpty() && options.suite == null && !named) {
            throw new ToolException("--tasks names tasks of files: give the files by --task-files, or a --suite");
        }
    }

    /** Before the run rather than behind it. */
    private static void isWritable(String option, @Nullable Path file) {
        Path folder = file == null ? null : file.toAbsolutePath().getParent();
        if (folder != null && !Files.isDirectory(folder)) {
            throw new ToolException(option + ": there is no folder " + folder);
        }
    }

    private static void atLeast(String option, int value, int minimum) {
        if (value < minimum) {
            throw new ToolException(option + " = " + value + ": must be " + minimum + " or more");
        }
    }

    private Convention convention() {
        for (Convention convention : Convention.values()) {
            if (convention.label().equals(options.convention)) {
                return convention;
            }
        }
        throw new ToolException("--as = " + options.convention + ": must be hf or local-completions");
    }

    private TaskLibrary.Selection selection() throws IOException {
        TaskLibrary library = new TaskLibrary();
        options.files.forEach(library::add);
        List<String> names = new ArrayList<>(options.names);
        if (options.suite == null) {
            if (names.isEmpty()) {
                throw new ToolException("--tasks must name what is run; in the files are "
                        + String.join(", ", library.names().stream().limit(100).toList()));
            }
            return selected(library, names);
        }
        Path folder = Files.createTempDirectory("altiplano-suite");
        try {
            List<String> all = Suites.copy(options.suite, folder);
            library.add(folder);
            return selected(library, names.isEmpty() ? all : names);
        } finally {
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(folder);
        }
    }

    private TaskLibrary.Selection selected(TaskLibrary library, List<String> names) {
        TaskLibrary.Selection selection = library.select(names);
        Integer examples = options.examples;
        return examples == null
                ? selection
                : new TaskLibrary.Selection(
                        selection.tasks().stream()
                                .map(task -> task.withExamples(examples))
                                .toList(),
                        selection.groups());
    }

    private LanguageModel open(Map<String, String> facts) throws InterruptedException {
        if (server.baseUrl != null) {
            facts.put("server", server.baseUrl);
            return HttpModel.connect(
                    server.baseUrl, server.name, System.getenv(server.keyVariable), server.maxLength, server.parallel);
        }
        EngineModel engine = EngineModel.open(
                EvaluatedOptions.of(model, weights, kvFormat, server.backend), (phase, done, total) -> {});
        facts.put("model", model.toString());
        facts.put(
                "weights",
                weights + ", " + String.join(", ", engine.card().weightFormats().keySet()));
        facts.put("KV cache", kvFormat);
        facts.put("backend", engine.card().backend());
        return engine;
    }

    private EnergyUse energy(EnergyMeter meter, double seconds) {
        OptionalDouble joules = meter.joules();
        if (joules.isPresent()) {
            return new EnergyUse(joules.getAsDouble(), "RAPL, the whole machine", options.pue, options.carbonFactor);
        }
        return options.watts > 0
                ? EnergyUse.configured(options.watts, seconds, options.pue, options.carbonFactor)
                : EnergyUse.unknown(String.format(Locale.ROOT, "%s; --watts gives a figure", meter.reason()));
    }
}
