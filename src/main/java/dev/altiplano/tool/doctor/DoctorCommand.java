package dev.altiplano.tool.doctor;

import dev.altiplano.tool.console.TokenFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints what support asks for, without secrets. */
@Command(
        name = "doctor",
        description =
                "Prints machine, limits, settings, model, backend and the state of a running service, without secrets.",
        mixinStandardHelpOptions = true)
public final class DoctorCommand implements Callable<Integer> {

    private static final String MODEL_VARIABLE = "ALTIPLANO_MODEL_PATH";
    private static final String BACKEND_VARIABLE = "ALTIPLANO_ENGINE_BACKEND";

    @Parameters(
            arity = "0..1",
            paramLabel = "MODEL",
            description = "The model; without it that of the environment's settings.")
    private @Nullable String model;

    @Option(names = "--base-url", paramLabel = "URL", description = "A running service that is asked too.")
    private @Nullable URI baseUrl;

    @Option(names = "--bearer-token-file", paramLabel = "FILE", description = "Send the API key in FILE to it.")
    private @Nullable Path keyFile;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        Report report = report(System.getenv());
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            report.printJson(out);
        } else {
            report.printText(out);
        }
        return 0;
    }

    /** All sections; {@code environment} holds the process's variables. */
    Report report(Map<String, String> environment) throws IOException {
        String key = keyFile == null ? null : TokenFile.read(keyFile);
        MachineFacts machine = new MachineFacts(Path.of("/"));
        SettingFacts settings = new SettingFacts(environment, Path.of(""));
        String path = model == null ? environment.get(MODEL_VARIABLE) : model;
        Report report = new Report();
        report.section(
                "program", to -> to.add("version", String.join(" ", spec.root().version())));
        report.section("machine", machine::machine);
        report.section("limits", machine::limits);
        report.section("java", settings::java);
        report.section("settings", settings::settings);
        report.section("model", to -> ModelFacts.model(path, to));
        report.section("backend", to -> ModelFacts.backend(environment.getOrDefault(BACKEND_VARIABLE, "auto"), to));
        if (baseUrl != null) {
            report.section("service", new ServiceFacts(baseUrl, key)::find);
        }
        return report;
    }
}
