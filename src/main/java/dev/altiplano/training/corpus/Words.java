package dev.altiplano.training.corpus;

import dev.altiplano.training.SplitMix;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Words drawn by chance, some of which no lexicon has: a model that is to use them has to copy them. */
final class Words {

    private static final List<String> NAMES = Stream.of(
                    Lexicon.GIRLS, Lexicon.BOYS, Lexicon.FRIENDS_SHE, Lexicon.FRIENDS_HE)
            .flatMap(List::stream)
            .toList();
    private static final List<String> CITIES = List.of(
            "Paris",
            "London",
            "Rome",
            "Oslo",
            "Berlin",
            "Madrid",
            "Tokyo",
            "Vienna",
            "Lisbon",
            "Prague",
            "Athens",
            "Dublin",
            "Bern",
            "Cairo",
            "Delhi",
            "Lima",
            "Quito",
            "La Paz",
            "Boston",
            "Chicago",
            "New York",
            "San Francisco",
            "Seattle",
            "Toronto",
            "Sydney",
            "Munich",
            "Hamburg",
            "Zurich",
            "Geneva",
            "Milan",
            "Naples",
            "Turin",
            "Warsaw",
            "Helsinki",
            "Stockholm",
            "Copenhagen",
            "Amsterdam",
            "Brussels",
            "Budapest",
            "Moscow",
            "Beijing",
            "Seoul",
            "Mumbai",
            "Nairobi");
    private static final List<String> BEGINNINGS =
            List.of("B", "D", "F", "G", "H", "K", "L", "M", "N", "P", "R", "S", "T", "V", "W", "Br", "St", "Tr");
    private static final List<String> VOWELS = List.of("a", "e", "i", "o", "u", "ea", "ai");
    private static final List<String> CONSONANTS =
            List.of("b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "nd", "rt", "ll");

    private final SplitMix random;

    Words(SplitMix random) {
        this.random = random;
    }

    int choose(int options) {
        return random.nextInt(options);
    }

    boolean oneIn(int chances) {
        return choose(chances) == 0;
    }

    <T> T pick(List<T> all) {
        return all.get(choose(all.size()));
    }

    /** Some of {@code all}, in any order. */
    <T> List<T> some(List<T> all, int count) {
        List<T> rest = new ArrayList<>(all);
        List<T> taken = new ArrayList<>();
        while (taken.size() < count) {
            taken.add(rest.remove(choose(rest.size())));
        }
        return taken;
    }

    String name() {
        return oneIn(4) ? invented() : pick(NAMES);
    }

    String city() {
        return oneIn(4) ? invented() : pick(CITIES);
    }

    private String invented() {
        StringBuilder word = new StringBuilder(pick(BEGINNINGS));
        for (int syllables = 1 + choose(3); syllables > 0; syllables--) {
            word.append(pick(VOWELS)).append(pick(CONSONANTS));
        }
        return word + (oneIn(2) ? pick(VOWELS.subList(0, 5)) : "");
    }

    /** {@code words} as people list them: a, b and c. */
    static String listed(List<String> words) {
        int last = words.size() - 1;
        return last == 0 ? words.getFirst() : String.join(", ", words.subList(0, last)) + " and " + words.get(last);
    }
}
