package dev.altiplano.evaluation.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.altiplano.evaluation.EvaluationException;
import dev.altiplano.evaluation.protocol.AskedDocument;
import dev.altiplano.evaluation.protocol.Convention;
import dev.altiplano.evaluation.protocol.FakeModel;
import dev.altiplano.evaluation.protocol.ModelAnswer;
import dev.altiplano.evaluation.protocol.ModelRequest;
import dev.altiplano.evaluation.protocol.RequestEncoder;
import dev.altiplano.evaluation.protocol.TaskPrompts;
import dev.altiplano.evaluation.report.SampleFiles;
import dev.altiplano.evaluation.statistic.Calibration;
import dev.altiplano.evaluation.task.DocumentFiles;
import dev.altiplano.evaluation.task.TaskDefinition;
import dev.altiplano.evaluation.taskfile.TaskLibrary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tasks on a model whose log probabilities are known, so that every value can be reckoned by hand. */
final class EvaluationTest {

    private static final Path TASKS = Path.of("src/test/resources/evaluation/tasks");

    private final FakeModel model = new FakeModel(400);

    private EvaluationResult run(Journal journal, String... names) throws InterruptedException {
        return run(model, journal, names);
    }

    private static EvaluationResult run(FakeModel model, Journal journal, String... names) throws InterruptedException {
        TaskLibrary library = new TaskLibrary();
        library.add(TASKS);
        RequestEncoder encoder = RequestEncoder.of(model, Convention.HF);
        return Evaluation.of(model, encoder, new DocumentFiles(null), journal)
                .run(library.select(List.of(names)), EvaluationProgress.NONE);
    }

    private static Map<String, MetricResult> metrics(EvaluationResult result, String task) {
        return result.results().stream()
                .filter(one -> one.name().equals(task))
                .findFirst()
                .orElseThrow()
                .metrics()
                .stream()
                .collect(Collectors.toMap(MetricResult::key, metric -> metric));
    }

    /** The summed log probability of a text's bytes under the model. */
    private static double logprob(String text) {
        double sum = 0;
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            sum += FakeModel.logprob((b & 0xff) + 3);
        }
        return sum;
    }

    private static AskedDocument asked(String task, int number) {
        TaskLibrary library = new TaskLibrary();
        library.add(TASKS);
        TaskDefinition definition = library.select(List.of(task)).tasks().getFirst();
        return new TaskPrompts(definition, new DocumentFiles(null)).asked(10).get(number);
    }

    /** Contexts that Jinja 3.1 and CPython's random wrote for the same documents. */
    @Test
    void writesTheHarnessContexts() {
        String[] expected = {
            "Question: What colour is coal?\nAnswer: black\n\nQuestion: What colour is grass?\nAnswer: green\n\n"
                    + "Question: What colour is the sky?\nAnswer:",
            "Question: What colour is grass?\nAnswer: green\n\nQuestion: What colour is a flamingo?\nAnswer: pink\n\n"
                    + "Question: What colour is a banana?\nAnswer:",
            "Question: What colour is a lemon?\nAnswer: yellow\n\nQuestion: What colour is grass?\nAnswer: green\n\n"
                    + "Question: What colour is an orange?\nAnswer:"
        };
        for (int i = 0; i < expected.length; i++) {
            ModelRequest.Continuation request =
                    (ModelRequest.Continuation) asked("colours", i).requests().getFirst();
            assertThat(request.context()).isEqualTo(expected[i]);
            assertThat(request.continuation()).startsWith(" ");
        }
    }

    @Test
    void choosesByLikelihoodPlainAndByCharacters() throws InterruptedException {
        Map<String, MetricResult> metrics = metrics(run(Journal.none(), "colours"), "colours");
        List<List<String>> choices = List.of(
                List.of("green", "blue", "red"), List.of("yellow", "grün"), List.of("orange", "violet", "black"));
        int[] labels = {1, 0, 0};
        double right = 0;
        double rightNorm = 0;
        for (int i = 0; i < 3; i++) {
            int best = 0;
            int bestNorm = 0;
            List<String> of = choices.get(i);
            for (int j = 1; j < of.size(); j++) {
                best = logprob(" " + of.get(j)) > logprob(" " + of.get(best)) ? j : best;
                double norm = logprob(" " + of.get(j)) / of.get(j).length();
                bestNorm = norm
                                > logprob(" " + of.get(bestNorm))
                                        / of.get(bestNorm).length()
                        ? j
                        : bestNorm;
            }
            right += best == labels[i] ? 1 : 0;
            rightNorm += bestNorm == labels[i] ? 1 : 0;
        }
        assertThat(metrics.get("acc,none").value()).isEqualTo(right / 3);
        assertThat(metrics.get("acc_norm,none").value()).isEqualTo(rightNorm / 3);
        double p = right / 3;
        assertThat(metrics.get("acc,none").standardError()).isEqualTo(Math.sqrt(p * (1 - p) / 2), within(1e-15));
    }

    @Test
    void knowsHowSureTheModelWasAndHowLongItTook() throws InterruptedException {
        EvaluationResult result = run(Journal.none(), "all_colours");
        Calibration calibration = result.results().getFirst().calibration();
        assertThat(calibration.answers()).isEqualTo(3);
        double right = calibration.bins().stream()
                .filter(bin -> bin.count() > 0)
                .mapToDouble(bin -> bin.count() * bin.accuracy())
                .sum();
        MetricResult accuracy = metrics(result, "colours").get("acc,none");
        assertThat(right).isEqualTo(3 * accuracy.value(), within(1e-12));
        // Of the choices of the first question; the model does not look at contexts.
        double best = List.of(" green", " blue", " red").stream()
                .mapToDouble(choice -> Math.exp(logprob(choice)))
                .max()
                .orElseThrow();
        double all = List.of(" green", " blue", " red").stream()
                .mapToDouble(choice -> Math.exp(logprob(choice)))
                .sum();
        assertThat(calibration.bins().get(Math.min(9, (int) (10 * best / all))).count())
                .isPositive();
        TaskResult group = result.results().getLast();
        assertThat(group.calibration().answers()).isEqualTo(6);
        assertThat(group.seconds()).isCloseTo(result.seconds(), within(1e-9 + result.seconds() * 1e-9));
        assertThat(result.rightAnswers())
                .isEqualTo(Math.round(3 * accuracy.value()
                        + 3 * metrics(result, "colours_bytes").get("acc,none").value()));
    }

    /** The lines that others read: the harness' names, and a line for each text of a document with a task_id. */
    @Test
    void writesSamples(@TempDir Path folder) throws IOException, InterruptedException {
        Path tasks = Files.createDirectory(folder.resolve("tasks"));
        Files.writeString(
                tasks.resolve("code.yaml"),
                "task: code\ntest_split: test\ndoc_to_text: prompt\ndoc_to_target: ''\nrepeats: 2\nmetric_list: []\n"
                        + "generation_kwargs: {until: [\"\\n\"], do_sample: true, temperature: 0.8}\n");
        Files.writeString(
                folder.resolve("test.jsonl"),
                "{\"task_id\": \"T/0\", \"prompt\": \"1+1=\"}\n{\"task_id\": \"T/1\", \"prompt\": \"2+2=\"}\n");
        TaskLibrary library = new TaskLibrary();
        library.add(TASKS);
        library.add(tasks);
        Path out = folder.resolve("out");
        EvaluationResult result;
        try (SampleFiles samples = SampleFiles.in(out)) {
            result = new Evaluation(
                            model,
                            RequestEncoder.of(model, Convention.HF),
                            new DocumentFiles(folder),
                            Journal.none(),
                            Integer.MAX_VALUE,
                            10,
                            1234,
                            null,
                            samples)
                    .run(library.select(List.of("code")), EvaluationProgress.NONE);
        }
        assertThat(result.results().getFirst().metrics()).isEmpty();
        assertThat(result.rightAnswers()).isZero();
        List<JsonNode> completions = lines(out.resolve("completions_code.jsonl"));
        assertThat(completions).hasSize(4);
        assertThat(completions.get(2).get("task_id").asString()).isEqualTo("T/1");
        assertThat(completions.get(2).get("completion").asString()).isNotEmpty();
        JsonNode sample = lines(out.resolve("samples_code.jsonl")).get(1);
        assertThat(sample.get("doc_id").asInt()).isEqualTo(1);
        assertThat(sample.at("/doc/prompt").asString()).isEqualTo("2+2=");
        assertThat(sample.at("/arguments/gen_args_0/arg_0").asString()).isEqualTo("2+2=");
        assertThat(sample.at("/resps/0")).hasSize(2);
        assertThat(sample.at("/resps/0/0").asString())
                .isEqualTo(completions.get(2).get("completion").asString());
        assertThat(sample.at("/filtered_resps/0").asString())
                .isEqualTo(sample.at("/resps/0/0").asString());
    }

    @Test
    void writesSamplesOfChoices(@TempDir Path folder) throws IOException, InterruptedException {
        TaskLibrary library = new TaskLibrary();
        library.add(TASKS);
        try (SampleFiles samples = SampleFiles.in(folder)) {
            EvaluationResult ignored = new Evaluation(
                            model,
                            RequestEncoder.of(model, Convention.HF),
                            new DocumentFiles(null),
                            Journal.none(),
                            Integer.MAX_VALUE,
                            10,
                            1234,
                            null,
                            samples)
                    .run(library.select(List.of("colours")), EvaluationProgress.NONE);
        }
        List<JsonNode> lines = lines(folder.resolve("samples_colours.jsonl"));
        assertThat(lines).hasSize(3);
        assertThat(lines.getFirst().get("target").asInt()).isEqualTo(1);
        assertThat(lines.getFirst().at("/arguments/gen_args_2/arg_1").asString())
                .isEqualTo(" red");
        assertThat(lines.getFirst().at("/resps/2/0/0").asDouble()).isEqualTo(logprob(" red"), within(1e-9));
        assertThat(lines.getFirst().get("acc").isNumber()).isTrue();
    }

    private static List<JsonNode> lines(Path file) throws IOException {
        return Files.readAllLines(file).stream().map(new JsonMapper()::readTree).toList();
    }

    @Test
    void hasThePapersNormalization() throws InterruptedException {
        AskedDocument asked = asked("colours_bytes", 0);
        // Choices after the question, after nothing, and after "Answer:".
        assertThat(asked.requests()).hasSize(9);
        assertThat(asked.requests().get(3)).isEqualTo(new ModelRequest.Continuation("", " green"));
        assertThat(asked.requests().get(8)).isEqualTo(new ModelRequest.Continuation("Answer:", " red"));
        assertThat(((ModelRequest.Continuation) asked.requests().getFirst()).context())
                .isEqualTo("Colours of things.\n\nWhat colour is the sky?");
        // This model does not look at contexts, so that nothing is left of the differences, and the first choice is
        // taken.
        Map<String, MetricResult> metrics = metrics(run(Journal.none(), "colours_bytes"), "colours_bytes");
        assertThat(metrics.get("acc_norm_answer,none").documents()).containsExactly(0.0, 1.0, 1.0);
        assertThat(metrics.get("acc_mutual_info,none").documents()).containsExactly(0.0, 1.0, 1.0);
        assertThat(metrics.get("exact_match,none").value()).isZero();
    }

    @Test
    void weighsGroupsBySize() throws InterruptedException {
        EvaluationResult result = run(Journal.none(), "all_colours");
        double first = metrics(result, "colours").get("acc,none").value();
        double second = metrics(result, "colours_bytes").get("acc,none").value();
        assertThat(metrics(result, "all_colours").get("acc,none").value()).isEqualTo((3 * first + 3 * second) / 6);
        assertThat(result.results().getLast().version()).isEqualTo("2");
    }

    @Test
    void votesAmongRepeatedAnswers() throws InterruptedException {
        EvaluationResult result = run(Journal.none(), "sums");
        Map<String, MetricResult> metrics = metrics(result, "sums");
        // The model writes 7, 7, 8, 7, 7 for every sum.
        assertThat(metrics.get("exact_match,first").documents()).containsExactly(1.0, 0.0, 0.0);
        assertThat(metrics.get("exact_match,maj@5").documents()).containsExactly(1.0, 0.0, 0.0);
    }

    @Test
    void countsWordsAndBytesOfWholeTexts() throws InterruptedException {
        Map<String, MetricResult> metrics = metrics(run(Journal.none(), "texts"), "texts");
        String first = "The cat sat on the mat.";
        String second = "A  second text\nof two lines and some more words.";
        // The beginning of sequence stands inside the text as well, as the harness' hf model has it.
        double nats = logprob(first) + logprob(second) + 2 * FakeModel.logprob(1);
        assertThat(metrics.get("word_perplexity,none").value()).isEqualTo(Math.exp(-nats / (6 + 10)), within(1e-9));
        assertThat(metrics.get("byte_perplexity,none").value())
                .isEqualTo(Math.exp(-nats / (first.length() + second.length())), within(1e-12));
        assertThat(metrics.get("bits_per_byte,none").value())
                .isEqualTo(-nats / (first.length() + second.length()) / Math.log(2), within(1e-12));
    }

    @Test
    void measuresAContinuation() throws InterruptedException {
        Map<String, MetricResult> metrics = metrics(run(Journal.none(), "last_word"), "last_word");
        assertThat(metrics.get("perplexity,none").value())
                .isEqualTo(Math.exp(-(logprob(" mat.") + logprob(" words.")) / 2), within(1e-9));
    }

    @Test
    void takesNoAnswerOfAnotherModelOfTheSameName(@TempDir Path folder) throws IOException, InterruptedException {
        Path file = folder.resolve("journal.jsonl");
        FakeModel other = new FakeModel(400, "the same in fewer bits");
        try (Journal journal = Journal.open(file)) {
            run(journal, "colours");
            run(other, journal, "colours");
            assertThat(other.scored()).hasSameSizeAs(model.scored());
            run(other, journal, "colours");
            assertThat(other.scored()).as("asked again").hasSameSizeAs(model.scored());
        }
    }

    @Test
    void goesOnWhereAKilledRunStopped(@TempDir Path folder) throws IOException, InterruptedException {
        Path file = folder.resolve("journal.jsonl");
        try (Journal journal = Journal.open(file)) {
            run(journal, "colours");
        }
        int asked = model.scored().size();
        List<String> lines = Files.readAllLines(file);
        assertThat(lines).hasSize(asked);
        // Three answers are lost, and the last line was being written.
        String kept = String.join("\n", lines.subList(0, asked - 3)) + "\n"
                + lines.getLast().substring(0, 20);
        Files.writeString(file, kept);
        EvaluationResult again;
        try (Journal journal = Journal.open(file)) {
            assertThat(journal.size()).isEqualTo(asked - 3);
            again = run(journal, "colours");
        }
        assertThat(model.scored()).hasSize(asked + 3);
        assertThat(metrics(again, "colours").get("acc,none").value())
                .isEqualTo(metrics(run(Journal.none(), "colours"), "colours")
                        .get("acc,none")
                        .value());
        Files.writeString(file, "{\"no\": 1}\n");
        assertThatThrownBy(() -> Journal.open(file))
                .isInstanceOf(EvaluationException.class)
                .hasMessageContaining("line 1");
    }

    @Test
    void opensAJournalThatWasCutAnywhere(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("journal.jsonl");
        try (Journal journal = Journal.open(file)) {
            journal.put("a", new ModelAnswer.Likelihood(-1, true, 1, 0));
            journal.put("b", new ModelAnswer.Written("{grün} 🌲", 0));
        }
        byte[] whole = Files.readAllBytes(file);
        int first = Files.readAllLines(file).getFirst().length() + 1;
        for (int cut = first; cut < whole.length; cut++) {
            Files.write(file, Arrays.copyOf(whole, cut));
            try (Journal journal = Journal.open(file)) {
                assertThat(journal.size()).as("cut at %s", cut).isEqualTo(1);
                journal.put("b", new ModelAnswer.Written("{grün} 🌲", 0));
            }
            assertThat(file).hasBinaryContent(whole);
        }
        // An earlier version left what was cut inside.
        Files.writeString(file, "{\"key\":\"c\",\"lo\n" + Files.readString(file));
        try (Journal journal = Journal.open(file)) {
            assertThat(journal.size()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a text",
                "a text\nof lines\n",
                "{\"question\": \"?\"}\n",
                "\n{\"question\": \"?\"}",
                "[1]\n",
                "null\n"
            })
    void leavesAFileThatIsNoJournalAsItIs(String text, @TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("other.jsonl"), text);
        assertThatThrownBy(() -> Journal.open(file))
                .isInstanceOf(EvaluationException.class)
                .hasMessageContaining(file + ", line ");
        assertThat(file).hasContent(text).hasSize(text.length());
    }

    /** As the harness reckons {@code --limit 0.5}: rounded up. */
    @Test
    void asksAPartOfTheDocuments() throws InterruptedException {
        TaskLibrary library = new TaskLibrary();
        library.add(TASKS);
        for (Map.Entry<Double, Integer> limit :
                Map.of(0.5, 2, 0.01, 1, 1.0, 1, 2.0, 2, 99.0, 3).entrySet()) {
            Evaluation evaluation = new Evaluation(
                    model,
                    RequestEncoder.of(model, Convention.HF),
                    new DocumentFiles(null),
                    Journal.none(),
                    limit.getKey(),
                    0,
                    1234,
                    null,
                    SampleSink.NONE);
            assertThat(evaluation
                            .run(library.select(List.of("colours")), EvaluationProgress.NONE)
                            .results()
                            .getFirst()
                            .documents())
                    .isEqualTo(limit.getValue());
        }
    }
}
