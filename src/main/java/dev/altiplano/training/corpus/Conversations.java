package dev.altiplano.training.corpus;

import dev.altiplano.training.SplitMix;
import dev.altiplano.training.corpus.Conversation.Assistant;
import dev.altiplano.training.corpus.Conversation.System;
import dev.altiplano.training.corpus.Conversation.Turn;
import dev.altiplano.training.corpus.Conversation.User;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Writes conversations: small talk, the grammar's instructions, tools that are called, and sentences as JSON. */
public final class Conversations {

    private static final Pattern HERO = Pattern.compile("(girl|boy) named (\\w+)");
    private static final List<String> SYSTEMS = List.of(
            "You are a helpful assistant.",
            "You are a helpful assistant.",
            "You are a friendly assistant.",
            "Be brief.",
            "Answer politely.",
            "You are a small model.");

    private final Words words;

    private Conversations(SplitMix random) {
        words = new Words(random);
    }

    /** Conversation number {@code index} of a seed: always the same. */
    public static Conversation conversation(long seed, long index) {
        return new Conversations(SplitMix.of(seed, index)).draw(seed * 31 + 7, index);
    }

    private Conversation draw(long seed, long index) {
        int kind = words.choose(20);
        if (kind < 7) {
            return instruction(Grammar.document(DocumentKind.INSTRUCTIONS, seed, index));
        }
        if (kind < 8) {
            return story(Grammar.document(DocumentKind.STORIES, seed, index).text());
        }
        if (kind < 11) {
            return new Conversation(List.of(), SmallTalk.talk(words, system()));
        }
        return kind < 16 ? ToolUses.conversation(words, system()) : new Conversation(List.of(), JsonAnswers.ask(words));
    }

    /** Nothing as a rule, else something general. */
    private List<Turn> system() {
        return words.oneIn(3) ? List.of(new System(words.pick(SYSTEMS))) : List.of();
    }

    private Conversation instruction(Document document) {
        List<Turn> turns = new ArrayList<>(system());
        turns.add(new User(document.prompt()));
        turns.add(new Assistant(document.answer()));
        return new Conversation(List.of(), turns);
    }

    private Conversation story(String text) {
        Matcher hero = HERO.matcher(text);
        String about = hero.find() ? " about a " + hero.group() : "";
        List<Turn> turns = new ArrayList<>(system());
        turns.add(new User(words.pick(List.of("Tell me a story", "Write a story", "Please tell me a story"))
                + about
                + words.pick(List.of(".", "", "!"))));
        turns.add(new Assistant(text));
        return new Conversation(List.of(), turns);
    }
}
