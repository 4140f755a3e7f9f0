package dev.altiplano.tool.convert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.Completed;
import dev.altiplano.engine.Engine;
import dev.altiplano.engine.EngineObserver;
import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.Family;
import dev.altiplano.engine.FinishReason;
import dev.altiplano.engine.Reference;
import dev.altiplano.engine.Requests;
import dev.altiplano.engine.TestEngines.Settings;
import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.load.CheckpointTokenizer;
import dev.altiplano.engine.load.Checkpoints;
import dev.altiplano.engine.run.Engines;
import dev.altiplano.engine.tokenizer.Tokenizer;
import dev.altiplano.tool.Commands;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Every kind of model and vocabulary, written as one GGUF file by merge and by quantize, is the model that it was. */
@Execution(ExecutionMode.CONCURRENT)
final class FamilyConversionTest {

    private static final JsonNode TOKENIZERS = Reference.read(Family.FOLDER.resolve("tokenizers-expected.json"));

    @TempDir
    private Path folder;

    record Conversion(String command, Path model, JsonNode expected) {
        @Override
        public String toString() {
            return command + " " + Family.FOLDER.relativize(model);
        }
    }

    private static Stream<Conversion> bothWays(Path model, JsonNode expected) {
        return Stream.of("merge", "quantize").map(command -> new Conversion(command, model, expected));
    }

    static Stream<Conversion> models() {
        Stream<Conversion> families = Family.expected("models")
                .get("models")
                .valueStream()
                .flatMap(model -> bothWays(
                        Family.FOLDER
                                .resolve("models")
                                .resolve(model.get("files").get(0).asString()),
                        model.get("prompts")));
        Stream<Conversion> quantized = Stream.of("quant", "folders")
                .flatMap(kind -> Family.expected(kind).properties().stream()
                        .flatMap(model -> bothWays(
                                Family.FOLDER.resolve(kind).resolve(model.getKey()),
                                model.getValue().get("prompts"))));
        return Stream.concat(families, quantized);
    }

    @ParameterizedTest
    @MethodSource("models")
    void theWrittenFileGivesTheNumbersOfTheReference(Conversion conversion) {
        Path written = written(conversion.command, conversion.model);
        try (Engine engine = opened(written)) {
            Family.check(engine, conversion.expected);
        }
    }

    static Stream<Conversion> ends() {
        return TOKENIZERS
                .get("ends")
                .valueStream()
                .flatMap(model ->
                        bothWays(Family.FOLDER.resolve(model.get("file").asString()), model));
    }

    @ParameterizedTest
    @MethodSource("ends")
    void theWrittenFileEndsWhereTheModelDid(Conversion conversion) {
        Path written = written(conversion.command, conversion.model);
        try (Engine engine = opened(written)) {
            Completed completed =
                    Completed.of(engine.submit(Requests.ids(Reference.ints(conversion.expected.get("prompt")))
                            .maxTokens(conversion.expected.get("max_tokens").intValue())
                            .build()));
            int[] expected = Reference.ints(conversion.expected.get("ids"));
            assertThat(Arrays.copyOf(completed.ids(0), expected.length)).isEqualTo(expected);
            assertThat(completed.finishes().get(0))
                    .isEqualTo(
                            conversion.expected.get("finish_reason").asString().equals("stop")
                                    ? FinishReason.STOP
                                    : FinishReason.LENGTH);
        }
    }

    static Stream<String> vocabularies() {
        return TOKENIZERS.get("tokenizers").properties().stream().map(Map.Entry::getKey);
    }

    @ParameterizedTest
    @MethodSource("vocabularies")
    void theWrittenFileEncodesAsTheModelDid(String name) {
        JsonNode expected = TOKENIZERS.get("tokenizers").get(name);
        Path model = Family.FOLDER.resolve(expected.get("file").asString());
        Path written = folder.resolve("written.gguf");
        assertThat(run("merge", model, written)).isEmpty();
        try (Checkpoint checkpoint = Checkpoints.open(written)) {
            Tokenizer tokenizer = CheckpointTokenizer.of(checkpoint.tokenizer());
            for (JsonNode test : expected.get("encode")) {
                String text = test.get("text").asString();
                assertThat(tokenizer.encode(text)).as("'%s'", text).containsExactly(Reference.ints(test.get("ids")));
            }
            assertThat(tokenizer.prefixIds())
                    .isEqualTo(Arrays.stream(Reference.ints(expected.get("prefix")))
                            .boxed()
                            .toList());
        }
    }

    private static Engine opened(Path file) {
        EngineOptions options = Settings.of(file.toAbsolutePath().toString()).options();
        // As long as the model's own.
        return Engines.open(
                options.with(new EngineOptions.Batch(0, 16, 128)), (phase, done, total) -> {}, EngineObserver.NONE);
    }

    private Path written(String command, Path model) {
        Path written = folder.resolve("written.gguf");
        assertThat(run(command, model, written)).isEmpty();
        return written;
    }

    /** What it says on standard error where it does not end well, otherwise nothing. */
    private static String run(String command, Path model, Path written) {
        StringWriter err = new StringWriter();
        List<String> arguments = command.equals("merge")
                ? List.of("merge", model.toString(), written.toString())
                : List.of("quantize", "--type", "f32", model.toString(), written.toString());
        int code = Commands.run(
                new PrintWriter(new StringWriter()), new PrintWriter(err, true), arguments.toArray(String[]::new));
        return code == 0 ? "" : err.toString();
    }
}
