package dev.altiplano.tool.replay;

import dev.altiplano.tool.console.ToolException;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * This program as a service, in a process of its own on a free port of the loopback: with the settings of the environment, but without
 * keys, recording, spans and the file of prefixes.
 */
final class StartedService implements AutoCloseable {

    private static final String MAIN = "dev.altiplano.Altiplano";
    private static final Pattern PORT = Pattern.compile("Listening on port ([0-9]{1,5})");
    private static final Set<String> LEFT_OUT = Set.of(
            "ALTIPLANOAPIKEYSFILE",
            "ALTIPLANOAPIRECORD",
            "ALTIPLANOCACHEPATH",
            "ALTIPLANOTRACINGENDPOINT",
            "MANAGEMENTSERVERPORT");
    private static final int ASK_EVERY_MS = 200;
    private static final int TIMEOUT_MS = 5000;
    private static final int END_SECONDS = 40;

    private final Process process;
    private final CountDownLatch listening = new CountDownLatch(1);
    private volatile int port;
    private volatile boolean closed;

    /**
     * Starts it; what it logs goes to {@code log}.
     *
     * @param model null leaves it to the environment
     * @param settings further ones, {@code altiplano.model.weights=q8_0} for example
     */
    StartedService(@Nullable String model, List<String> settings, PrintWriter log) throws IOException {
        List<String> command = new ArrayList<>(program());
        command.addAll(List.of(
                "--server.port=0",
                "--server.address=127.0.0.1",
                "--server.ssl.enabled=false",
                "--altiplano.model.exit-after-failure=1s"));
        if (model != null) {
            command.add("--altiplano.model.path=" + model);
        }
        settings.forEach(setting -> command.add("--" + setting));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        // However a name is written, it is told by its letters.
        builder.environment()
                .keySet()
                .removeIf(name -> LEFT_OUT.contains(name.replace("_", "").toUpperCase(Locale.ROOT)));
        process = builder.start();
        Thread.ofVirtual().start(() -> relay(log));
    }

    /** Java with this process's own flags, and this program. */
    private static List<String> program() {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (!flag.startsWith("-agentlib") && !flag.startsWith("-javaagent")) {
                words.add(flag);
            }
        }
        String path = System.getProperty("java.class.path");
        words.addAll(
                path.endsWith(".jar") && !path.contains(File.pathSeparator)
                        ? List.of("-jar", path)
                        : List.of("-cp", path, MAIN));
        return words;
    }

    private void relay(PrintWriter log) {
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                log.println(line);
                Matcher told = PORT.matcher(line);
                if (port == 0 && told.find()) {
                    port = Integer.parseInt(told.group(1));
                    listening.countDown();
                }
            }
        } catch (IOException e) {
            // Its log ends with it.
            if (!closed) {
                log.println("The service's log broke off: " + e);
            }
        } finally {
            listening.countDown();
        }
    }

    /** Where it listens, once it is ready. */
    URI ready() throws InterruptedException {
        listening.await();
        URI base = URI.create("http://127.0.0.1:" + port);
        while (process.isAlive() && port != 0) {
            if (isReady(base)) {
                return base;
            }
            Thread.sleep(ASK_EVERY_MS);
        }
        throw new ToolException("the service did not become ready; its log says why");
    }

    private static boolean isReady(URI base) {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) base.resolve("/readyz").toURL().openConnection();
            connection.setConnectTimeout(TIMEOUT_MS);
            connection.setReadTimeout(TIMEOUT_MS);
            try {
                return connection.getResponseCode() == 200;
            } finally {
                connection.disconnect();
            }
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        closed = true;
        process.destroy();
        try {
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
