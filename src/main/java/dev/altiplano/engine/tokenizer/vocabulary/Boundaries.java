package dev.altiplano.engine.tokenizer.vocabulary;

import dev.altiplano.engine.tokenizer.EndToken;
import dev.altiplano.engine.tokenizer.TokenizerException;
import java.util.List;

/**
 * What stands around a prompt, and at which tokens an answer ends.
 *
 * @param bos id that begins a sequence, or -1
 * @param eos id that ends a sequence, or -1
 * @param prefix ids in front of a prompt that is given as text
 * @param suffix ids behind it
 * @param ends tokens that files name as ends, {@code eos} aside
 */
public record Boundaries(int bos, int eos, List<Integer> prefix, List<Integer> suffix, List<EndToken> ends) {

    public Boundaries {
        prefix = List.copyOf(prefix);
        suffix = List.copyOf(suffix);
        ends = List.copyOf(ends);
    }

    /** With {@code bos} in front and {@code eos} behind where the flags say so and there is one. */
    public static Boundaries of(int bos, int eos, boolean addsBos, boolean addsEos, List<EndToken> ends) {
        return new Boundaries(
                bos,
                eos,
                addsBos && bos >= 0 ? List.of(bos) : List.of(),
                addsEos && eos >= 0 ? List.of(eos) : List.of(),
                ends);
    }

    /** Throws {@link TokenizerException} for an id that the vocabulary does not have. */
    public void check(int vocabularySize) {
        check("bos", bos, -1, vocabularySize);
        check("eos", eos, -1, vocabularySize);
        prefix.forEach(id -> check("prefix", id, 0, vocabularySize));
        suffix.forEach(id -> check("suffix", id, 0, vocabularySize));
        ends.forEach(end -> check("end", end.id(), 0, vocabularySize));
    }

    private static void check(String name, int id, int min, int vocabularySize) {
        if (id < min || id >= vocabularySize) {
            throw new TokenizerException(
                    "the " + name + " id is " + id + ", but the vocabulary has " + vocabularySize + " ids");
        }
    }
}
