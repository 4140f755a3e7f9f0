package dev.altiplano.server.api.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.chat.ToolCallFormat;
import dev.altiplano.engine.grammar.CompiledGrammar;
import dev.altiplano.engine.grammar.GrammarSource;
import dev.altiplano.engine.grammar.limit.GrammarLimits;
import dev.altiplano.engine.grammar.schema.Whitespace;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The schema of calls, in which the schemas of arguments stand deeper than where they were written. */
class ToolCallSchemaTest {

    @ParameterizedTest
    @CsvSource({
        "'', #/$defs/s",
        "http://x/y, #/$defs/s",
        "http://x/y, http://x/y#/$defs/s",
        "http://x/y#, http://x/y#/$defs/s"
    })
    void refersToItself(String id, String reference) {
        Map<String, Object> parameters = Map.of(
                "$id",
                id,
                "$defs",
                Map.of("s", Map.of("type", "string")),
                "type",
                "object",
                "properties",
                Map.of("a", Map.of("$ref", reference)));
        for (boolean strict : new boolean[] {true, false}) {
            Tool tool = new Tool("t", Map.copyOf(parameters), strict, Map.of());
            String schema = ToolCallSchema.of(List.of(tool, tool), ToolCallFormat.JSON, true);
            assertThat(schema)
                    .contains("#/anyOf/1/properties/parameters/$defs/s")
                    .doesNotContain("y#/$defs");
            assertThat(CompiledGrammar.compile(
                                    new GrammarSource.JsonSchema(schema, Whitespace.COMPACT), GrammarLimits.DEFAULT)
                            .states())
                    .isPositive();
        }
    }
}
