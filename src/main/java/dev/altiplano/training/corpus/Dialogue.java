package dev.altiplano.training.corpus;

import static dev.altiplano.training.corpus.Lexicon.without;

import java.util.List;

/** Two people who talk: a greeting, one or two matters, and goodbye. */
final class Dialogue {

    private final Derivation d;
    private final String first;
    private final String second;

    private Dialogue(Derivation d) {
        this.d = d;
        first = d.oneIn(2) ? d.pick(Lexicon.GIRLS) : d.pick(Lexicon.BOYS);
        d.say(": ");
        d.pick(List.of("Hello, ", "Good morning, ", "Hi, "));
        second = d.oneIn(2) ? d.pick(without(Lexicon.GIRLS, first)) : d.pick(without(Lexicon.BOYS, first));
        d.say("! How are you?");
        line(second);
        d.pick(List.of("I am fine, thank you.", "Very well, thank you.", "I am a little tired."));
    }

    static void talk(Derivation d) {
        Dialogue dialogue = new Dialogue(d);
        int before = -1;
        int count = 1 + d.choose(2);
        for (int i = 0; i < count; i++) {
            int topic = d.choose(before < 0 ? 4 : 3);
            before = before < 0 ? topic : (topic >= before ? topic + 1 : topic);
            dialogue.topic(before);
        }
        dialogue.line(dialogue.first);
        d.pick(List.of("Goodbye, ", "See you tomorrow, ", "I have to go now, "));
        d.say(dialogue.second + "!");
        dialogue.line(dialogue.second);
        d.pick(List.of("Goodbye, ", "See you soon, "));
        d.say(dialogue.first + "!");
    }

    private void line(String speaker) {
        d.say("\n" + speaker + ": ");
    }

    private void topic(int number) {
        line(first);
        switch (number) {
            case 0 -> {
                d.say("What did you do yesterday?");
                line(second);
                d.say("I went to the ");
                d.pick(Lexicon.PLACES);
                d.say(" and saw ");
                String animal = d.pick(Lexicon.ANIMALS.stream().map(Lexicon::a).toList());
                d.say(".");
                line(first);
                d.say("I would like to see " + animal + " too.");
            }
            case 1 -> {
                d.say("Have you seen my ");
                String color = d.pick(Lexicon.COLORS);
                d.say(" ");
                String toy = d.pick(Lexicon.TOYS);
                d.say("?");
                line(second);
                d.say("Yes, the " + color + " " + toy + " is ");
                d.pick(Lexicon.ROOMS);
                d.say(".");
                line(first);
                d.say("Thank you!");
            }
            case 2 -> {
                d.say("Would you like some ");
                String food = d.pick(Lexicon.FOODS);
                d.say("?");
                line(second);
                if (d.oneIn(2)) {
                    d.say("Yes, please. I like " + food + ".");
                } else {
                    d.say("No, thank you. I would like some ");
                    d.pick(without(Lexicon.FOODS, food));
                    d.say(".");
                }
            }
            default -> {
                d.say("Shall we play ");
                String game = d.pick(Lexicon.GAMES);
                d.say("?");
                line(second);
                d.pick(List.of("Yes, I love " + game + "!", "Good idea. You begin.", "Not today, I am busy."));
            }
        }
    }
}
