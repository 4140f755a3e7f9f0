package dev.altiplano.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Small models in the forms that files of the family have, and what a float64 forward computes from them. */
public final class Family {

    public static final Path FOLDER = Reference.FOLDER.resolve("families");
    private static final double TOLERANCE = 1e-3;

    private Family() {}

    /** What {@code expected.json} of a set says. */
    public static JsonNode expected(String set) {
        return Reference.read(FOLDER.resolve(set).resolve("expected.json"));
    }

    /** Checks the scores of prompts and the greedy continuation. */
    public static void check(Engine engine, JsonNode prompts) {
        check(engine, prompts, null);
    }

    /** The same with an adapter. */
    static void check(Engine engine, JsonNode prompts, @Nullable String adapter) {
        for (JsonNode prompt : prompts) {
            int[] ids = Reference.ints(prompt.get("ids"));
            double[] logprobs = Reference.doubles(prompt.get("echo_logprobs"));
            Completed scored = Completed.of(engine.submit(
                    Requests.ids(ids).scorePrompt().maxTokens(0).build().withAdapter(adapter)));
            List<TokenScore> scores = scored.promptScores().get(0);
            assertThat(scores).hasSize(ids.length);
            for (int i = 1; i < ids.length; i++) {
                assertThat(scores.get(i).logprob()).as("token %d", i).isCloseTo(logprobs[i], within(TOLERANCE));
            }
            JsonNode greedy = prompt.get("greedy");
            if (greedy != null && greedy.get("min_margin").asDouble() >= 0.01) {
                int[] wanted = Reference.ints(greedy.get("ids"));
                Completed continued = Completed.of(engine.submit(Requests.ids(ids)
                        .maxTokens(wanted.length)
                        .ignoreEos()
                        .build()
                        .withAdapter(adapter)));
                assertThat(continued.ids(0)).isEqualTo(wanted);
            }
        }
    }
}
