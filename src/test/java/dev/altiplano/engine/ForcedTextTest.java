package dev.altiplano.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.EngineOptions.Decoding;
import dev.altiplano.engine.grammar.GrammarSource;
import dev.altiplano.engine.grammar.schema.Whitespace;
import dev.altiplano.engine.run.Engines;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a grammar forces comes several tokens at a time, and is what one token at a time would have been. */
class ForcedTextTest {

    private static final List<GrammarSource> GRAMMARS = List.of(
            new GrammarSource.JsonSchema(
                    "{\"type\":\"object\",\"properties\":{\"firstName\":{\"enum\":[\"Ana\",\"Zoe\"]},"
                            + "\"favouriteColour\":{\"enum\":[\"yellow\",\"green\",\"greenish\"]},"
                            + "\"numberOfApples\":{\"type\":\"integer\",\"minimum\":0,\"maximum\":99}},"
                            + "\"required\":[\"firstName\",\"favouriteColour\",\"numberOfApples\"],"
                            + "\"additionalProperties\":false}",
                    Whitespace.COMPACT),
            new GrammarSource.Regex(
                    "The colour is (red|blue), and the number is [0-9]{1,3}\\. Thank you for asking, étoile!"));

    private static List<GenerationRequest> requests() {
        List<GenerationRequest> all = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Requests request =
                    Requests.text("The teacher asks " + i + ":").maxTokens(120).logprobs(2);
            if (i % 2 == 1) {
                request = request.sampled(0.3f * i, 1, i);
            }
            all.add(request.build()
                    .with(new Stopping(120, i < 4 ? 0 : 100, List.of(), Set.of(), false))
                    .with(GRAMMARS.get(i / 2 % GRAMMARS.size())));
        }
        return all;
    }

    @ParameterizedTest
    @ValueSource(strings = {"src/test/resources/reference/base-mp1", "src/main/resources/model/demo-instruct"})
    void changesNoBit(String model) {
        List<Completed> plain = new ArrayList<>();
        EngineOptions options = EngineOptions.of(Path.of(model), "test");
        try (Engine engine = open(options, false)) {
            requests().forEach(request -> plain.add(Completed.of(engine.submit(request))));
            assertThat(engine.stats().drafts().draftedTokens()).isZero();
        }
        try (Engine engine = open(options, true)) {
            List<Generation> together = requests().stream().map(engine::submit).toList();
            for (int i = 0; i < together.size(); i++) {
                Completed found = Completed.of(together.get(i));
                assertThat(found.texts()).isEqualTo(plain.get(i).texts());
                assertThat(found.scores()).isEqualTo(plain.get(i).scores());
                assertThat(found.finishes()).isEqualTo(plain.get(i).finishes());
            }
            assertThat(engine.stats().drafts().draftedTokens()).isPositive();
            if (model.endsWith("demo-instruct")) {
                assertThat(engine.stats().drafts().acceptedTokens()).isPositive();
            }
        }
    }

    private static Engine open(EngineOptions options, boolean speculation) {
        return Engines.open(
                options.with(new Decoding(false, speculation, false)), (phase, done, total) -> {}, EngineObserver.NONE);
    }
}
