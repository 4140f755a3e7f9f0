package dev.altiplano.tool.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the operating system calls the processor. */
final class Processor {

    private static final Path INFO = Path.of("/proc/cpuinfo");

    private Processor() {}

    /** Its name, or the architecture's where there is none. */
    static String name() {
        try {
            for (String line : Files.readAllLines(INFO)) {
                if (line.startsWith("model name")) {
                    return line.substring(line.indexOf(':') + 1).strip();
                }
            }
        } catch (IOException e) {
            return System.getProperty("os.arch", "unknown");
        }
        return System.getProperty("os.arch", "unknown");
    }
}
