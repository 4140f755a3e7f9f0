package dev.altiplano.engine.grammar.schema;

import dev.altiplano.engine.grammar.automaton.Automata;
import dev.altiplano.engine.grammar.automaton.Regular;
import dev.altiplano.engine.grammar.limit.Budget;
import dev.altiplano.engine.grammar.limit.GrammarException;
import dev.altiplano.engine.grammar.rule.Grammar;
import dev.altiplano.engine.grammar.rule.Rule;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Turns a schema into rules. Objects, arrays and alternatives become rules of their own, one for each different schema, so that
 * recursive schemas end and equal ones are compiled once. Another order of properties is another schema.
 */
public final class JsonSchemaGrammar {

    private static final String ANY = "any";
    private static final String ANY_OBJECT = "any object";

    private record Pending(String name, Json.Obj schema, String path) {}

    private final SchemaReferences references;
    private final SchemaMerger merger;
    private final Budget budget;
    private final Rule space;
    private final StringRules strings;
    private final NumberRules numbers;
    private final ObjectRules objects;
    private final ArrayRules arrays;
    private final Map<String, Rule> rules = new LinkedHashMap<>();
    private final JsonNumbers schemas;
    private final Map<Integer, String> names = new HashMap<>();
    private final Set<String> usedNames = new HashSet<>(Set.of("#", ANY, ANY_OBJECT));
    private final ArrayDeque<Pending> pending = new ArrayDeque<>();

    private JsonSchemaGrammar(Json root, Whitespace whitespace, Budget budget) {
        this.budget = budget;
        references = new SchemaReferences(root);
        merger = new SchemaMerger(references, budget);
        schemas = new JsonNumbers(budget);
        space = JsonText.space(whitespace);
        strings = new StringRules(budget);
        numbers = new NumberRules(budget);
        objects = new ObjectRules(this, merger, strings, space, budget);
        arrays = new ArrayRules(this, space);
    }

    public static Grammar parse(String text, Whitespace whitespace, Budget budget) {
        Json root = SchemaText.parse(text, budget);
        return new JsonSchemaGrammar(root, whitespace, budget).grammar(root);
    }

    /** Any JSON object. */
    public static Grammar anyObject(Whitespace whitespace, Budget budget) {
        JsonSchemaGrammar grammar = new JsonSchemaGrammar(Json.TRUE, whitespace, budget);
        grammar.any();
        return new Grammar(grammar.rules, ANY_OBJECT);
    }

    private Grammar grammar(Json root) {
        rules.put("#", schema(root, "#"));
        while (!pending.isEmpty()) {
            Pending next = pending.remove();
            rules.put(next.name(), flat(next.schema(), next.path()));
        }
        return new Grammar(rules, "#");
    }

    /** The rule for a schema. */
    Rule schema(Json schema, String path) {
        budget.states(1);
        if (schema.equals(Json.FALSE)) {
            return Rule.IMPOSSIBLE;
        }
        Json.Obj flat = schema instanceof Json.Obj object && isReference(object)
                ? new Json.Obj(Map.of("$ref", new Json.Str(references.pointer(object, path))))
                : merger.flatten(schema, path);
        if (Keywords.restrictsNothing(flat)) {
            return any();
        }
        return isScalar(flat, path) ? flat(flat, path) : named(flat, path);
    }

    /** Whether a schema is a reference and no more than that. */
    private static boolean isReference(Json.Obj schema) {
        return schema.get("$ref") != null && Keywords.restrictsNothing(schema.without("$ref"));
    }

    private static boolean isScalar(Json.Obj schema, String path) {
        if (schema.get("enum") != null || schema.get(Keywords.NEVER) != null) {
            return true;
        }
        Set<String> types = Keywords.types(schema, path);
        return schema.get("$ref") == null
                && schema.get("anyOf") == null
                && schema.get("oneOf") == null
                && !types.contains("object")
                && !types.contains("array");
    }

    private Rule named(Json.Obj schema, String path) {
        int number = schemas.of(schema);
        String known = names.get(number);
        if (known == null) {
            known = schema.get("$ref") instanceof Json.Str(String pointer) ? "$ref " + pointer : path;
            while (!usedNames.add(known)) {
                known += "'";
            }
            names.put(number, known);
            pending.add(new Pending(known, schema, path));
        }
        return new Rule.Reference(known);
    }

    /** The rule for a schema without {@code allOf}. */
    private Rule flat(Json.Obj schema, String path) {
        if (schema.get("$ref") instanceof Json.Str(String pointer)) {
            return schema(references.resolve(pointer, path), pointer);
        }
        if (schema.get(Keywords.NEVER) != null) {
            return Rule.IMPOSSIBLE;
        }
        Keywords.refuseUnsupported(schema, path);
        if (schema.get("anyOf") != null) {
            return alternatives(schema, "anyOf", path);
        }
        if (schema.get("oneOf") != null) {
            return alternatives(schema, "oneOf", path);
        }
        if (schema.get("enum") != null) {
            return values(schema, path);
        }
        return typed(schema, path);
    }

    private Rule alternatives(Json.Obj schema, String keyword, String path) {
        List<Json> branches = Keywords.array(schema, keyword, path);
        if (branches.isEmpty()) {
            throw new GrammarException(path + "/" + keyword + ": must hold at least one schema");
        }
        Json.Obj base = schema.without(keyword);
        boolean plain = Keywords.restrictsNothing(base);
        List<Json> all = new ArrayList<>();
        for (int i = 0; i < branches.size(); i++) {
            String at = path + "/" + keyword + "/" + i;
            all.add(plain ? branches.get(i) : merger.merge(base, merger.flatten(branches.get(i), at), path));
        }
        if (keyword.equals("oneOf")) {
            new Disjointness(merger, budget).check(all, path);
        }
        List<Rule> options = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            options.add(schema(all.get(i), path + "/" + keyword + "/" + i));
        }
        return new Rule.Choice(options);
    }

    private Rule values(Json.Obj schema, String path) {
        List<byte[]> literals = new ArrayList<>();
        for (Json value : Keywords.array(schema, "enum", path)) {
            budget.work(1);
            if (allowed(value, schema, path)) {
                literals.add(bytes(value, path));
            }
        }
        if (literals.isEmpty()) {
            return Rule.IMPOSSIBLE;
        }
        try {
            return JsonText.token(Automata.literals(literals, budget));
        } catch (GrammarException e) {
            throw e.at(path + "/enum");
        }
    }

    private static byte[] bytes(Json value, String path) {
        try {
            var encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(value.write()));
            byte[] bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            return bytes;
        } catch (CharacterCodingException e) {
            throw new GrammarException(path + "/enum: a value with half a surrogate pair, which UTF-8 cannot write");
        }
    }

    /** Whether a value of an enumeration satisfies what else the schema says. */
    private boolean allowed(Json value, Json.Obj schema, String path) {
        Set<String> types = schema.get("type") == null ? Keywords.ALL_TYPES : Keywords.types(schema, path);
        return switch (value) {
            case Json.Str string -> types.contains("string") && strings.allows(schema, string, path);
            case Json.Num(var number) ->
                (types.contains("number") || types.contains("integer") && number.scale() <= 0)
                        && numbers.allows(schema, number, path);
            case Json.Literal literal -> types.contains(literal.equals(Json.NULL) ? "null" : "boolean");
            case Json.Arr array -> types.contains("array") && alone(schema, path);
            case Json.Obj object -> types.contains("object") && alone(schema, path);
        };
    }

    private static boolean alone(Json.Obj schema, String path) {
        if (!Keywords.restrictsNothing(schema.without("type", "enum"))) {
            throw new GrammarException(
                    path + "/enum: objects and arrays together with other keywords are not supported; "
                            + "keep the values that satisfy them and remove the other keywords");
        }
        return true;
    }

    private Rule typed(Json.Obj schema, String path) {
        List<Rule> options = new ArrayList<>();
        Set<String> types = Keywords.types(schema, path);
        for (String type : types) {
            switch (type) {
                case "object" -> options.add(objects.rule(schema, path));
                case "array" -> options.add(arrays.rule(schema, path));
                case "string" -> options.add(strings.rule(schema, path));
                case "number" -> options.add(numbers.rule(schema, false, path));
                case "integer" -> {
                    if (!types.contains("number")) {
                        options.add(numbers.rule(schema, true, path));
                    }
                }
                case "boolean" -> options.add(JsonText.booleans());
                default -> options.add(JsonText.nulls());
            }
        }
        return options.size() == 1 ? options.getFirst() : new Rule.Choice(options);
    }

    /** Any JSON value. */
    Rule any() {
        if (!rules.containsKey(ANY)) {
            Rule any = new Rule.Reference(ANY);
            Rule comma = Rule.sequence(new Rule.Text(Regular.literal(",")), space);
            Rule member = Rule.sequence(JsonText.token(JsonText.STRING), ObjectRules.text(":"), space, any);
            Rule object = Rule.sequence(
                    ObjectRules.text("{"),
                    space,
                    new Rule.Repeat(member, comma, 0, Rule.UNBOUNDED),
                    space,
                    ObjectRules.text("}"));
            Rule array = Rule.sequence(
                    ObjectRules.text("["),
                    space,
                    new Rule.Repeat(any, comma, 0, Rule.UNBOUNDED),
                    space,
                    ObjectRules.text("]"));
            rules.put(ANY_OBJECT, object);
            rules.put(
                    ANY,
                    new Rule.Choice(List.of(
                            new Rule.Reference(ANY_OBJECT),
                            array,
                            JsonText.token(JsonText.STRING),
                            JsonText.token(JsonText.NUMBER),
                            JsonText.booleans(),
                            JsonText.nulls())));
        }
        return new Rule.Reference(ANY);
    }
}
