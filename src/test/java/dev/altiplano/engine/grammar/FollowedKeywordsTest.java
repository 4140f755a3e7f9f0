package dev.altiplano.engine.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.grammar.schema.FollowedKeywords;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/** What is left of a schema that a grammar cannot follow as it is. */
class FollowedKeywordsTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"type\":\"other\",\"not\":{\"const\":1}} | {\"type\":\"other\"}",
                "{\"items\":{\"type\":\"string\",\"uniqueItems\":true},\"uniqueItems\":true} | {\"items\":{\"type\":\"string\"}}",
                "{\"properties\":{\"not\":{\"not\":{}},\"if\":true}} | {\"properties\":{\"not\":{},\"if\":true}}",
                "{\"anyOf\":[{\"if\":{},\"minimum\":1},{\"dependentRequired\":{\"a\":[\"b\"]}}]} | {\"anyOf\":[{\"minimum\":1},{}]}",
                "{\"$defs\":{\"contains\":{\"contains\":1}},\"$ref\":\"#/$defs/contains\"} | {\"$defs\":{\"contains\":{}},\"$ref\":\"#/$defs/contains\"}",
                "{\"oneOf\":[{\"not\":{},\"type\":\"string\"},{\"type\":\"string\"}]} | {\"anyOf\":[{\"type\":\"string\"},{\"type\":\"string\"}]}",
                "{\"oneOf\":[true],\"anyOf\":[{}]} | {\"anyOf\":[{}]}",
                "{\"pattern\":\"\\\\bx\",\"items\":{\"pattern\":\"^x\"}} | {\"items\":{\"pattern\":\"^x\"}}",
                "{\"enum\":[{\"not\":1}],\"const\":{\"if\":[]}} | {\"enum\":[{\"not\":1}],\"const\":{\"if\":[]}}",
            })
    void isTheRest(String schema, String rest) {
        assertThat(JSON.writeValueAsString(FollowedKeywords.of(JSON.readValue(schema, Object.class))))
                .isEqualTo(rest);
    }
}
