package dev.altiplano.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.TestEngines.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Models that walk a known chain of tokens: generation ends where any of their files names an end, and nowhere else. */
final class FamilyEndsTest {

    private static final Path FAMILIES = Path.of("src/test/resources/reference/families");

    private static JsonNode expected() {
        try {
            return JsonMapper.shared()
                    .readTree(Files.readAllBytes(FAMILIES.resolve("tokenizers-expected.json")))
                    .get("ends");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Stream<String> names() {
        return expected().properties().stream().map(Map.Entry::getKey);
    }

    @ParameterizedTest
    @MethodSource("names")
    void generationEndsThere(String name) {
        JsonNode model = expected().get(name);
        int[] prompt = ints(model.get("prompt"));
        try (Engine engine =
                Settings.of("families/" + model.get("file").asString()).open()) {
            Completed completed = Completed.of(engine.submit(Requests.ids(prompt)
                    .maxTokens(model.get("max_tokens").intValue())
                    .build()));
            int[] ids = completed.ids(0);
            int[] expected = ints(model.get("ids"));
            assertThat(Arrays.copyOf(ids, expected.length)).isEqualTo(expected);
            boolean stops = model.get("finish_reason").asString().equals("stop");
            assertThat(completed.finishes().get(0)).isEqualTo(stops ? FinishReason.STOP : FinishReason.LENGTH);
        }
    }

    private static int[] ints(JsonNode array) {
        int[] values = new int[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).intValue();
        }
        return values;
    }
}
