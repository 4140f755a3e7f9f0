package dev.altiplano.engine.grammar.schema;

import dev.altiplano.engine.grammar.limit.GrammarException;
import dev.altiplano.engine.grammar.rule.Rule;
import java.util.ArrayList;
import java.util.List;

/** Arrays: a prefix of different items, then any number of equal ones. */
final class ArrayRules {

    private static final int MAX_PREFIX = 100;

    private final JsonSchemaGrammar grammar;
    private final Rule space;

    ArrayRules(JsonSchemaGrammar grammar, Rule space) {
        this.grammar = grammar;
        this.space = space;
    }

    Rule rule(Json.Obj schema, String path) {
        int min = Keywords.count(schema, "minItems", 0, path);
        int max = Keywords.count(schema, "maxItems", Integer.MAX_VALUE, path);
        if (Keywords.isTrue(schema, "uniqueItems") && max > 1) {
            throw new GrammarException(
                    path
                            + "/uniqueItems: is not supported, as no grammar can compare items; remove it, or use an object with one boolean for each value");
        }
        List<Json> prefix = Keywords.array(schema, "prefixItems", path);
        if (prefix.size() > MAX_PREFIX) {
            throw new GrammarException(path + "/prefixItems: has " + prefix.size() + " items, more than the limit of "
                    + MAX_PREFIX + "; use items");
        }
        Json items = schema.get("items");
        Rule item = items == null ? grammar.any() : grammar.schema(items, path + "/items");
        if (min > max) {
            return Rule.IMPOSSIBLE;
        }
        int limit = max == Integer.MAX_VALUE ? Rule.UNBOUNDED : max;
        Rule content =
                prefix.isEmpty() ? new Rule.Repeat(item, comma(), min, limit) : prefixed(prefix, item, min, max, path);
        return Rule.sequence(ObjectRules.text("["), space, content, space, ObjectRules.text("]"));
    }

    private Rule comma() {
        return Rule.sequence(ObjectRules.text(","), space);
    }

    /** Built from the end: each place holds its item and all that may follow, and may be left out where enough have come before. */
    private Rule prefixed(List<Json> prefix, Rule item, int min, int max, String path) {
        int size = prefix.size();
        Rule rest = max <= size
                ? Rule.EMPTY
                : new Rule.Repeat(
                        Rule.sequence(comma(), item),
                        null,
                        Math.max(0, min - size),
                        max == Integer.MAX_VALUE ? Rule.UNBOUNDED : max - size);
        for (int i = Math.min(size, max) - 1; i >= 0; i--) {
            List<Rule> parts = new ArrayList<>();
            if (i > 0) {
                parts.add(comma());
            }
            parts.add(grammar.schema(prefix.get(i), path + "/prefixItems/" + i));
            parts.add(rest);
            Rule place = new Rule.Sequence(parts);
            rest = i < min ? place : new Rule.Choice(List.of(place, Rule.EMPTY));
        }
        return rest;
    }
}
