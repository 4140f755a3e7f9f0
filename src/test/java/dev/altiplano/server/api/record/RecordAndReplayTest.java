package dev.altiplano.server.api.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.Family;
import dev.altiplano.server.TestServer;
import dev.altiplano.tool.Commands;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What a service records, the same one answers again with the same bits. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RecordAndReplayTest {

    private static final String CHAT =
            "{\"messages\":[{\"role\":\"user\",\"content\":\"Tell me a story.\"}],\"max_tokens\":9";
    private static final String PROMPT = "{\"prompt\":\"Once upon a time\",\n \"max_tokens\":9";

    private Path folder;
    private TestServer server;
    private Path file;
    private List<String> lines;
    private Path replayed;
    private String unrecorded;

    @BeforeAll
    void record(@TempDir Path given) {
        folder = given;
        file = folder.resolve("requests.jsonl");
        server = TestServer.ready(
                "--altiplano.model.path=src/main/resources/model/demo-instruct",
                "--altiplano.engine.context-length=256",
                "--altiplano.engine.max-sequences=4",
                "--altiplano.api.record=" + file);
        post("/v1/completions", PROMPT + ",\"temperature\":0}");
        post("/v1/completions", PROMPT + "}");
        post(
                "/v1/completions",
                PROMPT + ",\"stream\":true,\"seed\":7,\"n\":2,\"stream_options\":{\"include_usage\":true}}");
        post("/v1/completions", "{\"prompt\":[\"The dog\",\"The dog\"],\"best_of\":3,\"echo\":true,\"logprobs\":2}");
        post("/v1/completions", PROMPT + ",\"guided_regex\":\"[a-z ]{3,9}\"}");
        post("/v1/chat/completions", CHAT + "}");
        post("/v1/chat/completions", CHAT + ",\"stream\":true,\"top_logprobs\":3,\"logprobs\":true}");
        post("/v1/chat/completions", CHAT + ",\"response_format\":{\"type\":\"json_object\"}}");
        post("/v1/embeddings", "{\"input\":[\"one\",\"two three\"],\"dimensions\":8}");
        // What is refused has no answer.
        unrecorded = server.post("/v1/completions", "{\"prompt\":\"a\",\"temperature\":9}")
                .body();
        Awaitility.await()
                .until(() -> Files.exists(file) && Files.readAllLines(file).size() == 9);
        try {
            lines = Files.readAllLines(file);
            replayed = Files.write(folder.resolve("replayed.jsonl"), lines);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void post(String path, String body) {
        assertThat(server.post(path, body).statusCode()).as(body).isEqualTo(200);
    }

    @AfterAll
    void close() {
        server.close();
    }

    @Test
    void oneLineForEachAnswer() {
        assertThat(unrecorded).contains("temperature");
        assertThat(server.metric("altiplano_recorded_requests_total{result=\"written\"}"))
                .isGreaterThanOrEqualTo(9);
        assertThat(server.metric("altiplano_recorded_requests_total{result=\"lost\"}"))
                .isZero();
        JsonNode first = TestServer.JSON.readTree(lines.getFirst());
        assertThat(first.path("route").asString()).isEqualTo("/v1/completions");
        assertThat(first.path("outcome").asString()).isEqualTo("completed");
        assertThat(first.path("fingerprint").asString()).matches("fp_[0-9a-f]{8}");
        assertThat(first.path("body").path("prompt").asString()).isEqualTo("Once upon a time");
        assertThat(first.path("choices").path(0).path("ids").size()).isPositive();
        assertThat(TestServer.JSON.readTree(lines.get(2)).path("seed").asLong()).isEqualTo(7);
        assertThat(TestServer.JSON.readTree(lines.get(3)).path("choices").size())
                .isEqualTo(2);
    }

    /** A recording adds no event to a stream whose tokens nobody wanted scored. */
    @Test
    void clientsSeeNothingOfIt() {
        for (JsonNode event : server.stream(PROMPT + ",\"stream\":true}")) {
            JsonNode choice = event.path("choices").path(0);
            assertThat(choice.path("logprobs").isNull()).isTrue();
            assertThat(choice.path("text").asString().isEmpty()
                            && choice.path("finish_reason").isNull())
                    .isFalse();
        }
    }

    /** What the answers of a replay add to the recording is not part of it. */
    @Test
    void aRecordingMayBeReplayedWhileItIsWritten() {
        Replay replay = replay(file, "--base-url", server.uri("").toString());
        assertThat(replay.status()).as(replay.text()).isZero();
    }

    @Test
    void theSameServiceAnswersWithTheSameBits() {
        Replay replay = replay(replayed, "--base-url", server.uri("").toString());
        assertThat(replay.status()).as(replay.text()).isZero();
        assertThat(replay.text()).contains("answers have the same bits, 0 differ");
        assertThat(replay.text()).doesNotContain("not compared");
    }

    /** They have the fingerprint of the adapter, not that of the model. */
    @Test
    void answersOfAnAdapterAreComparedToo() {
        Path adapters = Family.FOLDER.resolve("adapters");
        Path recorded = folder.resolve("adapter.jsonl");
        try (TestServer base = TestServer.ready(
                "--altiplano.model.path=" + adapters.resolve("base"),
                "--altiplano.adapters.legal=" + adapters.resolve("all").toAbsolutePath(),
                "--altiplano.api.record=" + recorded)) {
            base.post("/v1/completions", PROMPT + ",\"model\":\"legal\"}");
            base.post("/v1/embeddings", "{\"input\":\"one\",\"model\":\"legal\"}");
            base.post("/v1/completions", PROMPT + "}");
            Awaitility.await().until(() -> Files.readAllLines(recorded).size() == 3);
            Replay replay = replay(recorded, "--base-url", base.uri("").toString());
            assertThat(replay.status()).as(replay.text()).isZero();
            assertThat(replay.text())
                    .contains("3 answers have the same bits, 0 differ")
                    .doesNotContain("not compared");
        }
        try (TestServer without = TestServer.ready("--altiplano.model.path=" + adapters.resolve("base"))) {
            Replay replay = replay(recorded, "--base-url", without.uri("").toString());
            assertThat(replay.status()).isOne();
            assertThat(replay.text()).contains("the fingerprint of \"legal\" is not known: it answers 404");
        }
    }

    @Test
    void anAnswerThatIsNotTheSameIsNamed() throws IOException {
        Path edited = folder.resolve("edited.jsonl");
        String line = lines.get(1);
        int mark = line.indexOf("\"marks\":\"") + "\"marks\":\"".length() + 2 * 4;
        char other = line.charAt(mark) == '0' ? '1' : '0';
        Files.write(
                edited,
                List.of(lines.getFirst(), line.substring(0, mark) + other + line.substring(mark + 1), lines.get(5)));
        Replay replay = replay(edited, "--base-url", server.uri("/v1").toString(), "--speed", "1000");
        assertThat(replay.status()).isOne();
        assertThat(replay.text())
                .contains("line 2, /v1/completions: choice 0: token 2 has another log probability")
                .contains("2 answers have the same bits, 1 differ");
    }

    @Test
    void anotherModelIsTold() throws IOException {
        String other = TestServer.shared().uri("").toString();
        Replay replay = replay(replayed, "--base-url", other);
        assertThat(replay.status()).as(replay.text()).isZero();
        assertThat(replay.text()).contains("0 answers have the same bits, 0 differ", "promises other bits");
        Path one = Files.write(folder.resolve("one.jsonl"), List.of(lines.getFirst()));
        replay = replay(one, "--base-url", other, "--any-fingerprint");
        assertThat(replay.status()).as(replay.text()).isOne();
        assertThat(replay.text()).contains("line 1, /v1/completions: choice 0: token 0");
    }

    @Test
    void aModelIsServedByAProcessOfItsOwn() throws IOException {
        Path some = Files.write(folder.resolve("some.jsonl"), List.of(lines.get(1), lines.get(5), lines.get(8)));
        Replay replay = replay(
                some,
                "src/main/resources/model/demo-instruct",
                "--set",
                "altiplano.engine.context-length=256",
                "--set",
                "altiplano.engine.kv-cache-size=64MB");
        assertThat(replay.status()).as(replay.text()).isZero();
        assertThat(replay.text())
                .contains("3 answers have the same bits, 0 differ")
                .doesNotContain("broke off");
    }

    @Test
    void whatIsNoRecordingIsRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("other.jsonl"), "{\"answer\":1}\n");
        String base = server.uri("").toString();
        assertThat(replay(file, "--base-url", base).text()).contains("line 1: \"answer\" must be");
        assertThat(replay(file, "--base-url", base, "model").status()).isEqualTo(2);
        Path empty = Files.writeString(folder.resolve("empty.jsonl"), "{\"half a line");
        assertThat(replay(empty, "--base-url", base).text()).contains("no request that can be compared");
    }

    private record Replay(int status, String text) {}

    private static Replay replay(Path file, String... arguments) {
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text, true);
        String[] all = new String[arguments.length + 2];
        all[0] = "replay";
        all[1] = file.toString();
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        int status = Commands.run(out, out, all);
        return new Replay(status, text.toString());
    }
}
