package dev.altiplano.engine.grammar.regex;

import dev.altiplano.engine.grammar.automaton.CodePoints;
import dev.altiplano.engine.grammar.automaton.Regular;
import dev.altiplano.engine.grammar.limit.Budget;
import dev.altiplano.engine.grammar.limit.GrammarException;
import java.util.ArrayList;
import java.util.List;

/** Reads a pattern. Greedy, lazy and possessive repetitions are the same language; groups group and capture nothing. */
public final class RegexParser {

    private static final int MAX_COUNT = 1 << 20;

    private final String pattern;
    private final Budget budget;
    private int position;
    private int depth;
    /** Whether the part that is read says what a text is not. */
    private boolean excluded;

    private RegexParser(String pattern, Budget budget) {
        this.pattern = pattern;
        this.budget = budget;
    }

    /** The texts that match {@code pattern} as a whole. */
    public static Regular whole(String pattern, Budget budget) {
        return parse(pattern, false, budget);
    }

    /** The texts in which {@code pattern} is found somewhere, as in JSON Schema. */
    public static Regular search(String pattern, Budget budget) {
        return parse(pattern, true, budget);
    }

    private static Regular parse(String pattern, boolean search, Budget budget) {
        budget.text(pattern);
        RegexParser parser = new RegexParser(pattern, budget);
        try {
            PatternNode node = parser.either();
            parser.requireEnd();
            return PatternNode.withoutAnchors(node, search);
        } catch (GrammarException e) {
            throw parser.placed(e);
        }
    }

    /** A pattern that begins with an anchor and lookaheads; see {@link Conditions}. */
    static Conditions conditions(String pattern, Budget budget) {
        budget.text(pattern);
        RegexParser parser = new RegexParser(pattern, budget);
        List<Regular> required = new ArrayList<>();
        List<Regular> forbidden = new ArrayList<>();
        try {
            parser.position = 1;
            while (pattern.startsWith("(?=", parser.position) || pattern.startsWith("(?!", parser.position)) {
                boolean wanted = pattern.charAt(parser.position + 2) == '=';
                parser.position += 3;
                parser.excluded = !wanted;
                (wanted ? required : forbidden).add(atStart(parser.either()));
                parser.closeGroup();
            }
            parser.excluded = false;
            PatternNode rest = parser.sequence();
            if (parser.take('|')) {
                throw new GrammarException("a lookahead in one of several alternatives: put a group around them");
            }
            parser.requireEnd();
            required.addFirst(atStart(rest));
        } catch (GrammarException e) {
            throw parser.placed(e);
        }
        return new Conditions(required, forbidden);
    }

    /** The texts that begin with {@code node}. */
    private static Regular atStart(PatternNode node) {
        List<PatternNode> parts = new ArrayList<>(List.of(new PatternNode.Anchor(true)));
        if (node instanceof PatternNode.Sequence(List<PatternNode> inside)) {
            parts.addAll(inside);
        } else {
            parts.add(node);
        }
        return PatternNode.withoutAnchors(new PatternNode.Sequence(parts), true);
    }

    private void requireEnd() {
        if (position < pattern.length()) {
            throw new GrammarException("a closing parenthesis without an opening one; write \\) for the character");
        }
    }

    private GrammarException placed(GrammarException e) {
        return e.at("pattern \"" + GrammarException.shorten(pattern) + "\" at character " + position);
    }

    private PatternNode either() {
        budget.depth(++depth);
        List<PatternNode> options = new ArrayList<>();
        boolean plain = true;
        do {
            PatternNode option = sequence();
            plain &= option instanceof PatternNode.Plain;
            options.add(option);
        } while (take('|'));
        depth--;
        if (options.size() == 1) {
            return options.getFirst();
        }
        return plain ? new PatternNode.Plain(new Regular.Either(regulars(options))) : new PatternNode.Either(options);
    }

    private static List<Regular> regulars(List<PatternNode> nodes) {
        List<Regular> regulars = new ArrayList<>();
        for (PatternNode node : nodes) {
            regulars.add(((PatternNode.Plain) node).regular());
        }
        return regulars;
    }

    private PatternNode sequence() {
        List<PatternNode> parts = new ArrayList<>();
        boolean plain = true;
        while (position < pattern.length() && peek() != '|' && peek() != ')') {
            budget.work(1);
            PatternNode part = repeated(atom());
            plain &= part instanceof PatternNode.Plain;
            parts.add(part);
        }
        if (plain) {
            return new PatternNode.Plain(
                    parts.size() == 1
                            ? ((PatternNode.Plain) parts.getFirst()).regular()
                            : new Regular.Concat(regulars(parts)));
        }
        return parts.size() == 1 ? parts.getFirst() : new PatternNode.Sequence(parts);
    }

    private PatternNode repeated(PatternNode atom) {
        PatternNode node = atom;
        while (position < pattern.length()) {
            int min;
            int max;
            int before = position;
            if (take('*')) {
                min = 0;
                max = Regular.UNBOUNDED;
            } else if (take('+')) {
                min = 1;
                max = Regular.UNBOUNDED;
            } else if (take('?')) {
                min = 0;
                max = 1;
            } else if (peek() == '{' && isCount()) {
                position++;
                min = number();
                max = take(',') ? (peek() == '}' ? Regular.UNBOUNDED : number()) : min;
                take('}');
            } else {
                return node;
            }
            if (max != Regular.UNBOUNDED && max < min) {
                throw new GrammarException("a repetition whose maximum " + max + " is below its minimum " + min);
            }
            if (!(node instanceof PatternNode.Plain(Regular body))) {
                position = before;
                throw new GrammarException("an anchor (^ or $) inside a repetition, which is not supported");
            }
            budget.depth(depth + nesting(body));
            node = new PatternNode.Plain(new Regular.Repeat(body, min, max));
            if (!take('?')) {
                take('+');
            }
        }
        return node;
    }

    /** How many repetitions stand directly around each other, as in {@code a{2}{2}{2}}. */
    private static int nesting(Regular body) {
        int levels = 1;
        for (Regular at = body; at instanceof Regular.Repeat repeat; at = repeat.body()) {
            levels++;
        }
        return levels;
    }

    /** Whether a count follows; a brace that begins none stands for itself. */
    private boolean isCount() {
        int at = position + 1;
        int digits = at;
        while (at < pattern.length() && Character.isDigit(pattern.charAt(at))) {
            at++;
        }
        if (at == digits) {
            return false;
        }
        if (at < pattern.length() && pattern.charAt(at) == ',') {
            at++;
            while (at < pattern.length() && Character.isDigit(pattern.charAt(at))) {
                at++;
            }
        }
        return at < pattern.length() && pattern.charAt(at) == '}';
    }

    private int number() {
        long value = 0;
        while (position < pattern.length() && Character.isDigit(peek())) {
            value = Math.min(Integer.MAX_VALUE, 10 * value + Character.digit(pattern.charAt(position++), 10));
        }
        if (value > MAX_COUNT) {
            throw new GrammarException("a repetition of more than " + MAX_COUNT + " times; use a smaller count or *");
        }
        return (int) value;
    }

    private PatternNode atom() {
        int c = next();
        return switch (c) {
            case '(' -> group();
            case '[' -> chars(new ClassParser(pattern, position, excluded, budget));
            case '.' -> chars(CharacterClasses.inLine(excluded));
            case '^' -> new PatternNode.Anchor(true);
            case '$' -> new PatternNode.Anchor(false);
            case '*', '+', '?' ->
                throw new GrammarException(
                        "nothing before \"" + (char) c + "\" to repeat; write \\" + (char) c + " for the character");
            case '\\' -> escape();
            default -> chars(CodePoints.of(c));
        };
    }

    private static PatternNode chars(CodePoints set) {
        return new PatternNode.Plain(new Regular.Chars(set));
    }

    private PatternNode chars(ClassParser parser) {
        CodePoints set = parser.parse();
        position = parser.position();
        return chars(set);
    }

    private PatternNode group() {
        if (take('?')) {
            if (pattern.startsWith("=", position) || pattern.startsWith("!", position)) {
                throw new GrammarException(
                        "lookahead (?=…) or (?!…) is supported at the beginning of a schema's pattern alone, behind ^:"
                                + " describe what is allowed instead");
            }
            if (pattern.startsWith("<=", position) || pattern.startsWith("<!", position)) {
                throw new GrammarException(
                        "lookbehind (?<=…) or (?<!…) is not supported: describe what is allowed instead");
            }
            if (pattern.startsWith("P=", position)) {
                throw new GrammarException("backreference (?P=…) is not supported: no automaton can remember a text");
            }
            if (take('P') | take('<')) {
                int end = pattern.indexOf('>', position);
                if (end < 0) {
                    throw new GrammarException("a group's name without its closing >");
                }
                position = end + 1;
            } else if (!take(':') && !take('>')) {
                throw new GrammarException("flags such as (?i) are not supported: write both cases, as in [aA]");
            }
        }
        PatternNode inside = either();
        closeGroup();
        return inside;
    }

    private void closeGroup() {
        if (!take(')')) {
            throw new GrammarException("a group without its closing parenthesis");
        }
    }

    private PatternNode escape() {
        if (position == pattern.length()) {
            throw new GrammarException("a backslash at the end");
        }
        switch (peek()) {
            case 'b', 'B' -> throw new GrammarException("word boundary \\" + peek() + " is not supported");
            case 'A' -> {
                position++;
                return new PatternNode.Anchor(true);
            }
            case 'z', 'Z' -> {
                position++;
                return new PatternNode.Anchor(false);
            }
            case 'k', '1', '2', '3', '4', '5', '6', '7', '8', '9' ->
                throw new GrammarException(
                        "backreference \\" + peek() + " is not supported: no automaton can remember a text");
            default -> {
                EscapeParser parser = new EscapeParser(pattern, position);
                CodePoints set = parser.parse(excluded);
                position = parser.position();
                return chars(set);
            }
        }
    }

    private char peek() {
        return pattern.charAt(position);
    }

    private int next() {
        int c = pattern.codePointAt(position);
        position += Character.charCount(c);
        return c;
    }

    private boolean take(char wanted) {
        if (position < pattern.length() && pattern.charAt(position) == wanted) {
            position++;
            return true;
        }
        return false;
    }
}
