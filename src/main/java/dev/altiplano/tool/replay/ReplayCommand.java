package dev.altiplano.tool.replay;

import dev.altiplano.tool.console.TokenFile;
import dev.altiplano.tool.console.ToolException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Asks recorded requests again and says where the bits of the answers differ. */
@Command(
        name = "replay",
        description = "Asks recorded requests again and says where the bits of the answers differ.",
        mixinStandardHelpOptions = true)
public final class ReplayCommand implements Callable<Integer> {

    private static final int MAX_PARALLEL = 1024;

    @Parameters(index = "0", paramLabel = "FILE", description = "What a service recorded (altiplano.api.record).")
    private Path file = Path.of("");

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "MODEL",
            description = "The model that answers; without it that of the environment's settings.")
    private @Nullable String model;

    @Option(names = "--base-url", paramLabel = "URL", description = "A running service that answers instead.")
    private @Nullable URI baseUrl;

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            description = "A setting of the service that answers, such as altiplano.model.weights=q8_0.")
    private List<String> settings = new ArrayList<>();

    @Option(
            names = "--any-fingerprint",
            description = "Compare answers of another fingerprint too; without this they are only counted.")
    private boolean anyFingerprint;

    @Option(names = "--parallel", description = "Requests at the same time (${DEFAULT-VALUE}).")
    private int parallel = 4;

    @Option(
            names = "--speed",
            description = "Send requests when they were sent, so many times as fast; 0 as fast as they are answered.")
    private double speed;

    @Option(names = "--bearer-token-file", paramLabel = "FILE", description = "Send the API key in FILE.")
    private @Nullable Path keyFile;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (baseUrl != null && (model != null || !settings.isEmpty())) {
            throw wrong("--base-url names what answers: MODEL and --set are for a service that is started");
        }
        if (parallel < 1 || parallel > MAX_PARALLEL || !(speed >= 0 && speed <= 1e6)) {
            throw wrong("--parallel is 1 to " + MAX_PARALLEL + ", --speed 0 to 1000000");
        }
        String key = keyFile == null ? null : TokenFile.read(keyFile);
        if (baseUrl != null) {
            return replay(baseUrl, key);
        }
        try (StartedService service =
                new StartedService(model, settings, spec.commandLine().getErr())) {
            return replay(service.ready(), key);
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private int replay(URI base, @Nullable String key) throws IOException, InterruptedException {
        ReplayReport report =
                new ReplayReport(file.toString(), spec.commandLine().getOut());
        try (ReplayTarget target = new ReplayTarget(base, key);
                RecordingReader requests = new RecordingReader(file)) {
            String own = target.fingerprint();
            send(requests, new Comparison(target, anyFingerprint), report);
            report.end(own);
        }
        if (report.empty()) {
            throw new ToolException(file + " has no request that can be compared");
        }
        return report.differs() ? 1 : 0;
    }

    private void send(RecordingReader requests, Comparison comparison, ReplayReport report)
            throws IOException, InterruptedException {
        Semaphore free = new Semaphore(speed > 0 ? MAX_PARALLEL : parallel);
        long began = System.nanoTime();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (RecordedRequest next = requests.next(); next != null; next = requests.next()) {
                RecordedRequest request = next;
                if (speed > 0) {
                    long due = (long) (request.atMs() / speed);
                    Thread.sleep(Duration.ofMillis(Math.max(0, due - (System.nanoTime() - began) / 1_000_000)));
                }
                free.acquire();
                threads.execute(() -> {
                    try {
                        report.add(request, comparison.compare(request));
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    } catch (RuntimeException e) {
                        report.add(request, new Verdict.Differs("its answer cannot be read: " + e.getMessage()));
                    } finally {
                        free.release();
                    }
                });
            }
        }
    }
}
