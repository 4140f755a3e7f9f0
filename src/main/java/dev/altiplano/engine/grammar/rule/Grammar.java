package dev.altiplano.engine.grammar.rule;

import dev.altiplano.engine.grammar.limit.GrammarException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Rules by their names, and the one that whole texts follow. Rules may refer to each other and to themselves. */
public record Grammar(Map<String, Rule> rules, String root) {

    public Grammar {
        rules = Collections.unmodifiableMap(new LinkedHashMap<>(rules));
        if (!rules.containsKey(root)) {
            throw new GrammarException("there is no rule \"" + GrammarException.shorten(root) + "\" to begin with");
        }
    }

    /** A grammar of one rule. */
    public static Grammar of(Rule rule) {
        return new Grammar(Map.of("root", rule), "root");
    }
}
