package dev.altiplano.engine.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.altiplano.engine.grammar.limit.GrammarLimits;
import dev.altiplano.engine.grammar.schema.Whitespace;
import org.junit.jupiter.api.Test;

/** Whatever a model says under the masks of a random schema, an independent validator accepts it. */
class JsonSchemaPropertyTest {

    private static final int SCHEMAS = 1500;

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
                assertThat(schema.validate(
                                value,
                                InputFormat.JSON,
                                context -> context.executionConfig(config -> config.formatAssertionsEnabled(true))))
                        .as("schema %d %s: %s", seed, text, value)
                        .isEmpty();
            }
        }
    }

    private static Schema schema(String text) {
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(text, InputFormat.JSON);
    }
}
