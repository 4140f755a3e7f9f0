package dev.altiplano.engine.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.altiplano.engine.grammar.limit.GrammarLimits;
import dev.altiplano.engine.grammar.schema.Whitespace;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.json.JsonMapper;

/** Whatever a model says under the masks of a random schema, an independent validator accepts it. */
class JsonSchemaPropertyTest {

    private static final int SCHEMAS = 1500;
    private static final JsonMapper STRICT = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    @Test
    void everyTextIsValid() {
        byte[][] tokens = Vocabularies.tokens(1500, 1);
        TokenVocabulary vocabulary = new TokenVocabulary(tokens, 1);
        for (int seed = 0; seed < SCHEMAS; seed++) {
            String text = new RandomSchemas(seed).schema(1 + seed % 30);
            Whitespace whitespace = seed % 2 == 0 ? Whitespace.COMPACT : Whitespace.FLEXIBLE;
            CompiledGrammar grammar =
                    CompiledGrammar.compile(new GrammarSource.JsonSchema(text, whitespace), GrammarLimits.DEFAULT);
            RandomText model = new RandomText(vocabulary, tokens, seed);
            Schema schema = schema(text);
            for (int i = 0; i < 2; i++) {
                String value = model.generate(grammar, 60, 20_000);
                valid(schema, value, text);
            }
        }
    }

    /** A parser that keeps the last of two equal keys would lose values that the model said. */
    @Test
    void noNamedKeyIsWrittenTwice() {
        byte[][] tokens = Vocabularies.tokens(1500, 1);
        TokenVocabulary vocabulary = new TokenVocabulary(tokens, 1);
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            int max = 1 + random.nextInt(5);
            String text = """
                    {"type":"object","properties":{"c":{"type":"boolean"}},"required":%s,
                     "patternProperties":{"^[bd]$":{"enum":[1,2]}},"additionalProperties":{"type":"null"},
                     "propertyNames":%s,"minProperties":%d,"maxProperties":%d}
                    """.formatted(
                            random.nextBoolean() ? "[]" : "[\"c\"]",
                            random.nextInt(4) == 0
                                    ? "{\"const\":\"c\"}"
                                    : "{\"enum\":[\"a\",\"b\",\"c\",\"d\",\"e\",7],\"maxLength\":3}",
                            random.nextInt(2),
                            max);
            CompiledGrammar grammar = CompiledGrammar.compile(
                    new GrammarSource.JsonSchema(text, Whitespace.COMPACT), GrammarLimits.DEFAULT);
            RandomText model = new RandomText(vocabulary, tokens, seed);
            String value = model.generate(grammar, 60, 20_000);
            valid(schema(text), value, text);
            STRICT.readTree(value);
        }
    }

    private static void valid(Schema schema, String value, String text) {
        assertThat(schema.validate(
                        value,
                        InputFormat.JSON,
                        context -> context.executionConfig(config -> config.formatAssertionsEnabled(true))))
                .as("schema %s: %s", text, value)
                .isEmpty();
    }

    private static Schema schema(String text) {
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(text, InputFormat.JSON);
    }
}
