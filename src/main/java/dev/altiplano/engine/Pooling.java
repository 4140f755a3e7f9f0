package dev.altiplano.engine;

/** How the hidden states of a prompt's tokens become one vector. */
public enum Pooling {
    /** The mean over all tokens. */
    MEAN,
    /** The last token's, which has seen all others. */
    LAST
}
