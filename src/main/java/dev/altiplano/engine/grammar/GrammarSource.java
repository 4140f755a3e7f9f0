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
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

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
