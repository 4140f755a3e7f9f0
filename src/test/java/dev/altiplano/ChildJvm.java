package dev.altiplano;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A JVM of its own, for what a test cannot do in the one that it runs in. What it leaves behind lies in the test's own folder. */
public final class ChildJvm {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private ChildJvm() {}

    /**
     * What became of one that has ended.
     *
     * @param status 0 where all went well
     */
    public record Ended(int status, String out, String errors) {}

    /** A program of the JDK that runs this test, {@code java} for example. */
    public static String program(String name) {
        return Path.of(System.getProperty("java.home"), "bin", name).toString();
    }

    /** The option that lets it keep temporary files in {@code folder}. */
    public static String temporaryFiles(Path folder) {
        return "-Djava.io.tmpdir=" + folder.toAbsolutePath();
    }

    /** The command for {@code main}, a class of the tests' class path; may be added to. */
    public static List<String> command(Path folder, List<String> options, String main, String... arguments) {
        List<String> command = new ArrayList<>(List.of(program("java"), temporaryFiles(folder)));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
        command.addAll(List.of(arguments));
        return command;
    }

    /** Runs {@code command} to its end, which must come in two minutes; what it prints is kept in {@code folder}. */
    public static Ended run(Path folder, List<String> command) throws IOException, InterruptedException {
        Path out = folder.resolve("out.txt");
        Path errors = folder.resolve("errors.txt");
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(errors.toFile())
                .start();
        try {
            if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError(
                        "still runs: " + command + "\n" + Files.readString(out) + Files.readString(errors));
            }
            return new Ended(process.exitValue(), Files.readString(out), Files.readString(errors));
        } finally {
            kill(process);
        }
    }

    /** Ends {@code process} as nothing can hinder, and waits until it has ended: its folder is about to be deleted. */
    public static void kill(Process process) {
        process.destroyForcibly().onExit().join();
    }
}
