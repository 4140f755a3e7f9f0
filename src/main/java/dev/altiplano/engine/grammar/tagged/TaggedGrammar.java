package dev.altiplano.engine.grammar.tagged;

import dev.altiplano.engine.grammar.automaton.Automata;
import dev.altiplano.engine.grammar.automaton.CodePoints;
import dev.altiplano.engine.grammar.automaton.Dfa;
import dev.altiplano.engine.grammar.automaton.Regular;
import dev.altiplano.engine.grammar.limit.Budget;
import dev.altiplano.engine.grammar.regex.RegexParser;
import dev.altiplano.engine.grammar.rule.Grammar;
import dev.altiplano.engine.grammar.rule.Rule;
import dev.altiplano.engine.grammar.rule.Terminal;
import dev.altiplano.engine.grammar.schema.JsonSchemaGrammar;
import dev.altiplano.engine.grammar.schema.Whitespace;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes one grammar of free text and tagged values. The mark cannot stand in the text but before a value, so that what looks like
 * one is one.
 */
public final class TaggedGrammar {

    private static final Regular ANY = Regular.star(new Regular.Chars(CodePoints.ALL));
    /** What {@link Character#isWhitespace} holds for. */
    private static final String SPACES =
            "[\\x09-\\x0D\\x1C-\\x20\\u1680\\u2000-\\u2006\\u2008-\\u200A\\u2028\\u2029\\u205F\\u3000]*";

    private static final String LIKE_JSON = SPACES + "(\\{|\\[" + SPACES + "\\{)";
    private static final String FEW_SPACES = "\\s{0,8}";

    private final Map<String, Rule> rules = new LinkedHashMap<>();
    private final Regular mark;
    private final int max;
    private final Budget budget;

    private TaggedGrammar(String mark, int max, Budget budget) {
        this.mark = Regular.literal(mark);
        this.max = max;
        this.budget = budget;
    }

    /**
     * The grammar.
     *
     * @param mark what stands before each value; not empty
     * @param tags what may stand behind it, at least one
     * @param bare whether text that begins like an object, or like a list of objects, is such values of the first tag, without a mark;
     *     a few spaces may stand before them in free text
     * @param several whether there may be more than one value
     * @param instead what texts without values follow; null is free text, which may also stand around values
     */
    public static Grammar of(
            String mark, List<Tag> tags, boolean bare, boolean several, @Nullable Grammar instead, Budget budget) {
        TaggedGrammar grammar = new TaggedGrammar(mark, several ? Rule.UNBOUNDED : 1, budget);
        List<Rule> options = new ArrayList<>();
        if (bare) {
            Rule values = grammar.bare(grammar.value(tags.getFirst().schema()));
            // Models begin with a space where they may: where values alone could, it would leave them nothing else.
            options.add(instead == null ? Rule.sequence(grammar.pattern(FEW_SPACES), values) : values);
        }
        grammar.rules.put("tagged", grammar.tagged(tags));
        if (instead == null) {
            options.add(grammar.freeText(bare));
        } else {
            options.add(new Rule.Repeat(new Rule.Reference("tagged"), grammar.pattern("\\s?"), 1, grammar.max));
            options.add(grammar.included(instead));
        }
        grammar.rules.put("root", new Rule.Choice(options));
        return new Grammar(grammar.rules, "root");
    }

    private Rule tagged(List<Tag> tags) {
        List<Rule> tagged = new ArrayList<>();
        for (Tag tag : tags) {
            Rule value = value(tag.schema());
            tagged.add(Rule.sequence(
                    token(dfa(Regular.concat(mark, RegexParser.whole(tag.begin(), budget)))),
                    tag.list() ? list(value) : value,
                    pattern(tag.end())));
        }
        return new Rule.Choice(tagged);
    }

    private Rule freeText(boolean bare) {
        Dfa text = Automata.difference(dfa(ANY), dfa(Regular.concat(ANY, mark, ANY)), budget);
        Dfa first = bare ? Automata.difference(text, dfa(likeJson()), budget) : text;
        Rule behind = Rule.sequence(new Rule.Reference("tagged"), token(text));
        return Rule.sequence(token(first), new Rule.Repeat(behind, null, 0, max));
    }

    private Regular likeJson() {
        return Regular.concat(RegexParser.whole(LIKE_JSON, budget), ANY);
    }

    private Rule bare(Rule value) {
        return new Rule.Choice(List.of(new Rule.Repeat(value, pattern("(;\\s?)|\\n"), 1, max), list(value)));
    }

    private Rule list(Rule value) {
        return Rule.sequence(pattern("\\[\\s?"), new Rule.Repeat(value, pattern(",\\s?"), 1, max), pattern("\\s?\\]"));
    }

    private Rule value(String schema) {
        return included(JsonSchemaGrammar.parse(schema, Whitespace.FLEXIBLE, budget));
    }

    /** The rule of another grammar's texts, whose rules are renamed so that those of several stand side by side. */
    private Rule included(Grammar grammar) {
        String prefix = rules.size() + " ";
        grammar.rules().forEach((name, rule) -> rules.put(prefix + name, renamed(rule, prefix)));
        return new Rule.Reference(prefix + grammar.root());
    }

    private static Rule renamed(Rule rule, String prefix) {
        return switch (rule) {
            case Rule.Token token -> token;
            case Rule.Text text -> text;
            case Rule.Sequence(List<Rule> parts) -> new Rule.Sequence(renamed(parts, prefix));
            case Rule.Choice(List<Rule> options) -> new Rule.Choice(renamed(options, prefix));
            case Rule.Repeat(Rule body, @Nullable Rule separator, int min, int most) ->
                new Rule.Repeat(
                        renamed(body, prefix), separator == null ? null : renamed(separator, prefix), min, most);
            case Rule.Fields(List<Rule.Field> fields, Rule separator, boolean notEmpty, int maxOptional) ->
                new Rule.Fields(
                        fields.stream()
                                .map(field -> new Rule.Field(renamed(field.rule(), prefix), field.required()))
                                .toList(),
                        renamed(separator, prefix),
                        notEmpty,
                        maxOptional);
            case Rule.Reference(String name) -> new Rule.Reference(prefix + name);
        };
    }

    private static List<Rule> renamed(List<Rule> rules, String prefix) {
        return rules.stream().map(rule -> renamed(rule, prefix)).toList();
    }

    private Rule pattern(String pattern) {
        return token(dfa(RegexParser.whole(pattern, budget)));
    }

    private Dfa dfa(Regular regular) {
        return Automata.utf8(regular, budget);
    }

    private static Rule token(Dfa dfa) {
        return new Rule.Token(new Terminal(dfa));
    }
}
