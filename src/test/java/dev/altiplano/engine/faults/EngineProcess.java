package dev.altiplano.engine.faults;

import dev.altiplano.ChildJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** An {@link EngineUnderFaults}, seen from outside. */
final class EngineProcess implements AutoCloseable {

    static final String SERVING = "SERVING";
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String PHASE = "phase ";

    private final Process process;
    private final Thread reader;
    private final List<String> lines = new ArrayList<>();
    /** When each phase began, after the start. */
    private final Map<String, Long> phases = new LinkedHashMap<>();

    private boolean over;

    /** @param environment what is added to this process' own */
    EngineProcess(Path folder, Map<String, String> environment, List<String> arguments) throws IOException {
        List<String> options = List.of(
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:ErrorFile=" + folder.resolve("crash.log"));
        List<String> command = ChildJvm.command(folder, options, EngineUnderFaults.class.getName());
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        long begin = System.nanoTime();
        process = builder.start();
        reader = Thread.ofVirtual().start(() -> read(begin));
    }

    private void read(long begin) {
        try (BufferedReader out = process.inputReader()) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                take(line, System.nanoTime() - begin);
            }
        } catch (IOException e) {
            take("its output broke: " + e, 0);
        }
        end();
    }

    private synchronized void take(String line, long nanos) {
        lines.add(line);
        if (line.startsWith(PHASE)) {
            phases.putIfAbsent(line.substring(PHASE.length()), nanos);
        }
        notifyAll();
    }

    private synchronized void end() {
        over = true;
        notifyAll();
    }

    /** Waits until a phase begins; returns at once where the process ends before. */
    synchronized void await(String phase) throws InterruptedException {
        while (!phases.containsKey(phase) && !over) {
            wait(PATIENCE.toMillis());
        }
    }

    /** Whether a phase has begun. */
    synchronized boolean reached(String phase) {
        return phases.containsKey(phase);
    }

    /** When each phase began, in nanoseconds after the start. */
    synchronized Map<String, Long> phases() {
        return Map.copyOf(phases);
    }

    /** Sends SIGKILL. */
    void kill() {
        process.destroyForcibly();
    }

    /** Lets it answer once more and end; returns its exit status, 128 and the signal's number where one has ended it. */
    int finish() throws InterruptedException {
        try {
            process.getOutputStream().write('\n');
            process.getOutputStream().close();
        } catch (IOException e) {
            take("it reads no more: " + e, 0);
        }
        if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("hangs:\n" + this);
        }
        reader.join();
        return process.exitValue();
    }

    /** Its answer, empty where there is none. */
    synchronized String answer() {
        return lines.stream()
                .filter(line -> line.startsWith("answer "))
                .findFirst()
                .orElse("");
    }

    /** All that it has printed. */
    @Override
    public synchronized String toString() {
        return String.join("\n", lines);
    }

    @Override
    public void close() {
        ChildJvm.kill(process);
    }
}
