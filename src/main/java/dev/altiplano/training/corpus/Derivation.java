package dev.altiplano.training.corpus;

import java.util.List;

/**
 * One way through a grammar. A grammar is a method that makes choices and says words; {@link Drawing} makes the choices at
 * random and keeps the words, {@link Parsing} tries the choices that say a given text.
 */
abstract sealed class Derivation permits Drawing, Parsing {

    /** Chooses one of {@code options}, all equally probable. */
    abstract int choose(int options);

    /** Says {@code text}. */
    abstract void say(String text);

    /** Chooses and says one of {@code words}, all equally probable and all different. */
    abstract String pick(List<String> words);

    /** From here on the text is an answer to what was said before. */
    abstract void beginAnswer();

    /** True once in {@code chances}. */
    final boolean oneIn(int chances) {
        return choose(chances) == 0;
    }
}
