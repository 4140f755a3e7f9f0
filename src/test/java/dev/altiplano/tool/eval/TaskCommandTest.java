package dev.altiplano.tool.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.altiplano.engine.Engine;
import dev.altiplano.engine.EngineObserver;
import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.GenerationRequest;
import dev.altiplano.engine.Logprobs;
import dev.altiplano.engine.Prompt;
import dev.altiplano.engine.StreamEvent;
import dev.altiplano.engine.TokenScore;
import dev.altiplano.engine.TokenStream;
import dev.altiplano.engine.run.Engines;
import dev.altiplano.tool.Commands;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code eval} with tasks and texts on the embedded model. */
final class TaskCommandTest {

    private static final String MODEL = "src/main/resources/model/demo";
    private static final String TASKS = "src/test/resources/evaluation/tasks";

    @TempDir
    private Path folder;

    private static String run(int code, String... arguments) {
        StringWriter printed = new StringWriter();
        PrintWriter out = new PrintWriter(printed);
        assertThat(Commands.run(out, out, arguments)).as(printed.toString()).isEqualTo(code);
        return printed.toString();
    }

    @Test
    void runsTasksAndComparesTwoRuns() throws IOException {
        String json = folder.resolve("a.json").toString();
        String html = folder.resolve("a.html").toString();
        String printed = run(
                0,
                "eval",
                MODEL,
                "--task-files",
                TASKS,
                "--tasks",
                "all_colours,texts",
                "--json",
                json,
                "--html",
                html,
                "--bootstrap",
                "100",
                "--watts",
                "50");
        assertThat(printed)
                .contains("| colours | 1.0 | none | 2 | acc | ↑ | ")
                .contains("| all_colours | 2 | none |  | acc |")
                .contains("word_perplexity");
        JsonNode results = new JsonMapper().readTree(Files.readString(Path.of(json)));
        assertThat(results.path("results").path("colours").path("acc,none").isNumber())
                .isTrue();
        assertThat(results.path("n-samples").path("colours").path("effective").asInt())
                .isEqualTo(3);
        assertThat(results.at("/calibration/colours/bins")).hasSize(10);
        assertThat(results.at("/run/joules_per_right_answer").asDouble())
                .isGreaterThan(results.at("/run/joules_per_token").asDouble());
        assertThat(printed).contains(" J a token, ").contains(" J a right answer, ");
        assertThat(Files.readString(Path.of(html)))
                .contains("<svg")
                .contains("colours acc,none")
                .contains("calibration of all tasks")
                .contains("seconds of each task");
        String other = folder.resolve("b.json").toString();
        run(
                0,
                "eval",
                MODEL,
                "--task-files",
                TASKS,
                "--tasks",
                "all_colours,texts",
                "--json",
                other,
                "--bootstrap",
                "100",
                "--weights",
                "q4_0");
        assertThat(run(0, "eval", "--compare", json, other))
                .contains("| colours | acc,none | ")
                .contains("by documents");
    }

    /** The perplexity of whole texts from each token's log probability, as the engine reports them. */
    @Test
    void hasThePerplexityOfTheTokensLogProbabilities() throws InterruptedException, IOException {
        String json = folder.resolve("texts.json").toString();
        run(0, "eval", MODEL, "--task-files", TASKS, "--tasks", "texts", "--json", json);
        double nats = 0;
        int bytes = 0;
        try (Engine engine =
                Engines.open(EngineOptions.of(Path.of(MODEL), "m"), (phase, done, total) -> {}, EngineObserver.NONE)) {
            for (String text :
                    List.of("The cat sat on the mat.", "A  second text\nof two lines and some more words.")) {
                bytes += text.length();
                int[] ids = engine.tokenize(text, true);
                int[] begun = new int[ids.length + 1];
                begun[0] = engine.card().bos();
                System.arraycopy(ids, 0, begun, 1, ids.length);
                nats -= logprob(engine, begun);
            }
        }
        JsonNode result = new JsonMapper()
                .readTree(Files.readString(Path.of(json)))
                .path("results")
                .path("texts");
        assertThat(result.path("byte_perplexity,none").asDouble()).isEqualTo(Math.exp(nats / bytes), within(1e-9));
        assertThat(result.path("word_perplexity,none").asDouble()).isEqualTo(Math.exp(nats / 16), within(1e-2));
    }

    private static double logprob(Engine engine, int[] ids) throws InterruptedException {
        TokenStream stream =
                engine.submit(GenerationRequest.of("t", new Prompt.Ids(ids), 0).with(new Logprobs(0, 0))).stream();
        double sum = 0;
        while (true) {
            StreamEvent event = Objects.requireNonNull(stream.next(Duration.ofMinutes(2)));
            if (event instanceof StreamEvent.PromptScored(int prompt, List<TokenScore> tokens)) {
                for (TokenScore token : tokens.subList(1, tokens.size())) {
                    sum += token.logprob();
                }
            } else if (event instanceof StreamEvent.Ended) {
                return sum;
            }
        }
    }

    @Test
    void measuresTextsAndDivergence() throws IOException {
        Path text = folder.resolve("text.txt");
        Files.writeString(text, "One day, Ana found a small box near the old mill. She asked her friend. ".repeat(40));
        assertThat(run(0, "eval", MODEL, text.toString(), "--perplexity", "--context", "64", "--chunks", "3"))
                .startsWith("perplexity ")
                .contains("93 tokens in 3 chunks of 64");
        String same = run(0, "eval", MODEL, text.toString(), "--divergence", "--context", "64", "--chunks", "2");
        assertThat(same).contains("| `file` | `auto` | 0.000000 | 0.000000 |").contains("100.00 ± 0.00");
        String other = run(
                0,
                "eval",
                MODEL,
                text.toString(),
                "--divergence",
                "--context",
                "64",
                "--chunks",
                "2",
                "--weights",
                "q8_0,q4_0",
                "--reference-weights",
                "f32",
                "--reference-kv-format",
                "f32",
                "--watts",
                "50",
                "--html",
                folder.resolve("divergence.html").toString());
        assertThat(Files.readString(folder.resolve("divergence.html")))
                .contains("<svg")
                .contains("q4_0, auto")
                .contains("J/token");
        List<String> rows =
                other.lines().filter(line -> line.startsWith("| `q")).toList();
        double q8 = Double.parseDouble(rows.get(0).split("\\|")[3].strip());
        double q4 = Double.parseDouble(rows.get(1).split("\\|")[3].strip());
        assertThat(q8).isPositive().isLessThan(q4);
        assertThat(run(1, "eval", MODEL, text.toString(), "--perplexity", "--context", "100000"))
                .contains("fewer than one chunk");
    }

    @Test
    void saysWhatIsMissing() {
        assertThat(run(1, "eval", MODEL, "--task-files", TASKS, "--tasks", "nothing"))
                .contains("called nothing");
        assertThat(run(1, "eval", MODEL, "--tasks", "x", "--task-files", "/nowhere"))
                .contains("/nowhere");
        assertThat(run(2, "eval", MODEL, "--perplexity")).contains("Which text?");
        assertThat(run(1, "eval", MODEL, "--task-files", TASKS, "--tasks", "texts", "--as", "x"))
                .contains("--as = x");
    }
}
