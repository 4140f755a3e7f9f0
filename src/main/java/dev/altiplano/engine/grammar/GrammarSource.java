package dev.altiplano.engine.grammar;

import dev.altiplano.engine.grammar.automaton.Automata;
import dev.altiplano.engine.grammar.gbnf.GbnfParser;
import dev.altiplano.engine.grammar.limit.Budget;
import dev.altiplano.engine.grammar.limit.GrammarException;
import dev.altiplano.engine.grammar.regex.RegexParser;
import dev.altiplano.engine.grammar.rule.Grammar;
import dev.altiplano.engine.grammar.rule.Rule;
import dev.altiplano.engine.grammar.rule.Terminal;
import dev.altiplano.engine.grammar.schema.JsonSchemaGrammar;
import dev.altiplano.engine.grammar.schema.Whitespace;
import dev.altiplano.engine.grammar.tagged.Tag;
import dev.altiplano.engine.grammar.tagged.TaggedGrammar;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a client asks a text to follow. Equal sources give equal grammars, so a source is the key of a cache. */
public sealed interface GrammarSource {

    /** Values of a JSON Schema. */
    record JsonSchema(String schema, Whitespace whitespace) implements GrammarSource {}

    /** Any JSON object. */
    record JsonObject(Whitespace whitespace) implements GrammarSource {}

    /** Texts that match a regular expression as a whole. */
    record Regex(String pattern) implements GrammarSource {}

    /** A grammar in llama.cpp's format. */
    record Gbnf(String grammar) implements GrammarSource {}

    /** One of several texts. */
    record Choice(List<String> texts) implements GrammarSource {
        public Choice {
            texts = List.copyOf(texts);
        }
    }

    /**
     * Any text, with values of JSON Schemas in it behind a mark, as calls of tools stand in answers.
     *
     * @param mark stands before each value, and nowhere else
     * @param tags what may stand behind it
     * @param bare whether text that begins like an object, or a list of them, is values of the first tag without a mark
     * @param several whether there may be more than one value
     * @param instead what texts without values follow; null is any text, which may also stand around values
     */
    record Tagged(
            String mark,
            List<Tag> tags,
            boolean bare,
            boolean several,
            @Nullable GrammarSource instead) implements GrammarSource {
        public Tagged {
            tags = List.copyOf(tags);
        }
    }

    /** Reads the source. */
    default Grammar grammar(Budget budget) {
        return switch (this) {
            case JsonSchema(String schema, Whitespace whitespace) ->
                JsonSchemaGrammar.parse(schema, whitespace, budget);
            case JsonObject(Whitespace whitespace) -> JsonSchemaGrammar.anyObject(whitespace, budget);
            case Regex(String pattern) ->
                Grammar.of(new Rule.Token(new Terminal(Automata.utf8(RegexParser.whole(pattern, budget), budget))));
            case Gbnf(String grammar) -> GbnfParser.parse(grammar, budget);
            case Choice(List<String> texts) -> choice(texts, budget);
            case Tagged(String mark, List<Tag> tags, boolean bare, boolean several, @Nullable GrammarSource instead) ->
                TaggedGrammar.of(mark, tags, bare, several, instead == null ? null : instead.grammar(budget), budget);
        };
    }

    private static Grammar choice(List<String> texts, Budget budget) {
        if (texts.isEmpty()) {
            throw new GrammarException("a choice of no texts; give at least one");
        }
        List<byte[]> literals = new ArrayList<>();
        for (String text : texts) {
            budget.text(text);
            literals.add(text.getBytes(StandardCharsets.UTF_8));
        }
        return Grammar.of(new Rule.Token(new Terminal(Automata.literals(literals, budget))));
    }
}
