package dev.altiplano.engine.grammar.program;

import dev.altiplano.engine.grammar.automaton.Regular;
import dev.altiplano.engine.grammar.limit.Budget;
import dev.altiplano.engine.grammar.rule.Grammar;
import dev.altiplano.engine.grammar.rule.Rule;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Finds the rules of which some finite text follows. The others would lead a sequence where it can never end. */
final class ProductiveRules {

    private final Set<String> productive = new HashSet<>();
    private final Budget budget;

    ProductiveRules(Grammar grammar, RegularRules references, Budget budget) {
        this.budget = budget;
        ArrayDeque<String> open = new ArrayDeque<>(grammar.rules().keySet());
        while (!open.isEmpty()) {
            String name = open.removeLast();
            if (!productive.contains(name) && productive(RegularRules.rule(grammar, name))) {
                productive.add(name);
                open.addAll(references.users(name));
            }
        }
    }

    boolean productive(Rule rule) {
        budget.work(1);
        return switch (rule) {
            case Rule.Token(var terminal) -> !terminal.dfa().isEmpty();
            case Rule.Text(Regular regular) -> productive(regular);
            case Rule.Reference(String name) -> productive.contains(name);
            case Rule.Sequence(List<Rule> parts) -> {
                for (Rule part : parts) {
                    if (!productive(part)) {
                        yield false;
                    }
                }
                yield true;
            }
            case Rule.Choice(List<Rule> options) -> {
                for (Rule option : options) {
                    if (productive(option)) {
                        yield true;
                    }
                }
                yield false;
            }
            case Rule.Repeat(Rule body, Rule separator, int min, int max) ->
                min == 0 || productive(body) && (separator == null || min == 1 || productive(separator));
            case Rule.Fields(List<Rule.Field> fields, Rule separator, boolean notEmpty, int maxOptional) ->
                productive(fields, notEmpty);
        };
    }

    private boolean productive(List<Rule.Field> fields, boolean notEmpty) {
        boolean some = !notEmpty;
        for (Rule.Field field : fields) {
            if (productive(field.rule())) {
                some = true;
            } else if (field.required()) {
                return false;
            }
        }
        return some;
    }

    private static boolean productive(Regular regular) {
        return switch (regular) {
            case Regular.Chars(var set) -> !set.isEmpty();
            case Regular.Concat(List<Regular> parts) -> {
                for (Regular part : parts) {
                    if (!productive(part)) {
                        yield false;
                    }
                }
                yield true;
            }
            case Regular.Either(List<Regular> options) -> {
                for (Regular option : options) {
                    if (productive(option)) {
                        yield true;
                    }
                }
                yield false;
            }
            case Regular.Repeat(Regular body, int min, int max) -> min == 0 || productive(body);
        };
    }
}
