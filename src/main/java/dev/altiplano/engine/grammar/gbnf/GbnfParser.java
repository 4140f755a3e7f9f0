package dev.altiplano.engine.grammar.gbnf;

import dev.altiplano.engine.grammar.automaton.CodePoints;
import dev.altiplano.engine.grammar.automaton.Regular;
import dev.altiplano.engine.grammar.limit.Budget;
import dev.altiplano.engine.grammar.limit.GrammarException;
import dev.altiplano.engine.grammar.rule.Grammar;
import dev.altiplano.engine.grammar.rule.Rule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads a grammar whose first rule to follow is called {@code root}. A rule ends with its line, except within parentheses. */
public final class GbnfParser {

    private static final int MAX_COUNT = 1 << 20;
    private static final String ROOT = "root";

    private final GbnfScanner scanner;
    private final Budget budget;
    private final Map<String, Rule> rules = new LinkedHashMap<>();
    private int depth;

    private GbnfParser(String text, Budget budget) {
        this.budget = budget;
        scanner = new GbnfScanner(text);
    }

    public static Grammar parse(String text, Budget budget) {
        budget.text(text);
        GbnfParser parser = new GbnfParser(text, budget);
        try {
            parser.rules();
        } catch (GrammarException e) {
            throw e.at("grammar, line " + parser.scanner.line());
        }
        if (!parser.rules.containsKey(ROOT)) {
            throw new GrammarException("the grammar has no rule \"root\", with which a text begins");
        }
        return new Grammar(parser.rules, ROOT);
    }

    private void rules() {
        scanner.skipSpace(true);
        while (!scanner.atEnd()) {
            String name = scanner.name();
            scanner.skipSpace(false);
            scanner.expect("::=");
            scanner.skipSpace(true);
            budget.states(1);
            if (rules.put(name, alternatives(false)) != null) {
                throw new GrammarException("rule \"" + GrammarException.shorten(name) + "\" is defined twice");
            }
            if (!scanner.atEnd() && !scanner.atLineEnd()) {
                throw new GrammarException("unexpected \"" + Character.toString(scanner.peek()) + "\" in rule \""
                        + GrammarException.shorten(name) + "\"");
            }
            scanner.skipSpace(true);
        }
    }

    private Rule alternatives(boolean nested) {
        budget.depth(++depth);
        List<Rule> options = new ArrayList<>();
        options.add(sequence(nested));
        while (scanner.take('|')) {
            scanner.skipSpace(true);
            options.add(sequence(nested));
        }
        depth--;
        return options.size() == 1 ? options.getFirst() : new Rule.Choice(options);
    }

    private Rule sequence(boolean nested) {
        List<Rule> parts = new ArrayList<>();
        while (!scanner.atEnd()) {
            int c = scanner.peek();
            Rule part;
            if (c == '"') {
                part = new Rule.Text(literal());
            } else if (c == '[') {
                part = new Rule.Text(new Regular.Chars(charClass()));
            } else if (c == '.') {
                scanner.next();
                part = new Rule.Text(new Regular.Chars(CodePoints.ALL));
            } else if (c == '(') {
                scanner.next();
                scanner.skipSpace(true);
                part = alternatives(true);
                scanner.expect(")");
            } else if (GbnfScanner.isNameChar(c)) {
                part = new Rule.Reference(scanner.name());
            } else if (c == '<') {
                throw new GrammarException(
                        "tokens by name or number (<…>) are not supported: write their text in quotes");
            } else {
                break;
            }
            budget.work(1);
            scanner.skipSpace(nested);
            parts.add(repeated(part, nested));
        }
        return parts.size() == 1 ? parts.getFirst() : new Rule.Sequence(parts);
    }

    private Rule repeated(Rule part, boolean nested) {
        Rule rule = part;
        int repetitions = 0;
        while (!scanner.atEnd()) {
            int min;
            int max;
            if (scanner.take('*')) {
                min = 0;
                max = Rule.UNBOUNDED;
            } else if (scanner.take('+')) {
                min = 1;
                max = Rule.UNBOUNDED;
            } else if (scanner.take('?')) {
                min = 0;
                max = 1;
            } else if (scanner.take('{')) {
                min = scanner.peek() == ',' ? 0 : number();
                max = min;
                if (scanner.take(',')) {
                    scanner.skipSpace(true);
                    max = scanner.peek() == '}' ? Rule.UNBOUNDED : number();
                }
                scanner.expect("}");
            } else {
                break;
            }
            if (max != Rule.UNBOUNDED && max < min) {
                throw new GrammarException("a repetition whose maximum " + max + " is below its minimum " + min);
            }
            budget.depth(depth + ++repetitions);
            scanner.skipSpace(nested);
            rule = new Rule.Repeat(rule, null, min, max);
        }
        return rule;
    }

    private int number() {
        scanner.skipSpace(true);
        long value = 0;
        int digits = 0;
        while (scanner.peek() >= '0' && scanner.peek() <= '9') {
            value = Math.min(Integer.MAX_VALUE, 10 * value + scanner.next() - '0');
            digits++;
        }
        if (digits == 0) {
            throw new GrammarException("a repetition {…} without a number");
        }
        if (value > MAX_COUNT) {
            throw new GrammarException("a repetition of more than " + MAX_COUNT + " times; use a smaller count or *");
        }
        scanner.skipSpace(true);
        return (int) value;
    }

    private Regular literal() {
        scanner.next();
        List<Regular> parts = new ArrayList<>();
        while (!scanner.take('"')) {
            if (scanner.atEnd()) {
                throw new GrammarException("a literal without its closing quotation mark");
            }
            budget.work(1);
            parts.add(new Regular.Chars(CodePoints.of(scanner.character())));
        }
        return new Regular.Concat(parts);
    }

    private CodePoints charClass() {
        scanner.next();
        boolean negated = scanner.take('^');
        List<Integer> bounds = new ArrayList<>();
        while (!scanner.take(']')) {
            if (scanner.atEnd()) {
                throw new GrammarException("a class in brackets without its closing ]");
            }
            budget.work(1);
            int first = scanner.character();
            int last = first;
            if (scanner.peek() == '-' && scanner.peekSecond() != ']') {
                scanner.next();
                last = scanner.character();
                if (last < first) {
                    throw new GrammarException("a range in brackets that runs backwards");
                }
            }
            bounds.add(first);
            bounds.add(last);
        }
        CodePoints set = CodePoints.ofRanges(bounds.stream().mapToInt(i -> i).toArray());
        return negated ? set.not() : set;
    }
}
