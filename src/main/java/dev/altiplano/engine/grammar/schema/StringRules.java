package dev.altiplano.engine.grammar.schema;

import dev.altiplano.engine.grammar.automaton.Automata;
import dev.altiplano.engine.grammar.automaton.CodePoints;
import dev.altiplano.engine.grammar.automaton.Dfa;
import dev.altiplano.engine.grammar.automaton.Regular;
import dev.altiplano.engine.grammar.limit.Budget;
import dev.altiplano.engine.grammar.limit.GrammarException;
import dev.altiplano.engine.grammar.regex.Conditions;
import dev.altiplano.engine.grammar.regex.RegexParser;
import dev.altiplano.engine.grammar.rule.Rule;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Strings: lengths in code points, patterns and formats. */
final class StringRules {

    private static final byte[] EMPTY = {'"', '"'};

    private final Budget budget;
    private final Map<Json, Rule> rules = new HashMap<>();

    StringRules(Budget budget) {
        this.budget = budget;
    }

    /** Equal strings are compiled once: formats with lengths have many states. */
    Rule rule(Json.Obj schema, String path) {
        Json.Obj key = Keywords.of("string", schema);
        Rule known = rules.get(key);
        if (known == null) {
            known = compiled(schema, path);
            rules.put(key, known);
        }
        return known;
    }

    private Rule compiled(Json.Obj schema, String path) {
        int min = Keywords.count(schema, "minLength", 0, path);
        int max = Keywords.count(schema, "maxLength", Integer.MAX_VALUE, path);
        List<Regular> forbidden = new ArrayList<>();
        List<Regular> patterns = patterns(schema, path, forbidden);
        if (min > max) {
            return Rule.IMPOSSIBLE;
        }
        List<String> formats = Keywords.strings(schema, "format", path);
        if (patterns.size() == 1 && formats.size() == 1 && min <= 1) {
            Dfa format = Formats.strings(formats.getFirst(), max);
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
            return constrained(patterns, forbidden, min, max);
        } catch (GrammarException e) {
            throw e.at(path);
        }
    }

    private Rule constrained(List<Regular> patterns, List<Regular> forbidden, int min, int max) {
        if (forbidden.isEmpty()
                && patterns.size() == 1
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
        dfa = without(dfa, forbidden);
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

    private Dfa without(Dfa strings, List<Regular> forbidden) {
        Dfa left = strings;
        for (Regular pattern : forbidden) {
            left = Automata.difference(left, Automata.jsonString(pattern, budget), budget);
        }
        return left;
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

    /** @param forbidden where expressions go that no string may match */
    private List<Regular> patterns(Json.Obj schema, String path, List<Regular> forbidden) {
        List<Regular> patterns = new ArrayList<>();
        for (String pattern : Keywords.strings(schema, "pattern", path)) {
            try {
                Conditions conditions = Conditions.of(pattern, budget);
                patterns.addAll(conditions.required());
                forbidden.addAll(conditions.forbidden());
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
        byte[] text = string.value().getBytes(StandardCharsets.UTF_8);
        for (String pattern : Keywords.strings(schema, "pattern", path)) {
            Conditions conditions = Conditions.of(pattern, budget);
            if (!conditions.required().stream().allMatch(regular -> matches(regular, text))
                    || conditions.forbidden().stream().anyMatch(regular -> matches(regular, text))) {
                return false;
            }
        }
        return true;
    }

    private boolean matches(Regular regular, byte[] text) {
        return Automata.utf8(regular, budget).matches(text);
    }

    /** The keys that a schema for property names allows, as JSON strings with escapes written in one way. */
    Dfa keys(Json.Obj schema, String path) {
        Keywords.refuseUnsupported(schema, path);
        for (String keyword : List.of("anyOf", "oneOf")) {
            if (schema.get(keyword) != null) {
                throw new GrammarException(
                        path + "/" + keyword + ": is not supported for names of properties; use enum");
            }
        }
        if (schema.get(Keywords.NEVER) != null || !Keywords.types(schema, path).contains("string")) {
            return Automata.difference(JsonText.KEY, JsonText.KEY, budget);
        }
        Dfa dfa = JsonText.KEY;
        List<Regular> forbidden = new ArrayList<>();
        for (Regular pattern : patterns(schema, path, forbidden)) {
            dfa = Automata.intersection(dfa, Automata.jsonString(pattern, budget), budget);
        }
        dfa = without(dfa, forbidden);
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
