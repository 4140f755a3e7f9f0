package dev.altiplano.evaluation.taskfile;

import dev.altiplano.evaluation.EvaluationException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The task files that come with the program, without data. */
public final class Suites {

    /** What there is. */
    public static final List<String> NAMES = List.of("llama-paper");

    private Suites() {}

    /**
     * Writes a suite's files to {@code folder}, from where they are read like any others.
     *
     * @return the names of its tasks and groups
     */
    public static List<String> copy(String name, Path folder) throws IOException {
        if (!NAMES.contains(name)) {
            throw new EvaluationException(
                    "there is no suite called " + name + "; there are " + String.join(", ", NAMES));
        }
        List<String> tasks = new ArrayList<>();
        for (String file : new String(resource(name, "index.txt"), StandardCharsets.UTF_8).split("\n")) {
            if (!file.isBlank()) {
                Files.write(folder.resolve(file.strip()), resource(name, file.strip()));
                if (!file.startsWith("_")) {
                    tasks.add(file.strip().replaceFirst("[.]yaml$", ""));
                }
            }
        }
        return tasks;
    }

    private static byte[] resource(String suite, String file) throws IOException {
        try (InputStream in = Suites.class.getResourceAsStream("/evaluation/" + suite + "/" + file)) {
            if (in == null) {
                throw new IOException("the program lacks its file evaluation/" + suite + "/" + file);
            }
            return in.readAllBytes();
        }
    }
}
