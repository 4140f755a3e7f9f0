package dev.altiplano.training.corpus;

import java.util.ArrayList;
import java.util.List;

/** A story with three to six questions about it and their answers. */
final class Questions {

    private Questions() {}

    static void ask(Derivation d) {
        ArrayList<Story.Fact> facts = new ArrayList<>(Story.tell(d));
        d.say("\n");
        int count = 3 + d.choose(4);
        for (int i = 0; i < count; i++) {
            d.say("\nQuestion: ");
            Story.Fact fact = question(d, facts);
            facts.remove(fact);
            d.say("\nAnswer: ");
            d.say(fact.answer());
        }
    }

    /** Asks for one of the facts, whose questions all differ. */
    static Story.Fact question(Derivation d, List<Story.Fact> facts) {
        List<String> questions = facts.stream().map(Story.Fact::question).toList();
        return facts.get(questions.indexOf(d.pick(questions)));
    }
}
