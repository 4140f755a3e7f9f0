package dev.altiplano.engine;

import java.util.List;

/**
 * A token and its natural log probability under the model's own distribution, before temperature, penalties and filters.
 *
 * @param text the text that the token alone stands for
 * @param logprob NaN for the first token of a prompt, which nothing precedes
 * @param top the most likely tokens at this position, best first; empty where none were asked for
 * @param textOffset characters of prompt and completion before this token
 */
public record TokenScore(int id, String text, double logprob, List<Candidate> top, int textOffset) {

    /** One of the most likely tokens. */
    public record Candidate(int id, String text, double logprob) {}

    /** The same at the beginning of a text, where a space in front is no part of it. */
    public TokenScore atBeginning() {
        List<Candidate> candidates = top.stream()
                .map(candidate -> new Candidate(candidate.id(), withoutSpace(candidate.text()), candidate.logprob()))
                .toList();
        return new TokenScore(id, withoutSpace(text), logprob, candidates, textOffset);
    }

    private static String withoutSpace(String text) {
        return text.startsWith(" ") ? text.substring(1) : text;
    }
}
