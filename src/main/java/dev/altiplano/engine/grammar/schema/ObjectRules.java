package dev.altiplano.engine.grammar.schema;

import dev.altiplano.engine.grammar.automaton.Automata;
import dev.altiplano.engine.grammar.automaton.Dfa;
import dev.altiplano.engine.grammar.automaton.Regular;
import dev.altiplano.engine.grammar.limit.Budget;
import dev.altiplano.engine.grammar.limit.GrammarException;
import dev.altiplano.engine.grammar.regex.RegexParser;
import dev.altiplano.engine.grammar.rule.Rule;
import dev.altiplano.engine.grammar.rule.Terminal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Objects: the declared properties in the order of the schema, then others. Other keys are never equal to a declared one, as
 * their escapes are written in one way.
 */
final class ObjectRules {

    private final JsonSchemaGrammar grammar;
    private final SchemaMerger merger;
    private final StringRules strings;
    private final Rule space;
    private final Budget budget;

    ObjectRules(JsonSchemaGrammar grammar, SchemaMerger merger, StringRules strings, Rule space, Budget budget) {
        this.grammar = grammar;
        this.merger = merger;
        this.strings = strings;
        this.space = space;
        this.budget = budget;
    }

    static Rule text(String text) {
        return new Rule.Text(Regular.literal(text));
    }

    Rule rule(Json.Obj schema, String path) {
        Set<String> required = new LinkedHashSet<>(Keywords.strings(schema, "required", path));
        Set<String> declared = new LinkedHashSet<>(
                Keywords.object(schema, "properties", path).values().keySet());
        Map<String, Json> patterns =
                Keywords.object(schema, "patternProperties", path).values();
        Json additional = schema.get("additionalProperties");
        if (additional == null) {
            // A schema that names properties means these; one that names none means any.
            additional = declared.isEmpty() && patterns.isEmpty() ? Json.TRUE : Json.FALSE;
        }
        declared.addAll(required);
        Json named = schema.get("propertyNames");
        Json.Obj keys = named == null ? Json.NOTHING : merger.flatten(named, path + "/propertyNames");
        Dfa names = named == null ? null : strings.keys(keys, path + "/propertyNames");
        List<Rule.Field> fields = new ArrayList<>();
        int requiredCount = 0;
        for (String name : declared) {
            boolean must = required.contains(name);
            Rule field = names == null || names.matches(key(name))
                    ? property(name, merger.effective(schema, name, path), path + "/properties/" + name)
                    : Rule.IMPOSSIBLE;
            // One that cannot be there is not to be counted on.
            if (must || !field.equals(Rule.IMPOSSIBLE)) {
                fields.add(new Rule.Field(field, must));
            }
            requiredCount += must ? 1 : 0;
        }
        int min = Keywords.count(schema, "minProperties", 0, path);
        int max = Keywords.count(schema, "maxProperties", Integer.MAX_VALUE, path);
        Rule others;
        if (names == null || keys.get("enum") == null) {
            others = others(declared, patterns, additional, names, path);
        } else {
            // No other keys than these: each is a property like the declared ones, so that it is there once.
            others = Rule.IMPOSSIBLE;
            Json.Obj undeclared = schema.with("additionalProperties", additional);
            for (Json key : Keywords.array(keys, "enum", path)) {
                if (key instanceof Json.Str(String name) && names.matches(key(name)) && declared.add(name)) {
                    Json value = merger.effective(undeclared, name, path);
                    String keyword = value.equals(additional) ? "/additionalProperties" : "/patternProperties";
                    Rule field = property(name, value, path + keyword);
                    if (!field.equals(Rule.IMPOSSIBLE)) {
                        fields.add(new Rule.Field(field, false));
                    }
                }
            }
        }
        return braces(fields, requiredCount, others, min, max, path);
    }

    /** One property; {@link Rule#IMPOSSIBLE} where it has no value. */
    private Rule property(String name, Json schema, String path) {
        Rule value = grammar.schema(schema, path);
        if (value.equals(Rule.IMPOSSIBLE)
                || value instanceof Rule.Token(Terminal terminal)
                        && terminal.dfa().isEmpty()) {
            return Rule.IMPOSSIBLE;
        }
        Dfa key =
                Automata.literals(List.of((new Json.Str(name).write() + ":").getBytes(StandardCharsets.UTF_8)), budget);
        return Rule.sequence(JsonText.token(key), space, value);
    }

    private static byte[] key(String name) {
        return new Json.Str(name).write().getBytes(StandardCharsets.UTF_8);
    }

    /** One property that is not declared. */
    private Rule others(
            Set<String> declared, Map<String, Json> patterns, Json additional, @Nullable Dfa names, String path) {
        List<byte[]> taken = new ArrayList<>();
        declared.forEach(name -> taken.add(key(name)));
        Dfa left = names == null ? JsonText.KEY : names;
        if (!taken.isEmpty() && (!additional.equals(Json.FALSE) || !patterns.isEmpty())) {
            left = Automata.difference(left, Automata.literals(taken, budget), budget);
        }
        List<Rule> options = new ArrayList<>();
        for (var entry : patterns.entrySet()) {
            String at = path + "/patternProperties/" + entry.getKey();
            try {
                Dfa pattern = Automata.jsonString(RegexParser.search(entry.getKey(), budget), budget);
                for (String other : patterns.keySet()) {
                    if (!other.equals(entry.getKey()) && !entry.getValue().equals(patterns.get(other))) {
                        refuseOverlap(pattern, other);
                    }
                }
                add(options, Automata.intersection(left, pattern, budget), entry.getValue(), at);
                left = Automata.difference(left, pattern, budget);
            } catch (GrammarException e) {
                throw e.at(at);
            }
        }
        add(options, left, additional, path + "/additionalProperties");
        return new Rule.Choice(options);
    }

    private void refuseOverlap(Dfa pattern, String other) {
        Dfa second = Automata.jsonString(RegexParser.search(other, budget), budget);
        if (!Automata.intersection(pattern, second, budget).isEmpty()) {
            throw new GrammarException("some keys match the pattern \"" + GrammarException.shorten(other)
                    + "\" as well, which has another schema; make the patterns disjoint");
        }
    }

    private void add(List<Rule> options, Dfa keys, Json schema, String path) {
        if (!keys.isEmpty() && !schema.equals(Json.FALSE)) {
            options.add(Rule.sequence(JsonText.token(keys), text(":"), space, grammar.schema(schema, path)));
        }
    }

    private Rule braces(List<Rule.Field> declared, int requiredCount, Rule others, int min, int max, String path) {
        if (min > max || requiredCount > max) {
            return Rule.IMPOSSIBLE;
        }
        List<Rule.Field> fields = new ArrayList<>(declared);
        boolean open = max > fields.size() && !others.equals(Rule.IMPOSSIBLE);
        int missing = Math.max(0, min - requiredCount);
        int othersMin = 0;
        if (missing > 1) {
            // The first optional properties become required: fewer texts than the schema allows, all of them valid.
            missing = require(fields, missing - 1) + 1;
        }
        boolean optional = fields.stream().anyMatch(field -> !field.required());
        if (missing > 1 || missing == 1 && !optional && !open) {
            if (!open) {
                return Rule.IMPOSSIBLE;
            }
            throw new GrammarException(path + "/minProperties: asks for " + min + " properties of which no more than "
                    + (min - missing) + " are declared; no grammar can tell that further keys differ: declare them");
        }
        boolean someNeeded = missing == 1;
        if (someNeeded && !optional) {
            othersMin = 1;
        }
        if (someNeeded && optional && !allOptional(fields)) {
            // "Not empty" says nothing where something is required anyway.
            require(fields, 1);
            someNeeded = false;
        }
        int maxOptional = Rule.UNBOUNDED;
        if (max < fields.size()) {
            maxOptional =
                    max - (int) fields.stream().filter(Rule.Field::required).count();
        }
        if (open) {
            int othersMax = max == Integer.MAX_VALUE ? Rule.UNBOUNDED : max - fields.size();
            fields.add(new Rule.Field(new Rule.Repeat(others, comma(), 1, othersMax), othersMin > 0));
        }
        Rule content = new Rule.Fields(fields, comma(), someNeeded, maxOptional);
        return Rule.sequence(text("{"), space, content, space, text("}"));
    }

    private static boolean allOptional(List<Rule.Field> fields) {
        return fields.stream().noneMatch(Rule.Field::required);
    }

    /** Makes up to {@code count} optional fields required; gives how many are still missing. */
    private static int require(List<Rule.Field> fields, int count) {
        int left = count;
        for (int i = 0; i < fields.size() && left > 0; i++) {
            Rule.Field field = fields.get(i);
            if (!field.required()) {
                fields.set(i, new Rule.Field(field.rule(), true));
                left--;
            }
        }
        return left;
    }

    private Rule comma() {
        return Rule.sequence(text(","), space);
    }
}
