package dev.altiplano.training.corpus;

import java.util.List;
import java.util.stream.IntStream;

/** Sums, differences and products of small numbers, bare and as small stories. */
public final class Arithmetic {

    private Arithmetic() {}

    /**
     * A calculation.
     *
     * @param symbol as in {@code 3 + 4}
     * @param word as in {@code 3 plus 4}
     */
    record Term(int left, String symbol, String word, int right, int result) {}

    private static int number(Derivation d, int last) {
        return Integer.parseInt(d.pick(IntStream.rangeClosed(0, last)
                .mapToObj(Integer::toString)
                .toList()
                .reversed()));
    }

    static void calculate(Derivation d) {
        int count = 1 + d.choose(4);
        for (int i = 0; i < count; i++) {
            if (i > 0) {
                d.say("\n");
            }
            switch (d.choose(3)) {
                case 0 -> bare(d);
                case 1 -> words(d);
                default -> story(d);
            }
        }
    }

    private static void bare(Derivation d) {
        d.say("What is ");
        Term term = term(d, true);
        d.say("? " + term.left() + " " + term.symbol() + " " + term.right() + " = " + term.result() + ".");
    }

    private static void words(Derivation d) {
        d.say("How much is ");
        Term term = term(d, false);
        d.say("? It is " + term.result() + ".");
    }

    /** Says a term and returns it. */
    static Term term(Derivation d, boolean symbols) {
        return switch (d.choose(3)) {
            case 0 -> said(d, symbols, number(d, 20), "+", "plus", 20);
            case 1 -> {
                int left = number(d, 20);
                yield said(d, symbols, left, "-", "minus", left);
            }
            default -> said(d, symbols, number(d, 10), "*", "times", 10);
        };
    }

    private static Term said(Derivation d, boolean symbols, int left, String symbol, String word, int last) {
        d.say(" " + (symbols ? symbol : word) + " ");
        int right = number(d, last);
        int result = switch (symbol) {
            case "+" -> left + right;
            case "-" -> left - right;
            default -> left * right;
        };
        return new Term(left, symbol, word, right, result);
    }

    private static void story(Derivation d) {
        String name = d.oneIn(2) ? d.pick(Lexicon.GIRLS) : d.pick(Lexicon.BOYS);
        d.say(" has ");
        int left = 2 + d.choose(9);
        d.say(left + " ");
        String things = d.pick(Lexicon.SNACKS.stream().map(Lexicon::plural).toList());
        d.say(". " + name + " ");
        boolean more = d.pick(List.of("gets", "gives away")).equals("gets");
        int right = 1 + d.choose(more ? 10 : left - 1);
        d.say(" " + right + (more ? " more" : "") + ". Now " + name + " has ");
        int result = more ? left + right : left - right;
        d.say(result + " " + (result == 1 ? singular(things) : things) + ".");
    }

    private static String singular(String plural) {
        for (String snack : Lexicon.SNACKS) {
            if (Lexicon.plural(snack).equals(plural)) {
                return snack;
            }
        }
        return plural;
    }
}
