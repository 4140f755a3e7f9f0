package dev.altiplano.evaluation.taskfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.evaluation.EvaluationException;
import dev.altiplano.evaluation.protocol.ModelRequest;
import dev.altiplano.evaluation.protocol.TaskPrompts;
import dev.altiplano.evaluation.task.AnswerFilters;
import dev.altiplano.evaluation.task.Document;
import dev.altiplano.evaluation.task.DocumentFiles;
import dev.altiplano.evaluation.task.MetricDefinition;
import dev.altiplano.evaluation.task.TaskDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The task files that come with the program. */
final class SuitesTest {

    @TempDir
    private Path folder;

    private TaskLibrary library() throws IOException {
        Suites.copy("llama-paper", folder);
        TaskLibrary library = new TaskLibrary();
        library.add(folder);
        return library;
    }

    @Test
    void areAllReadable() throws IOException {
        TaskLibrary library = library();
        TaskLibrary.Selection all = library.select(library.names());
        assertThat(all.tasks()).hasSizeGreaterThan(25);
        assertThat(all.groups()).hasSize(4);
        TaskDefinition code = library.select(List.of("mbpp")).tasks().getFirst();
        assertThat(code.metrics()).as("what a model wrote is not run").isEmpty();
        assertThat(code.generation().until()).containsExactly("[DONE]");
        assertThatThrownBy(() -> Suites.copy("nothing", folder)).isInstanceOf(EvaluationException.class);
    }

    @Test
    void askAsThePaper() throws IOException {
        Files.writeString(
                folder.resolve("validation.jsonl"),
                "{\"sentence\": \"Ann gave Bea _ .\", \"option1\": \"tea\", \"option2\": \"milk\", \"answer\": \"2\"}\n");
        TaskDefinition winogrande =
                library().select(List.of("winogrande")).tasks().getFirst();
        assertThat(new TaskPrompts(winogrande, new DocumentFiles(folder))
                        .asked(1)
                        .getFirst())
                .satisfies(asked -> {
                    assertThat(asked.right()).containsExactly(1);
                    assertThat(asked.requests())
                            .containsExactly(
                                    new ModelRequest.Continuation("Ann gave Bea tea", " ."),
                                    new ModelRequest.Continuation("Ann gave Bea milk", " ."));
                });
        Files.writeString(folder.resolve("test.jsonl"), "{\"sent_more\": \"a b\", \"sent_less\": \"a c\"}\n");
        TaskDefinition pairs = library().select(List.of("crows_pairs")).tasks().getFirst();
        assertThat(new TaskPrompts(pairs, new DocumentFiles(folder))
                        .asked(1)
                        .getFirst()
                        .requests())
                .containsExactly(new ModelRequest.Continuation("", "a b"), new ModelRequest.Continuation("", "a c"));
        Files.writeString(folder.resolve("test.jsonl"), "{\"question\": \"1 + 1?\", \"answer\": \"So #### 2\"}\n");
        TaskDefinition sums =
                library().select(List.of("gsm8k")).tasks().getFirst().withExamples(0);
        Document document = new Document("gsm8k", "test", 0, Map.of());
        AnswerFilters filters = sums.filters().getFirst();
        MetricDefinition match = sums.metrics().getFirst();
        String answer =
                filters.answers(List.of("It is 1 and 1, so $2."), document).getFirst();
        assertThat(match.matching().same(answer, "So #### 2")).isTrue();
        assertThat(match.matching()
                        .same(filters.answers(List.of("It is 3"), document).getFirst(), "So #### 2"))
                .isFalse();
    }
}
