package dev.altiplano.training.corpus;

import dev.altiplano.training.corpus.Conversation.Assistant;
import dev.altiplano.training.corpus.Conversation.System;
import dev.altiplano.training.corpus.Conversation.Turn;
import dev.altiplano.training.corpus.Conversation.User;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A sentence, and the JSON object that says the same with the keys that were asked for, in their order. */
final class JsonAnswers {

    private JsonAnswers() {}

    /**
     * A sentence and what it says.
     *
     * @param facts JSON values by key
     */
    private record Sentence(String text, Map<String, String> facts) {}

    static List<Turn> ask(Words words) {
        Sentence sentence = sentence(words);
        List<String> all = List.copyOf(sentence.facts().keySet());
        List<String> keys = words.oneIn(3) ? all : words.some(all, 1 + words.choose(all.size()));
        String answer = keys.stream()
                .map(key -> "\"" + key + "\": " + sentence.facts().get(key))
                .collect(Collectors.joining(", ", "{", "}"));
        String asked = words.pick(List.of(
                        "Write it as JSON with ", "Answer in JSON with ", "Give me JSON with ", "As JSON with "))
                + Words.listed(keys) + ".";
        return switch (words.choose(4)) {
            case 0 -> List.of(new System(asked), new User(sentence.text()), new Assistant(answer));
            case 1 -> List.of(new User(asked + "\n\n" + sentence.text()), new Assistant(answer));
            default -> List.of(new User(sentence.text() + " " + asked), new Assistant(answer));
        };
    }

    private static Sentence sentence(Words words) {
        Map<String, String> facts = new LinkedHashMap<>();
        String name = words.name();
        facts.put("name", quoted(name));
        String text = switch (words.choose(6)) {
            case 0 -> {
                String color = put(facts, "color", words.pick(Lexicon.COLORS));
                yield name + " has " + Lexicon.a(color) + " "
                        + put(facts, words.pick(List.of("toy", "thing")), words.pick(Lexicon.TOYS)) + ".";
            }
            case 1 -> {
                int age = 2 + words.choose(90);
                facts.put("age", "" + age);
                yield name + " is " + age + " years old and lives in " + put(facts, "city", words.city()) + ".";
            }
            case 2 -> {
                String size = put(facts, "size", words.pick(List.of("small", "big", "old", "little")));
                yield name + " is " + Lexicon.a(size) + " " + put(facts, "animal", words.pick(Lexicon.ANIMALS)) + ".";
            }
            case 3 -> {
                String job = put(facts, "job", words.pick(Lexicon.JOBS));
                yield name + " is a " + job + " in " + put(facts, "city", words.city()) + ".";
            }
            case 4 -> {
                int count = 2 + words.choose(30);
                facts.put("count", "" + count);
                String item = put(facts, "item", words.pick(Lexicon.SNACKS));
                yield name + " buys " + count + " " + Lexicon.plural(item) + ".";
            }
            default -> {
                boolean likes = words.oneIn(2);
                facts.put("likes", Boolean.toString(likes));
                yield name + (likes ? " likes " : " does not like ") + put(facts, "food", words.pick(Lexicon.FOODS))
                        + ".";
            }
        };
        return new Sentence(text, facts);
    }

    private static String put(Map<String, String> facts, String key, String word) {
        facts.put(key, quoted(word));
        return word;
    }

    static String quoted(String word) {
        return '"' + word + '"';
    }
}
