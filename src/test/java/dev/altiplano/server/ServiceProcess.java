package dev.altiplano.server;

import dev.altiplano.ChildJvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** The service as a process of its own on a random port of the loopback, for what only a process has: signals and an exit. */
public final class ServiceProcess implements AutoCloseable {

    private static final Pattern PORT = Pattern.compile("Listening on port (\\d+)");

    private final HttpClient client = HttpClient.newHttpClient();
    private final Process process;
    private final Path log;
    private final int port;

    /** Starts one with a small model that never ends by itself, its log in {@code folder}, and waits until it is ready. */
    public ServiceProcess(Path folder, String... settings) throws IOException {
        this(folder, List.of("-Xmx512m"), settings);
    }

    /** The same with other options of Java's, the heap among them. */
    public static ServiceProcess withJava(List<String> options, Path folder, String... settings) throws IOException {
        return new ServiceProcess(folder, options, settings);
    }

    private ServiceProcess(Path folder, List<String> options, String... settings) throws IOException {
        log = folder.resolve("service.log");
        List<String> java = new ArrayList<>(List.of(
                "--enable-native-access=ALL-UNNAMED",
                // It lives for seconds: a quick start counts, not how fast its code becomes.
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC"));
        java.addAll(options);
        List<String> command = ChildJvm.command(folder, java, "dev.altiplano.Altiplano", settings);
        for (String usual : List.of(
                "--server.address=127.0.0.1",
                "--server.port=0",
                "--altiplano.model.path=src/test/resources/reference/base-mp1",
                // On a busy machine several would wait for each other more than they compute.
                "--altiplano.engine.threads=1",
                "--altiplano.engine.kv-cache-size=64MB")) {
            String name = usual.substring(0, usual.indexOf('=') + 1);
            if (command.stream().noneMatch(each -> each.startsWith(name))) {
                command.add(usual);
            }
        }
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            Awaitility.await("the port is in the log")
                    .atMost(Duration.ofMinutes(2))
                    .until(() -> PORT.matcher(log()).find());
            Matcher listening = PORT.matcher(log());
            listening.find();
            port = Integer.parseInt(listening.group(1));
            Awaitility.await("ready")
                    .atMost(Duration.ofMinutes(2))
                    .until(() -> client.send(
                                            HttpRequest.newBuilder(uri("/readyz"))
                                                    .build(),
                                            HttpResponse.BodyHandlers.discarding())
                                    .statusCode()
                            == 200);
        } catch (RuntimeException e) {
            close();
            throw new IllegalStateException("the service did not start:\n" + log(), e);
        }
    }

    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    /** All that it has written. */
    public String log() {
        try {
            return Files.readString(log);
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The page of metrics. */
    public String metrics() {
        try {
            return client.send(
                            HttpRequest.newBuilder(uri("/metrics")).build(),
                            HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8))
                    .body();
        } catch (IOException e) {
            throw new IllegalStateException("no metrics:\n" + log(), e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Sends SIGTERM. */
    public void terminate() {
        process.destroy();
    }

    /** Kills it as nothing can catch it, and waits until it is gone. */
    public void kill() {
        ChildJvm.kill(process);
    }

    public int port() {
        return port;
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Its exit status; fails where it does not exit in time. */
    public int exit(Duration atMost) throws InterruptedException {
        if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("still runs after " + atMost + ":\n" + log());
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        ChildJvm.kill(process);
        client.close();
    }
}
