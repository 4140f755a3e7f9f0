package dev.altiplano.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.altiplano.engine.TestEngines.Settings;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Folders whose weights are quantized by GPTQ, AWQ and FP8 give the numbers of their dequantized weights. */
final class QuantizedFoldersTest {

    private static final JsonNode EXPECTED = Family.expected("folders");

    static Stream<String> folders() {
        return EXPECTED.propertyNames().stream();
    }

    @ParameterizedTest
    @MethodSource("folders")
    void givesTheNumbersOfItsDequantizedWeights(String folder) {
        try (Engine engine = Settings.of("families/folders/" + folder).open()) {
            Family.check(engine, EXPECTED.get(folder).get("prompts"));
        }
    }

    @ParameterizedTest
    @MethodSource("folders")
    void isHeldInFewBytesWhereNothingElseIsAsked(String folder) {
        try (Engine engine =
                Settings.of("families/folders/" + folder).weights("file").open()) {
            JsonNode prompt = EXPECTED.get(folder).get("prompts").get(1);
            int[] ids = Reference.ints(prompt.get("ids"));
            double[] logprobs = Reference.doubles(prompt.get("echo_logprobs"));
            List<TokenScore> scores = Completed.of(engine.submit(
                            Requests.ids(ids).scorePrompt().maxTokens(0).build()))
                    .promptScores()
                    .get(0);
            Map<String, Long> formats = engine.card().weightFormats();
            // Activations are rounded to 8 bits where weights are held as Q4_0 or Q8_0; beside F16 they keep 16 bits,
            // with
            // AMX those of bfloat16.
            double bound = formats.containsKey("Q8_0") || formats.containsKey("Q4_0") ? 0.5 : 0.15;
            for (int i = 1; i < ids.length; i++) {
                assertThat(scores.get(i).logprob()).isCloseTo(logprobs[i], within(bound));
            }
            assertThat(formats.get("F32")).isLessThan(4096);
        }
    }
}
