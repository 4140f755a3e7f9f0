package dev.altiplano.engine;

import java.util.List;
import java.util.Set;

/**
 * Where a completion ends.
 *
 * @param maxTokens maximum of tokens to generate for each choice; 0 generates none; -1 takes what the context leaves, up to {@code bound}
 * @param bound maximum of tokens for -1, which no prompt is too long for
 * @param minTokens tokens before which the model's end tokens and {@code tokenIds} cannot be chosen, unless a grammar leaves
 *     nothing else
 * @param strings stop sequences; not part of the text
 * @param tokenIds tokens that end the completion beside the model's own; not part of the text
 * @param ignoreEos go on to {@code maxTokens} where the model would end
 */
public record Stopping(
        int maxTokens, int bound, int minTokens, List<String> strings, Set<Integer> tokenIds, boolean ignoreEos) {

    public Stopping {
        strings = List.copyOf(strings);
        tokenIds = Set.copyOf(tokenIds);
    }

    /** With no other bound than the context. */
    public Stopping(int maxTokens, int minTokens, List<String> strings, Set<Integer> tokenIds, boolean ignoreEos) {
        this(maxTokens, Integer.MAX_VALUE, minTokens, strings, tokenIds, ignoreEos);
    }

    /** The same with a bound. */
    public Stopping bounded(int tokens) {
        return new Stopping(maxTokens, tokens, minTokens, strings, tokenIds, ignoreEos);
    }

    /** After {@code maxTokens} tokens, or where the model ends. */
    public static Stopping after(int maxTokens) {
        return new Stopping(maxTokens, 0, List.of(), Set.of(), false);
    }
}
