package dev.altiplano.engine.grammar.program;

import dev.altiplano.engine.grammar.automaton.Regular;
import dev.altiplano.engine.grammar.limit.Budget;
import dev.altiplano.engine.grammar.limit.GrammarException;
import dev.altiplano.engine.grammar.rule.Grammar;
import dev.altiplano.engine.grammar.rule.Rule;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds the parts of a grammar that are regular and small, and writes them as one regular expression each. */
final class RegularRules {

    /** The largest expression, with repetitions written out, that becomes one automaton. */
    private static final long MAX_SIZE = 3_000;

    private record Sized(Regular regular, long size) {}

    private final Map<String, Sized> rules = new HashMap<>();
    private final Map<String, List<String>> users = new HashMap<>();
    private final Budget budget;

    RegularRules(Grammar grammar, Budget budget) {
        this.budget = budget;
        Map<String, Integer> missing = new HashMap<>();
        ArrayDeque<String> ready = new ArrayDeque<>();
        grammar.rules().forEach((name, rule) -> {
            Set<String> used = new HashSet<>();
            references(rule, used);
            for (String other : used) {
                if (!grammar.rules().containsKey(other)) {
                    throw new GrammarException("rule \"" + GrammarException.shorten(name) + "\" uses \""
                            + GrammarException.shorten(other) + "\", which is not defined");
                }
                users.computeIfAbsent(other, key -> new ArrayList<>()).add(name);
            }
            missing.put(name, used.size());
            if (used.isEmpty()) {
                ready.add(name);
            }
        });
        while (!ready.isEmpty()) {
            String name = ready.remove();
            Sized sized = sized(rule(grammar, name));
            if (sized != null) {
                rules.put(name, sized);
            }
            for (String user : users.getOrDefault(name, List.of())) {
                if (missing.merge(user, -1, Integer::sum) == 0) {
                    ready.add(user);
                }
            }
        }
    }

    /** The rules that refer to a rule. */
    List<String> users(String name) {
        return users.getOrDefault(name, List.of());
    }

    static Rule rule(Grammar grammar, String name) {
        Rule rule = grammar.rules().get(name);
        if (rule == null) {
            throw new GrammarException("rule \"" + GrammarException.shorten(name) + "\" is not defined");
        }
        return rule;
    }

    /** The expression for {@code rule}; null where it is not regular or too large. */
    @Nullable
    Regular regular(Rule rule) {
        Sized sized = sized(rule);
        return sized == null ? null : sized.regular();
    }

    private void references(Rule rule, Set<String> names) {
        budget.work(1);
        switch (rule) {
            case Rule.Reference(String name) -> names.add(name);
            case Rule.Sequence(List<Rule> parts) -> parts.forEach(part -> references(part, names));
            case Rule.Choice(List<Rule> options) -> options.forEach(option -> references(option, names));
            case Rule.Repeat(Rule body, Rule separator, int min, int max) -> {
                references(body, names);
                if (separator != null) {
                    references(separator, names);
                }
            }
            case Rule.Fields(List<Rule.Field> fields, Rule separator, boolean notEmpty, int maxOptional) -> {
                fields.forEach(field -> references(field.rule(), names));
                references(separator, names);
            }
            case Rule.Text text -> {}
            case Rule.Token token -> {}
        }
    }

    private @Nullable Sized sized(Rule rule) {
        budget.work(1);
        return switch (rule) {
            case Rule.Text(Regular regular) -> limited(new Sized(regular, size(regular)));
            case Rule.Reference(String name) -> rules.get(name);
            case Rule.Sequence(List<Rule> parts) -> {
                List<Regular> regulars = new ArrayList<>();
                long size = all(parts, regulars);
                yield size < 0 ? null : limited(new Sized(new Regular.Concat(regulars), size));
            }
            case Rule.Choice(List<Rule> options) -> {
                List<Regular> regulars = new ArrayList<>();
                long size = all(options, regulars);
                yield size < 0 ? null : limited(new Sized(new Regular.Either(regulars), size));
            }
            case Rule.Repeat(Rule body, Rule separator, int min, int max) -> {
                Sized inner = separator == null ? sized(body) : null;
                yield inner == null
                        ? null
                        : limited(new Sized(
                                new Regular.Repeat(inner.regular(), min, max),
                                inner.size() * Math.max(1, Math.max(min, max))));
            }
            case Rule.Fields fields -> null;
            case Rule.Token token -> null;
        };
    }

    private static @Nullable Sized limited(Sized sized) {
        return sized.size() > MAX_SIZE ? null : sized;
    }

    /** The sum of the parts' sizes; -1 where one is not regular. */
    private long all(List<Rule> parts, List<Regular> regulars) {
        long size = 1;
        for (Rule part : parts) {
            Sized sized = sized(part);
            if (sized == null) {
                return -1;
            }
            regulars.add(sized.regular());
            size += sized.size();
        }
        return size;
    }

    private static long size(Regular regular) {
        return switch (regular) {
            case Regular.Chars chars -> 1;
            case Regular.Concat(List<Regular> parts) -> sum(parts);
            case Regular.Either(List<Regular> options) -> sum(options);
            case Regular.Repeat(Regular body, int min, int max) ->
                Math.min(Integer.MAX_VALUE, size(body) * Math.max(1, Math.max(min, max)));
        };
    }

    private static long sum(List<Regular> parts) {
        long sum = 0;
        for (Regular part : parts) {
            sum = Math.min(Integer.MAX_VALUE, sum + size(part));
        }
        return sum;
    }
}
