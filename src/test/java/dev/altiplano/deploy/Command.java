package dev.altiplano.deploy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a program and gives what it printed. */
final class Command {
    private Command() {}

    /** Output and errors together; throws where the program fails, with that text. */
    static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(List.of(command) + " does not end; it said:\n" + output);
        }
        if (process.exitValue() != 0) {
            throw new AssertionError(List.of(command) + " ended with " + process.exitValue() + ":\n" + output);
        }
        return output;
    }
}
