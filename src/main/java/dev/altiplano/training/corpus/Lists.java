package dev.altiplano.training.corpus;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Words to repeat, lists of different things of one kind, and counting. */
final class Lists {

    private Lists() {}

    private static final List<String> KINDS =
            List.of("colors", "animals", "toys", "foods", "places", "jobs", "games", "plants");

    private static final Map<String, List<String>> MEMBERS = Map.of(
            "colors", Lexicon.COLORS,
            "animals", Lexicon.ANIMALS,
            "toys", Lexicon.TOYS,
            "foods", Lexicon.FOODS,
            "places", Lexicon.PLACES,
            "jobs", Lexicon.JOBS,
            "games", Lexicon.GAMES,
            "plants", Lexicon.PLANTS);

    /**
     * What is to be listed.
     *
     * @param size how many; 3 to 5
     */
    record Request(String kind, int size) {}

    static void list(Derivation d) {
        if (d.choose(3) > 0) {
            repeat(d);
            return;
        }
        if (d.oneIn(3)) {
            d.say("Count ");
            int[] range = range(d);
            d.say(": ");
            count(d, range);
            return;
        }
        d.pick(List.of("Here are ", "These are ", "A list of "));
        Request request = request(d);
        d.say(": ");
        enumerate(d, request);
    }

    /** The game that teaches to copy: some words in any order, and again. */
    private static void repeat(Derivation d) {
        d.say("Say after me:");
        int size = 5 + d.choose(6);
        ArrayList<String> words = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            d.say(" ");
            words.add(d.pick(Lexicon.ALL));
        }
        for (int i = 1 + d.choose(2); i > 0; i--) {
            d.say(".\n" + String.join(" ", words));
        }
        d.say(".");
    }

    static Request request(Derivation d) {
        int size = 3 + List.of("three", "four", "five").indexOf(d.pick(List.of("three", "four", "five")));
        d.say(" ");
        return new Request(d.pick(KINDS), size);
    }

    static void enumerate(Derivation d, Request request) {
        ArrayList<String> rest = new ArrayList<>(MEMBERS.get(request.kind()));
        for (int i = 0; i < request.size(); i++) {
            d.say(i == 0 ? "" : i == request.size() - 1 ? " and " : ", ");
            rest.remove(d.pick(rest));
        }
        d.say(".");
    }

    /** Says "from 3 to 9" and returns both. */
    static int[] range(Derivation d) {
        int from = 1 + d.choose(12);
        d.say("from " + from + " to ");
        int to = from + 3 + d.choose(6);
        d.say(Integer.toString(to));
        return new int[] {from, to};
    }

    static void count(Derivation d, int[] range) {
        for (int i = range[0]; i <= range[1]; i++) {
            d.say(i == range[0] ? "" : ", ");
            d.say(Integer.toString(i));
        }
        d.say(".");
    }
}
