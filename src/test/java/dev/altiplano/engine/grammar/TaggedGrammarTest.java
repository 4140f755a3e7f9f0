package dev.altiplano.engine.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.engine.grammar.limit.GrammarException;
import dev.altiplano.engine.grammar.limit.GrammarLimits;
import dev.altiplano.engine.grammar.schema.Whitespace;
import dev.altiplano.engine.grammar.tagged.Tag;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Free text with values behind marks. */
class TaggedGrammarTest {

    private static final String SCHEMA =
            "{\"type\":\"object\",\"properties\":{\"n\":{\"$ref\":\"#/$defs/n\"}},\"required\":[\"n\"],\"$defs\":{\"n\":{\"type\":\"integer\"}}}";
    private static final GrammarSource MARKED =
            new GrammarSource.Tagged("<c>", List.of(new Tag("\\s?", SCHEMA, false, "</c>")), false, true, null);
    private static final GrammarSource ONCE =
            new GrammarSource.Tagged("<c>", List.of(new Tag("\\s?", SCHEMA, false, "</c>")), false, false, null);
    private static final GrammarSource BARE = new GrammarSource.Tagged(
            "[C]", List.of(new Tag("", SCHEMA, true, ""), new Tag("f", "{\"const\":1}", false, "")), true, true, null);
    private static final GrammarSource INSTEAD = new GrammarSource.Tagged(
            "<c>",
            List.of(new Tag("", SCHEMA, false, "</c>")),
            false,
            true,
            new GrammarSource.JsonSchema("{\"enum\":[1,\"<c>\"]}", Whitespace.COMPACT));
    private static final GrammarSource BARE_INSTEAD = new GrammarSource.Tagged(
            "[C]",
            List.of(new Tag("", SCHEMA, false, "")),
            true,
            true,
            new GrammarSource.JsonSchema("{\"enum\":[{\"n\":\"x\"},1]}", Whitespace.COMPACT));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "M | `` | yes",
                "M | `Any text, ünd <c or < c> or </c>.` | yes",
                "M | `So: <c>{\"n\":1}</c> and <c> {\"n\": 2}</c>` | yes",
                "M | `<c>{\"n\":1}` | no",
                "M | `<c>{\"n\":\"1\"}</c>` | no",
                "M | `<c>` | no",
                "M | `{\"n\":\"1\"}` | yes",
                "O | `a<c>{\"n\":1}</c>b` | yes",
                "O | `<c>{\"n\":1}</c><c>{\"n\":1}</c>` | no",
                "B | `{\"n\":1}` | yes",
                "B | `[{\"n\":1}, {\"n\":2}]` | yes",
                "B | ` {\"n\":1}` | yes",
                "B | `{\"n\":1}; {\"n\":2}` | yes",
                "B | `{\"m\":1}` | no",
                "B | ` [ {\"m\":1}]` | no",
                "B | `[1] says: {\"m\":1}` | yes",
                "B | `Yes. [C][{\"n\":1}] so` | yes",
                "B | `Yes. [C]f1[C]f1` | yes",
                "B | `Yes. [C]f2` | no",
                "B | `Yes. [C]{\"n\":1}` | no",
                "I | `1` | yes",
                "I | `\"<c>\"` | yes",
                "I | `Yes.` | no",
                "I | `` | no",
                "I | `<c>{\"n\":1}</c>\n<c>{\"n\":1}</c>` | yes",
                "I | `<c>{\"n\":1}</c>1` | no",
                "N | `{\"n\":1}` | yes",
                "N | `[{\"n\":1}, {\"n\":2}]` | yes",
                "N | `{\"n\":\"x\"}` | yes",
                "N | ` {\"n\":\"x\"}` | no",
                "N | ` {\"n\":1}` | no",
                "N | ` ` | no"
            })
    void acceptsFreeTextAndValuesOfTheirSchema(char grammar, String text, String accepted) {
        GrammarSource source = switch (grammar) {
            case 'M' -> MARKED;
            case 'O' -> ONCE;
            case 'B' -> BARE;
            case 'N' -> BARE_INSTEAD;
            default -> INSTEAD;
        };
        CompiledGrammar compiled = CompiledGrammar.compile(source, GrammarLimits.DEFAULT);
        assertThat(RegexGrammarTest.matches(compiled, text)).isEqualTo(accepted.equals("yes"));
    }

    @Test
    void refusesASchemaThatIsNone() {
        assertThatThrownBy(() -> CompiledGrammar.compile(
                        new GrammarSource.Tagged(
                                "<c>", List.of(new Tag("", "{\"type\":\"other\"}", false, "")), false, true, null),
                        GrammarLimits.DEFAULT))
                .isInstanceOf(GrammarException.class)
                .hasMessageStartingWith("#/type");
    }
}
