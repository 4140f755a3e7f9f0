package dev.altiplano.engine;

import java.util.List;
import java.util.Set;

/**
 * Where a completion ends.
 *
 * @param maxTokens maximum of tokens to generate for each choice; 0 generates none; -1 takes what the context leaves
 * @param minTokens tokens before which the model's end tokens and {@code tokenIds} cannot be chosen, unless a grammar leaves
 *     nothing else
 * @param strings stop sequences; not part of the text
 * @param tokenIds tokens that end the completion beside the model's own; not part of the text
 * @param ignoreEos go on to {@code maxTokens} where the model would end
 */
public record Stopping(int maxTokens, int minTokens, List<String> strings, Set<Integer> tokenIds, boolean ignoreEos) {

    public Stopping {
        strings = List.copyOf(strings);
        tokenIds = Set.copyOf(tokenIds);
    }

    /** After {@code maxTokens} tokens, or where the model ends. */
    public static Stopping after(int maxTokens) {
        return new Stopping(maxTokens, 0, List.of(), Set.of(), false);
    }
}
