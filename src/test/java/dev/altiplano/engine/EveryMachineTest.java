package dev.altiplano.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.EngineOptions.Decoding;
import dev.altiplano.engine.TestEngines.Settings;
import dev.altiplano.engine.run.Engines;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** By one rule a model of each format gives the recorded bits on every instruction set, wherever this runs. */
@Execution(ExecutionMode.CONCURRENT)
final class EveryMachineTest {

    /** A line for each model: its file, in which format it is held, and the digest of what it answers. */
    private static final Path RECORDED = Path.of("src/test/resources/reference/every-machine.tsv");

    record Model(String file, String weights, String digest) {
        @Override
        public String toString() {
            return file + " held as " + weights;
        }
    }

    static Stream<Model> models() throws Exception {
        return Files.readAllLines(RECORDED).stream()
                .map(line -> line.split("\t"))
                .map(part -> new Model(part[0], part[1], part[2]));
    }

    @ParameterizedTest
    @MethodSource("models")
    void givesTheRecordedBits(Model model) throws Exception {
        for (String backend : TestBackends.here()) {
            EngineOptions options = Settings.of(model.file())
                    .weights(model.weights())
                    .backend(backend)
                    .options()
                    .with(new Decoding(true, false));
            try (Engine engine = Engines.open(options, (phase, done, total) -> {}, EngineObserver.NONE)) {
                assertThat(digest(engine)).as(backend).isEqualTo(model.digest());
            }
        }
    }

    /** Of the ids and log probabilities of a prompt, a greedy answer and a drawn one. */
    private static String digest(Engine engine) throws Exception {
        Requests asked = Requests.text("Once upon a time, the teacher carried a lantern to the market.")
                .ignoreEos()
                .logprobs(2);
        List<String> answers = new ArrayList<>();
        for (Requests request :
                List.of(asked.maxTokens(20).scorePrompt(), asked.maxTokens(20).sampled(0.8f, 0.9f, 7))) {
            Completed answer = Completed.of(engine.submit(request.build()));
            answers.add(answer.promptScores() + " " + answer.scores());
        }
        byte[] text = answers.toString().getBytes(StandardCharsets.UTF_8);
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text), 0, 16);
    }
}
