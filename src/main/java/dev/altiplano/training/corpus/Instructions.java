package dev.altiplano.training.corpus;

import java.util.List;

/** A request and its answer: mostly a question about a given story, else a calculation, a list or a story to write. */
final class Instructions {

    private Instructions() {}

    static void instruct(Derivation d) {
        switch (d.choose(6)) {
            case 0 -> {
                d.say("How much is ");
                Arithmetic.Term term = Arithmetic.term(d, d.oneIn(2));
                d.say("?");
                d.beginAnswer();
                d.say(term.result() + ".");
            }
            case 1 -> {
                if (d.oneIn(3)) {
                    d.say("Count ");
                    int[] range = Lists.range(d);
                    d.say(".");
                    d.beginAnswer();
                    Lists.count(d, range);
                } else {
                    d.pick(List.of("Name ", "List ", "Tell me "));
                    Lists.Request request = Lists.request(d);
                    d.say(".");
                    d.beginAnswer();
                    Lists.enumerate(d, request);
                }
            }
            case 2 -> {
                d.pick(List.of("Write a story.", "Tell me a story.", "Please tell me a short story."));
                d.beginAnswer();
                Story.tell(d);
            }
            default -> question(d);
        }
    }

    /** A story, a blank line and a question; the answer is one of its facts. */
    static void question(Derivation d) {
        List<Story.Fact> facts = Story.tell(d);
        d.say("\n\n");
        Story.Fact fact = Questions.question(d, facts);
        d.beginAnswer();
        d.say(fact.answer());
    }
}
