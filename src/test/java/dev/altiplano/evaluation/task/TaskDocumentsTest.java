package dev.altiplano.evaluation.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.evaluation.EvaluationException;
import dev.altiplano.evaluation.protocol.TaskPrompts;
import dev.altiplano.evaluation.taskfile.TaskYaml;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where documents are found, and what is said about wrong ones. */
final class TaskDocumentsTest {

    @TempDir
    private Path folder;

    private void assertDocumentsRefused(String yaml, String lines, String... words) throws IOException {
        Files.writeString(folder.resolve("test.jsonl"), lines);
        TaskDefinition task = TaskYaml.task(folder, yaml);
        assertThatThrownBy(() -> new TaskPrompts(task, new DocumentFiles(folder)).asked(100))
                .isInstanceOf(EvaluationException.class)
                .hasMessageContainingAll(words);
    }

    @Test
    void namesTheDocumentThatIsWrong() throws IOException {
        String right = "{\"question\": \"q\", \"choices\": [\"a\", \"b\"], \"label\": 1}\n";
        assertDocumentsRefused(
                TaskYaml.CHOICE,
                right + "{\"choices\": [\"a\"], \"label\": 0}\n",
                "task t, document 1 of test",
                "doc_to_text",
                "'question' is undefined",
                "choices, label");
        assertDocumentsRefused(
                TaskYaml.CHOICE, right + "{\"question\": \"q\", \"label\": 0}\n", "document 1", "'choices'");
        assertDocumentsRefused(
                TaskYaml.CHOICE,
                right + right.replace("\"a\"", "\"\""),
                "document 1",
                "doc_to_choice",
                "choice 0 is empty");
        assertDocumentsRefused(
                TaskYaml.CHOICE, right.replace(": 1", ": 2"), "document 0", "'2' is none of the 2 choices");
        assertDocumentsRefused(TaskYaml.CHOICE, right.replace(": 1", ": \"c\""), "'c' is none of the 2 choices");
        assertDocumentsRefused(
                TaskYaml.CHOICE,
                right + "{\n",
                "test.jsonl, line 2: is not a JSON object, one of which must stand on each line: ");
        assertDocumentsRefused(TaskYaml.CHOICE, right + "null\n", "test.jsonl, line 2", "JSON object");
        assertDocumentsRefused(TaskYaml.CHOICE, "[null]", "test.jsonl", "a null");
        assertDocumentsRefused(TaskYaml.CHOICE, "\n", "has no documents");
        assertDocumentsRefused(
                TaskYaml.CHOICE.replace("choices\n", "'{{choices[0]}}'\n"), right, "doc_to_choice", "as Python would");
        assertDocumentsRefused(
                TaskYaml.CHOICE + "num_fewshot: 3\nfewshot_split: test\n", right + right, "num_fewshot", "4");
        assertDocumentsRefused(
                TaskYaml.CHOICE.replace("test_split: test", "test_split: dev"), right, "no documents", "dev.jsonl");
    }

    @Test
    void readsTheFoldersOfADataSet() throws IOException {
        Files.createDirectories(folder.resolve("set/part"));
        Files.writeString(
                folder.resolve("set/part/test.json"),
                "[{\"question\": \"q\", \"choices\": [\"a\", \"b\"], \"label\": true}]");
        TaskDefinition task = TaskYaml.task(folder, TaskYaml.CHOICE + "dataset_path: set\ndataset_name: part\n");
        assertThat(new TaskPrompts(task, new DocumentFiles(folder))
                        .asked(5)
                        .getFirst()
                        .right())
                .containsExactly(1);
        TaskDefinition below =
                TaskYaml.task(folder, TaskYaml.CHOICE + "dataset_path: json\ndataset_kwargs: {data_dir: set/part}\n");
        assertThat(new DocumentFiles(folder).read(below, "test")).hasSize(1);
        Files.writeString(folder.resolve("set/part-1.jsonl"), "{\"question\": \"second\"}");
        Files.writeString(folder.resolve("set/part-0.jsonl"), "\ufeff{\"question\": \"first\"}");
        TaskDefinition parts =
                TaskYaml.task(folder, TaskYaml.CHOICE + "dataset_kwargs: {data_files: {test: 'set/part-*.jsonl'}}\n");
        assertThat(new DocumentFiles(folder)
                        .read(parts, "test").stream()
                                .map(document -> document.values().get("question")))
                .containsExactly("first", "second");
    }

    @Test
    void saysWhatFilesAreThatHoldNoJson() throws IOException {
        TaskDefinition task = TaskYaml.task(folder, TaskYaml.CHOICE + "dataset_kwargs: {data_files: {test: data}}\n");
        DocumentFiles files = new DocumentFiles(folder);
        Map<String, String> kinds = Map.of(
                "PAR1\u0015", "is Parquet", "\u001f\u008b\u0008", "is compressed", "[\u00ff]", "is not text in UTF-8");
        for (Map.Entry<String, String> kind : kinds.entrySet()) {
            Files.write(folder.resolve("data"), kind.getKey().getBytes(StandardCharsets.ISO_8859_1));
            assertThatThrownBy(() -> files.read(task, "test"))
                    .isInstanceOf(EvaluationException.class)
                    .hasMessageContainingAll("data", kind.getValue());
        }
        Files.writeString(folder.resolve("test.csv"), "question,label\nq,0\n");
        TaskDefinition table =
                TaskYaml.task(folder, TaskYaml.CHOICE + "dataset_kwargs: {data_files: {test: test.csv}}\n");
        assertThatThrownBy(() -> files.read(table, "test")).hasMessageContainingAll("test.csv", "JSON lines");
    }
}
