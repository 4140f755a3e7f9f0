package dev.altiplano.evaluation.taskfile;

import dev.altiplano.evaluation.task.TaskDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Task files of tests. */
public final class TaskYaml {

    /** A task of choices, called {@code t}. */
    public static final String CHOICE = """
            task: t
            test_split: test
            output_type: multiple_choice
            doc_to_text: "{{question}}"
            doc_to_choice: choices
            doc_to_target: label
            """;

    private TaskYaml() {}

    /** The task {@code t} of {@code yaml}, which is written into {@code folder}. */
    public static TaskDefinition task(Path folder, String yaml) throws IOException {
        Files.writeString(folder.resolve("t.yaml"), yaml);
        TaskLibrary library = new TaskLibrary();
        library.add(folder);
        return library.select(List.of("t")).tasks().getFirst();
    }
}
