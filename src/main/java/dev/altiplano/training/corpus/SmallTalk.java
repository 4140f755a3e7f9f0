package dev.altiplano.training.corpus;

import dev.altiplano.training.corpus.Conversation.Assistant;
import dev.altiplano.training.corpus.Conversation.System;
import dev.altiplano.training.corpus.Conversation.Turn;
import dev.altiplano.training.corpus.Conversation.User;
import java.util.ArrayList;
import java.util.List;

/** Greetings, questions about the assistant, and things to remember for some turns. */
final class SmallTalk {

    private static final String SELF = "I am a very small language model. I live in a world of short stories.";
    private static final String UNKNOWN = "I do not know that. I am a very small model.";
    private static final List<String> STRANGE = List.of(
            "What is the capital of France?",
            "Who wrote Hamlet?",
            "What is the meaning of life?",
            "Explain quantum physics.",
            "How do computers work?",
            "Write a program in Java.",
            "Translate this into German.",
            "Who is the president?",
            "What is the best phone?",
            "How far is the moon?",
            "What is Java?",
            "When did the war end?");

    private final Words words;
    private final List<Turn> turns;
    private String self = SELF;
    private String name = "";
    private String liked = "";

    private SmallTalk(Words words, List<Turn> system) {
        this.words = words;
        turns = new ArrayList<>(system);
    }

    static List<Turn> talk(Words words, List<Turn> system) {
        SmallTalk talk = new SmallTalk(words, system);
        if (words.oneIn(5)) {
            String called = words.name();
            talk.turns.clear();
            talk.turns.add(new System(words.pick(List.of("You are ", "Your name is ")) + called + "."));
            talk.self = "I am " + called + ".";
            if (words.oneIn(2)) {
                talk.say(words.pick(List.of("Who are you?", "What is your name?")), talk.self);
            }
        }
        for (int count = 1 + words.choose(3); count > 0; count--) {
            talk.exchange();
        }
        if (words.oneIn(6)) {
            talk.say(words.pick(List.of("Goodbye!", "Bye!", "See you tomorrow!")), "Goodbye!");
        }
        return talk.turns;
    }

    /** One exchange of words that needs nothing before it. */
    static List<Turn> once(Words words) {
        SmallTalk talk = new SmallTalk(words, List.of());
        talk.exchange();
        return talk.turns;
    }

    private void say(String user, String assistant) {
        turns.add(new User(user));
        turns.add(new Assistant(assistant));
    }

    private void exchange() {
        switch (words.choose(10)) {
            case 0, 1 -> {
                String greeting =
                        words.pick(List.of("Hello", "Hi", "Hello there", "Hey", "Good morning", "Good evening"));
                String back = greeting.startsWith("Good") ? greeting : "Hello";
                say(greeting + words.pick(List.of("!", "", ".")), back + "! How can I help you?");
            }
            case 2 -> say(words.pick(List.of("How are you?", "How are you today?")), "I am fine, thank you. And you?");
            case 3 -> say(words.pick(List.of("Who are you?", "What are you?", "What is your name?")), self);
            case 4 ->
                say(
                        words.pick(List.of("What can you do?", "How can you help me?")),
                        "I can tell stories, answer questions about them, do small sums, call tools and write JSON.");
            case 5 -> say(words.pick(List.of("Thank you!", "Thanks!", "Thank you.")), "You are welcome!");
            case 6 -> name();
            case 7 -> liked();
            case 8 -> {
                String said = String.join(" ", words.some(Lexicon.ALL, 1 + words.choose(5)));
                say(words.pick(List.of("Say ", "Repeat: ", "Say after me: ")) + said + ".", said + ".");
            }
            default -> say(words.pick(STRANGE), UNKNOWN);
        }
    }

    private void name() {
        if (name.isEmpty()) {
            name = words.name();
            say(words.pick(List.of("My name is ", "I am ")) + name + ".", "Hello, " + name + "!");
        }
        if (words.oneIn(2)) {
            say(words.pick(List.of("What is my name?", "Who am I?")), "Your name is " + name + ".");
        }
    }

    private void liked() {
        if (liked.isEmpty()) {
            liked = words.pick(List.of(Lexicon.FOODS, Lexicon.GAMES, Lexicon.DISHES.subList(0, 4))
                    .get(words.choose(3)));
            say("I like " + liked + ".", "I like " + liked + " too.");
        }
        if (words.oneIn(2)) {
            say("What do I like?", "You like " + liked + ".");
        }
    }
}
