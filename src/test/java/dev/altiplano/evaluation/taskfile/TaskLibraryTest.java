package dev.altiplano.evaluation.taskfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.evaluation.EvaluationException;
import dev.altiplano.evaluation.task.GroupDefinition;
import dev.altiplano.evaluation.task.Metric;
import dev.altiplano.evaluation.task.MetricDefinition;
import dev.altiplano.evaluation.task.TaskDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Task files that are wrong, and what is said about them. */
final class TaskLibraryTest {

    @TempDir
    private Path folder;

    private void assertRefused(String yaml, String... words) {
        assertThatThrownBy(() -> TaskYaml.task(folder, yaml))
                .isInstanceOf(EvaluationException.class)
                .hasMessageContainingAll(words);
    }

    @Test
    void readsIncludedSettingsUnderItsOwn() {
        TaskLibrary library = new TaskLibrary();
        library.add(Path.of("src/test/resources/evaluation/tasks"));
        TaskDefinition task = library.select(List.of("colours")).tasks().getFirst();
        assertThat(task.version()).isEqualTo("1.0");
        assertThat(task.fewShot().count()).isEqualTo(2);
        assertThat(task.metrics().stream().map(MetricDefinition::metric)).containsExactly(Metric.ACC, Metric.ACC_NORM);
        assertThatThrownBy(() -> library.select(List.of("python")))
                .isInstanceOf(EvaluationException.class)
                .hasMessageContainingAll("process_docs", "utils.clean", "line 3", "no code of task files");
        assertThatThrownBy(() -> library.select(List.of("nothing"))).hasMessageContaining("all_colours");
    }

    @Test
    void refusesWhatIsNoTask() {
        assertRefused("task: t\noutput_type: guess\n", "t.yaml", "output_type", "'guess'", "multiple_choice");
        assertRefused("task: t\n  x: [\n", "t.yaml, line", "YAML");
        assertRefused("task: t\ntask: u\n", "t.yaml", "YAML", "duplicate");
        assertRefused("", "t.yaml", "must be a mapping");
        assertRefused("# nothing\n", "t.yaml", "must be a mapping");
        assertRefused(TaskYaml.CHOICE + "colour: red\n", "colour", "not a setting");
        assertRefused(TaskYaml.CHOICE.replace("test_split: test\n", ""), "test_split");
        assertRefused(TaskYaml.CHOICE + "metric_list: [{metric: bleu}]\n", "'bleu'", "acc_norm");
        assertRefused(
                TaskYaml.CHOICE + "metric_list: [{metric: acc, aggregation: sum}]\n", "aggregation", "'sum'", "mean");
        assertRefused(TaskYaml.CHOICE + "num_fewshot: -1\n", "num_fewshot", "0 to");
        assertRefused(
                TaskYaml.CHOICE + "filter_list: [{name: f, filter: [{function: guess}]}]\n", "'guess'", "take_first");
        assertRefused(
                TaskYaml.CHOICE + "filter_list: [{name: f, filter: [{function: regex, regex_pattern: '('}]}]\n",
                "regex_pattern");
        assertRefused(TaskYaml.CHOICE.replace("{{question}}", "a\\n{{question"), "doc_to_text", "line 2");
        assertRefused(TaskYaml.CHOICE + "include: nowhere.yaml\n", "include", "nowhere.yaml");
        assertRefused(TaskYaml.CHOICE + "include: t.yaml\n", "includes itself");
    }

    @Test
    void namesFileAndLineOfWhatIsRefused() throws IOException {
        assertRefused(
                TaskYaml.CHOICE + "metric_list:\n  - metric: acc\n  - metric: chrf\n",
                "t.yaml, line 9, task t: metric_list[1]: metric: ");
        assertRefused(
                TaskYaml.CHOICE
                        + "filter_list:\n  - name: f\n    filter:\n      - function: regex\n        ignore: 1\n",
                "line 11, task t: filter_list[0]: filter[0]: ignore: ");
        assertRefused(TaskYaml.CHOICE + "doc_to_image: picture\n", "line 7", "doc_to_image", "not supported");
        Files.writeString(folder.resolve("other.inc"), "description: none\nrepeats: many\n");
        assertRefused(TaskYaml.CHOICE + "include: other.inc\n", "other.inc, line 2, task t: repeats: ");
        assertRefused(
                TaskYaml.CHOICE.replace("multiple_choice", "generate_until")
                        + "filter_list: [{name: f, filter: [{function: take_first}, {function: lowercase}]}]\n",
                "take_first to the end");
        assertRefused(
                TaskYaml.CHOICE.replace("multiple_choice", "generate_until")
                        + "repeats: 2\nfilter_list: [{name: f, filter: [{function: take_first_k, k: 3}]}]\n",
                "k: 3 answers",
                "repeats is 2");
        assertRefused(
                TaskYaml.CHOICE + "metric_list: [{metric: acc, ignore_case: true}]\n", "ignore_case", "not a setting");
        assertRefused(
                TaskYaml.CHOICE + "metric_list: [{metric: f1, aggregation: mean}]\n", "'mean'", "matthews_corrcoef");
    }

    @Test
    void putsAGroupsSettingsOverItsTasks() throws IOException {
        Files.writeString(folder.resolve("t.yaml"), TaskYaml.CHOICE + "tag: tagged\n");
        Files.writeString(folder.resolve("u.yaml"), TaskYaml.CHOICE.replace("task: t", "task: u") + "num_fewshot: 0\n");
        Files.writeString(
                folder.resolve("g.yaml"),
                "group: g\ndescription: of the group\ntask:\n  - tagged\n  - {task: u, num_fewshot: 3}\n"
                        + "  - {group: inner, task: [t]}\n  - {task: v, test_split: test, doc_to_text: a, doc_to_target: b, repeats: 0}\n");
        TaskLibrary library = new TaskLibrary();
        library.add(folder);
        assertThatThrownBy(() -> library.select(List.of("g")))
                .hasMessageContaining("g.yaml, line 7, task g::v: repeats");
        Files.writeString(
                folder.resolve("g.yaml"),
                Files.readString(folder.resolve("g.yaml")).replace("repeats: 0", "repeats: 1"));
        TaskLibrary mended = new TaskLibrary();
        mended.add(folder);
        TaskLibrary.Selection selection = mended.select(List.of("g"));
        assertThat(selection.tasks().stream().map(TaskDefinition::name)).containsExactly("t", "u", "g::v");
        assertThat(selection.tasks()).allMatch(task -> task.description().equals("of the group"));
        assertThat(selection.tasks().get(1).fewShot().count()).isEqualTo(3);
        assertThat(selection.groups().stream().map(GroupDefinition::name)).containsExactly("g::inner", "g");
        assertThat(selection.groups().getLast().children()).containsExactly("t", "u", "g::inner", "g::v");
        assertThatThrownBy(() -> mended.select(List.of("t", "g"))).hasMessageContainingAll("twice", "description");
        TaskDefinition never = mended.select(List.of("u")).tasks().getFirst();
        assertThat(never.withExamples(5).fewShot().count())
                .as("a task that says 0 keeps it")
                .isZero();
    }

    @Test
    void takesWhatHasNoEffectInTheHarnessEither() throws IOException {
        assertThat(TaskYaml.task(folder, TaskYaml.CHOICE + "metric_list: [{metric: acc, weight_by_size: true}]\n")
                        .metrics())
                .hasSize(1);
        String written = "task: t\ntest_split: test\ndoc_to_text: a\ndoc_to_target: b\ngeneration_kwargs: ";
        assertThat(TaskYaml.task(folder, written + "{num_beams: 1}\n")
                        .generation()
                        .temperature())
                .isZero();
        assertRefused(written + "{num_beams: 4}\n", "num_beams", "from 1 to 1, not 4");
    }

    @Test
    void refusesTwoTasksOfOneName() throws IOException {
        Files.writeString(folder.resolve("a.yaml"), TaskYaml.CHOICE);
        assertRefused(TaskYaml.CHOICE, "two tasks are called t", "a.yaml", "t.yaml");
    }

    private static List<String> names(TaskLibrary.Selection selection) {
        return selection.tasks().stream().map(TaskDefinition::name).toList();
    }

    @Test
    void selectsByPatternsOfNamesAndByPaths() throws IOException {
        for (String name : List.of("set_b", "set_a", "other")) {
            Files.writeString(folder.resolve(name + ".yaml"), TaskYaml.CHOICE.replace("task: t", "task: " + name));
        }
        Files.createDirectories(folder.resolve("inner"));
        Files.writeString(folder.resolve("inner/x.yaml"), TaskYaml.CHOICE.replace("task: t", "task: x"));
        TaskLibrary library = new TaskLibrary();
        library.add(folder);
        assertThat(names(library.select(List.of("set_*")))).containsExactly("set_a", "set_b");
        assertThat(names(library.select(List.of("other", "set_?"))))
                .as("in the order of what asks for them")
                .containsExactly("other", "set_a", "set_b");
        assertThat(names(library.select(List.of("set_[!a]")))).containsExactly("set_b");
        assertThatThrownBy(() -> library.select(List.of("nothing_*"))).hasMessageContaining("nothing_*");
        TaskLibrary none = new TaskLibrary();
        assertThat(names(none.select(List.of(folder.resolve("other.yaml").toString()))))
                .containsExactly("other");
        assertThat(names(none.select(List.of(folder.toString()))))
                .as("those that lie in the folder itself")
                .containsExactly("other", "set_a", "set_b");
        Files.writeString(folder.resolve("inner/y.yaml"), "description: no task\n");
        assertThatThrownBy(
                        () -> none.select(List.of(folder.resolve("inner/y.yaml").toString())))
                .hasMessageContaining("names no task");
    }

    @Test
    void anotherFileThatIsWrongHindersNoTask() throws IOException {
        Files.writeString(folder.resolve("compose.yaml"), "- a list\n");
        Files.writeString(folder.resolve("u.yaml"), TaskYaml.CHOICE.replace("task: t", "task: u"));
        Files.writeString(folder.resolve("v.yaml"), TaskYaml.CHOICE.replace("task: t", "task: u"));
        assertThat(TaskYaml.task(folder, TaskYaml.CHOICE).name()).isEqualTo("t");
        TaskLibrary library = new TaskLibrary();
        library.add(folder);
        assertThatThrownBy(() -> library.select(List.of("u"))).hasMessageContaining("two tasks are called u");
        assertThatThrownBy(() -> library.select(List.of("w")))
                .hasMessageContainingAll("called w", "1 files could not be read", "compose.yaml");
        assertThatThrownBy(() -> library.add(folder.resolve("compose.yaml")))
                .as("a file that is asked for by its own name")
                .hasMessageContaining("must be a mapping");
    }
}
