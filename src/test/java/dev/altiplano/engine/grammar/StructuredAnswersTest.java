package dev.altiplano.engine.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.altiplano.engine.Completed;
import dev.altiplano.engine.Engine;
import dev.altiplano.engine.EngineObserver;
import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.FinishReason;
import dev.altiplano.engine.Generation;
import dev.altiplano.engine.GenerationRequest;
import dev.altiplano.engine.Prompt;
import dev.altiplano.engine.RandomModel;
import dev.altiplano.engine.Sampling;
import dev.altiplano.engine.Stopping;
import dev.altiplano.engine.grammar.limit.GrammarLimits;
import dev.altiplano.engine.grammar.schema.Whitespace;
import dev.altiplano.engine.run.Engines;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.exc.JsonNodeException;

/**
 * Whatever a model computes and at whatever temperature it is sampled, an answer under a schema is valid, or was cut and can be
 * completed to one that is. More answers by the system property {@code altiplano.test.answers}, other ones by {@code
 * altiplano.test.seed}.
 */
class StructuredAnswersTest {

    private static final int ANSWERS = Integer.getInteger("altiplano.test.answers", 180);
    private static final long SEED = Long.getLong("altiplano.test.seed", 0);
    private static final int MODELS = 3;
    private static final int AT_ONCE = 16;
    private static final int MAX_TOKENS = 96;

    @TempDir
    private Path folder;

    /** An answer on its way. */
    private record Asked(String schema, Whitespace whitespace, Generation generation) {}

    @Test
    void areValidOrCanBeCompleted() throws Exception {
        Random random = new Random(9 + SEED);
        int whole = 0;
        for (int model = 0; model < MODELS; model++) {
            EngineOptions options = EngineOptions.of(RandomModel.write(folder, model), "random");
            try (Engine engine = Engines.open(options, (phase, done, total) -> {}, EngineObserver.NONE)) {
                for (int from = 0; from < ANSWERS / MODELS; from += AT_ONCE) {
                    List<Asked> asked = new ArrayList<>();
                    for (int i = from; i < Math.min(from + AT_ONCE, ANSWERS / MODELS); i++) {
                        asked.add(ask(engine, random, SEED + (long) model * ANSWERS + i));
                    }
                    for (Asked each : asked) {
                        whole += check(each) ? 1 : 0;
                    }
                }
            }
        }
        System.out.println(whole + " of " + ANSWERS + " answers came to their end, seed " + SEED);
        assertThat(whole).as("answers that came to their end").isGreaterThan(ANSWERS / 4);
    }

    /** A minimum length that a grammar has no text for ends no request with an error. */
    @Test
    void endWhereTheGrammarIsFinished() throws Exception {
        EngineOptions options = EngineOptions.of(RandomModel.write(folder, 0), "random");
        try (Engine engine = Engines.open(options, (phase, done, total) -> {}, EngineObserver.NONE)) {
            for (boolean ignoreEos : new boolean[] {false, true}) {
                Stopping stopping = new Stopping(20, 10, List.of(), Set.of(5), ignoreEos);
                Completed choice = completed(engine, new GrammarSource.Choice(List.of("yes", "no")), stopping);
                assertThat(choice.texts().get(0)).isIn("yes", "no");
                assertThat(choice.finishes()).containsEntry(0, FinishReason.STOP);
                Completed open = completed(engine, new GrammarSource.Regex("a*"), stopping);
                assertThat(open.usage().completionTokens()).isGreaterThanOrEqualTo(10);
            }
        }
    }

    private static Completed completed(Engine engine, GrammarSource grammar, Stopping stopping) {
        return Completed.of(engine.submit(GenerationRequest.of("r", new Prompt.Text("x"), 20)
                .with(new Sampling(1, 0, 1, 0, 0, 0, 1, Map.of(), OptionalLong.of(3)))
                .with(stopping)
                .with(grammar)));
    }

    private static Asked ask(Engine engine, Random random, long seed) {
        String schema = new RandomSchemas(seed).schema(1 + (int) (seed % 20));
        Whitespace whitespace = random.nextBoolean() ? Whitespace.COMPACT : Whitespace.FLEXIBLE;
        Sampling sampling = new Sampling(
                random.nextInt(5) == 0 ? 0 : 2 * random.nextFloat(), 0, 1, 0, 0, 0, 1, Map.of(), OptionalLong.of(seed));
        GenerationRequest request = GenerationRequest.of("r" + seed, new Prompt.Text("x" + seed), MAX_TOKENS)
                .with(sampling)
                .with(new GrammarSource.JsonSchema(schema, whitespace));
        return new Asked(schema, whitespace, engine.submit(request));
    }

    /** Whether the answer came to its end. */
    private static boolean check(Asked asked) {
        Completed completed = Completed.of(asked.generation());
        String text = completed.texts().getOrDefault(0, "");
        boolean ended = completed.finishes().get(0) == FinishReason.STOP;
        String value = ended ? text : completed(asked, text);
        assertThat(problems(asked.schema(), value))
                .as("schema %s: %s", asked.schema(), value)
                .isEmpty();
        return ended;
    }

    private static List<?> problems(String schema, String value) {
        try {
            return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(schema, InputFormat.JSON)
                    .validate(
                            value,
                            InputFormat.JSON,
                            context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)));
        } catch (JsonNodeException e) {
            // The validator compares whole bounds as 64 bits, and gives up at larger numbers.
            assertThat(e).hasMessageContaining("not in 64-bit");
            return List.of();
        }
    }

    private static String completed(Asked asked, String text) {
        // A character that was cut is shown by one that was not generated.
        String prefix = text.replaceAll("\uFFFD+$", "");
        CompiledGrammar grammar = CompiledGrammar.compile(
                new GrammarSource.JsonSchema(asked.schema(), asked.whitespace()), GrammarLimits.DEFAULT);
        byte[][] tokens = Vocabularies.tokens(300, 1);
        return new RandomText(new TokenVocabulary(tokens, 1), tokens, 1)
                .complete(grammar, prefix.getBytes(StandardCharsets.UTF_8), 20_000);
    }
}
