package dev.altiplano.evaluation.protocol;

import java.util.Locale;

/** Which of lm-evaluation-harness' models the tokens are made like: they differ in beginnings of sequence and in lengths. */
public enum Convention {
    /**
     * As {@code hf}: texts begin with the beginning of sequence, also inside the windows of a whole text, which follow another
     * one; a sequence may be as long as the model's context and the token that it predicts.
     */
    HF,
    /**
     * As {@code local-completions}: texts do not begin with the beginning of sequence, which stands (or the end of sequence, where there is
     * none) before what has no context; a sequence is one token shorter.
     */
    LOCAL_COMPLETIONS;

    /** The name on the command line. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
