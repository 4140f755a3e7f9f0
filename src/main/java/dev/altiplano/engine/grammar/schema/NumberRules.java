package dev.altiplano.engine.grammar.schema;

import dev.altiplano.engine.grammar.automaton.Automata;
import dev.altiplano.engine.grammar.automaton.Dfa;
import dev.altiplano.engine.grammar.automaton.Multiples;
import dev.altiplano.engine.grammar.limit.Budget;
import dev.altiplano.engine.grammar.limit.GrammarException;
import dev.altiplano.engine.grammar.rule.Rule;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Numbers. Integers have up to 18 digits and fractions up to 17, exponents two; numbers with bounds or a unit are written without
 * an exponent.
 */
final class NumberRules {

    private static final int MAX_UNIT = 2000;
    private static final int MAX_UNIT_DIGITS = 6;

    /** No number has digits for more. */
    private static final BigDecimal LARGEST = BigDecimal.TEN.pow(JsonText.MAX_INTEGER_DIGITS);

    private final Budget budget;
    private final Map<Key, Rule> rules = new HashMap<>();

    /** What a rule for numbers is made of. */
    private record Key(Json.Obj keywords, boolean integer) {}

    NumberRules(Budget budget) {
        this.budget = budget;
    }

    /** Equal numbers are compiled once: bounds have a state for each digit. */
    Rule rule(Json.Obj schema, boolean integer, String path) {
        Key key = new Key(Keywords.of("number", schema), integer);
        Rule known = rules.get(key);
        if (known == null) {
            known = compiled(schema, integer, path);
            rules.put(key, known);
        }
        return known;
    }

    private Rule compiled(Json.Obj schema, boolean integer, String path) {
        List<DecimalBound> lower = bounds(schema, "minimum", "exclusiveMinimum", path);
        List<DecimalBound> upper = bounds(schema, "maximum", "exclusiveMaximum", path);
        List<BigDecimal> units = units(schema, path);
        if (lower.isEmpty() && upper.isEmpty() && units.isEmpty()) {
            return JsonText.token(integer ? JsonText.INTEGER : JsonText.NUMBER);
        }
        try {
            Dfa dfa = integer ? JsonText.INTEGER : JsonText.DECIMAL;
            for (DecimalBound bound : lower) {
                if (bound.value().compareTo(LARGEST.negate()) <= 0) {
                    continue;
                }
                dfa = Automata.intersection(dfa, Automata.utf8(bound.atLeast(), budget), budget);
            }
            for (DecimalBound bound : upper) {
                if (bound.value().compareTo(LARGEST) >= 0) {
                    continue;
                }
                dfa = Automata.intersection(dfa, Automata.utf8(bound.atMost(), budget), budget);
            }
            for (BigDecimal unit : units) {
                dfa = Automata.intersection(dfa, multiples(unit, integer, path), budget);
            }
            return JsonText.token(dfa);
        } catch (GrammarException e) {
            throw e.at(path);
        }
    }

    private static List<DecimalBound> bounds(Json.Obj schema, String inclusive, String exclusive, String path) {
        List<DecimalBound> bounds = new ArrayList<>();
        BigDecimal bound = Keywords.number(schema, inclusive, path);
        if (bound != null) {
            bounds.add(new DecimalBound(bound, true));
        }
        BigDecimal strict = Keywords.number(schema, exclusive, path);
        if (strict != null) {
            bounds.add(new DecimalBound(strict, false));
        }
        return bounds;
    }

    private static List<BigDecimal> units(Json.Obj schema, String path) {
        Json value = schema.get("multipleOf");
        List<Json> values =
                value == null ? List.of() : value instanceof Json.Arr(List<Json> all) ? all : List.of(value);
        List<BigDecimal> units = new ArrayList<>();
        for (Json each : values) {
            if (!(each instanceof Json.Num(BigDecimal unit)) || unit.signum() <= 0) {
                throw new GrammarException(path + "/multipleOf: must be a number above 0");
            }
            units.add(unit);
        }
        return units;
    }

    private Dfa multiples(BigDecimal unit, boolean integer, String path) {
        int digits = Math.max(0, unit.scale());
        if (digits > MAX_UNIT_DIGITS || unit.precision() - unit.scale() > 10) {
            throw tooLarge(unit, path);
        }
        BigInteger whole = unit.movePointRight(digits).toBigIntegerExact();
        if (integer) {
            // A whole number is a multiple of a fraction when it is one of the fraction's numerator in lowest terms.
            whole = whole.divide(whole.gcd(BigInteger.TEN.pow(digits)));
            digits = 0;
        }
        if (whole.compareTo(BigInteger.valueOf(MAX_UNIT)) > 0) {
            throw tooLarge(unit, path);
        }
        return Multiples.of(whole.intValueExact(), digits, budget);
    }

    private static GrammarException tooLarge(BigDecimal unit, String path) {
        return new GrammarException(
                path + "/multipleOf: " + unit + " has a numerator above " + MAX_UNIT + " or more than "
                        + MAX_UNIT_DIGITS + " fraction digits, which is not supported; use a smaller unit or an enum");
    }

    /** Whether a number satisfies bounds and units. */
    boolean allows(Json.Obj schema, BigDecimal number, String path) {
        for (DecimalBound bound : bounds(schema, "minimum", "exclusiveMinimum", path)) {
            if (number.compareTo(bound.value()) < (bound.inclusive() ? 0 : 1)) {
                return false;
            }
        }
        for (DecimalBound bound : bounds(schema, "maximum", "exclusiveMaximum", path)) {
            if (number.compareTo(bound.value()) > (bound.inclusive() ? 0 : -1)) {
                return false;
            }
        }
        for (BigDecimal unit : units(schema, path)) {
            if (number.remainder(unit).signum() != 0) {
                return false;
            }
        }
        return true;
    }
}
