package dev.altiplano.engine.grammar.schema;

import dev.altiplano.engine.grammar.automaton.Automata;
import dev.altiplano.engine.grammar.automaton.CodePoints;
import dev.altiplano.engine.grammar.automaton.Dfa;
import dev.altiplano.engine.grammar.automaton.Regular;
import dev.altiplano.engine.grammar.limit.Budget;
import dev.altiplano.engine.grammar.limit.GrammarException;
import dev.altiplano.engine.grammar.regex.RegexParser;
import dev.altiplano.engine.grammar.rule.Rule;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Strings: lengths in code points, patterns and formats. */
final class StringRules {

    private static final byte[] EMPTY = {'"', '"'};

    private final Budget budget;

    StringRules(Budget budget) {
        this.budget = budget;
    }

    Rule rule(Json.Obj schema, String path) {
        int min = Keywords.count(schema, "minLength", 0, path);
        int max = Keywords.count(schema, "maxLength", Integer.MAX_VALUE, path);
        List<Regular> patterns = patterns(schema, path);
        if (min > max) {
            return Rule.IMPOSSIBLE;
        }
        List<String> formats = Keywords.strings(schema, "format", path);
        if (patterns.size() == 1 && formats.size() == 1 && min <= 1 && max == Integer.MAX_VALUE) {
            Dfa format = Formats.strings(formats.getFirst());
            if (format != null && (min == 0 || !format.matches(EMPTY))) {
                return JsonText.token(format);
            }
        }
        if (patterns.isEmpty()) {
            return min == 0 && max == Integer.MAX_VALUE
                    ? JsonText.token(JsonText.STRING)
                    : JsonText.counted(JsonText.STRING, min, max);
        }
        try {
            return constrained(patterns, min, max);
        } catch (GrammarException e) {
            throw e.at(path);
        }
    }

    private Rule constrained(List<Regular> patterns, int min, int max) {
        if (patterns.size() == 1
                && alone(patterns.getFirst()) instanceof Regular.Repeat(Regular.Chars chars, int from, int to)) {
            int most = Math.min(max, to == Regular.UNBOUNDED ? Integer.MAX_VALUE : to);
            int least = Math.max(min, from);
            if (chars.set().isEmpty() || least > most) {
                return least == 0 && from == 0 ? JsonText.counted(JsonText.STRING, 0, 0) : Rule.IMPOSSIBLE;
            }
            return JsonText.counted(Automata.jsonString(Regular.star(chars), budget), least, most);
        }
        Dfa dfa = Automata.jsonString(patterns.getFirst(), budget);
        for (Regular pattern : patterns.subList(1, patterns.size())) {
            dfa = Automata.intersection(dfa, Automata.jsonString(pattern, budget), budget);
        }
        for (Regular pattern : patterns) {
            // A pattern often bounds the length by itself, and counting costs states.
            if (min <= shortest(pattern) && max >= longest(pattern)) {
                return JsonText.token(dfa);
            }
        }
        if (min > 0 || max < Integer.MAX_VALUE) {
            Regular length = new Regular.Repeat(
                    new Regular.Chars(CodePoints.ALL), min, max == Integer.MAX_VALUE ? Regular.UNBOUNDED : max);
            dfa = Automata.intersection(dfa, Automata.jsonString(length, budget), budget);
        }
        return JsonText.token(dfa);
    }

    private static Regular alone(Regular pattern) {
        Regular at = pattern;
        while (at instanceof Regular.Concat(List<Regular> parts) && parts.size() == 1) {
            at = parts.getFirst();
        }
        return at;
    }

    private static long shortest(Regular pattern) {
        return switch (pattern) {
            case Regular.Chars chars -> 1;
            case Regular.Concat(List<Regular> parts) -> {
                long sum = 0;
                for (Regular part : parts) {
                    sum += shortest(part);
                }
                yield Math.min(sum, Integer.MAX_VALUE);
            }
            case Regular.Either(List<Regular> options) -> {
                long least = Integer.MAX_VALUE;
                for (Regular option : options) {
                    least = Math.min(least, shortest(option));
                }
                yield least;
            }
            case Regular.Repeat(Regular body, int min, int max) -> Math.min(min * shortest(body), Integer.MAX_VALUE);
        };
    }

    private static long longest(Regular pattern) {
        return switch (pattern) {
            case Regular.Chars chars -> 1;
            case Regular.Concat(List<Regular> parts) -> {
                long sum = 0;
                for (Regular part : parts) {
                    sum += longest(part);
                }
                yield Math.min(sum, Integer.MAX_VALUE);
            }
            case Regular.Either(List<Regular> options) -> {
                long most = 0;
                for (Regular option : options) {
                    most = Math.max(most, longest(option));
                }
                yield most;
            }
            case Regular.Repeat(Regular body, int min, int max) ->
                max == Regular.UNBOUNDED ? Integer.MAX_VALUE : Math.min(max * longest(body), Integer.MAX_VALUE);
        };
    }

    private List<Regular> patterns(Json.Obj schema, String path) {
        List<Regular> patterns = new ArrayList<>();
        for (String pattern : Keywords.strings(schema, "pattern", path)) {
            try {
                patterns.add(RegexParser.search(pattern, budget));
            } catch (GrammarException e) {
                throw e.at(path + "/pattern");
            }
        }
        for (String format : Keywords.strings(schema, "format", path)) {
            String pattern = Formats.pattern(format);
            if (pattern != null) {
                patterns.add(RegexParser.whole(pattern, budget));
            }
        }
        return patterns;
    }

    /** Whether a string satisfies lengths, patterns and formats. */
    boolean allows(Json.Obj schema, Json.Str string, String path) {
        int length = string.value().codePointCount(0, string.value().length());
        if (length < Keywords.count(schema, "minLength", 0, path)
                || length > Keywords.count(schema, "maxLength", Integer.MAX_VALUE, path)) {
            return false;
        }
        for (String pattern : Keywords.strings(schema, "pattern", path)) {
            if (!Automata.utf8(RegexParser.search(pattern, budget), budget)
                    .matches(string.value().getBytes(StandardCharsets.UTF_8))) {
                return false;
            }
        }
        return true;
    }

    /** The keys that a schema for property names allows, as JSON strings with escapes written in one way. */
    Dfa keys(Json.Obj schema, String path) {
        Dfa dfa = JsonText.KEY;
        for (Regular pattern : patterns(schema, path)) {
            dfa = Automata.intersection(dfa, Automata.jsonString(pattern, budget), budget);
        }
        int min = Keywords.count(schema, "minLength", 0, path);
        int max = Keywords.count(schema, "maxLength", Integer.MAX_VALUE, path);
        if (min > 0 || max < Integer.MAX_VALUE) {
            Regular length = new Regular.Repeat(
                    new Regular.Chars(CodePoints.ALL),
                    min,
                    max == Integer.MAX_VALUE ? Regular.UNBOUNDED : Math.max(min, max));
            dfa = Automata.intersection(dfa, Automata.jsonString(length, budget), budget);
        }
        if (schema.get("enum") != null) {
            List<byte[]> names = new ArrayList<>();
            for (Json name : Keywords.array(schema, "enum", path)) {
                names.add(name.write().getBytes(StandardCharsets.UTF_8));
            }
            dfa = Automata.intersection(dfa, Automata.literals(names, budget), budget);
        }
        return dfa;
    }
}
