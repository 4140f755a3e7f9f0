package dev.altiplano.engine;

/** What a completion continues. */
public sealed interface Prompt {

    /** Text, which gets the model's beginning of sequence in front; never read as control tokens. */
    record Text(String text) implements Prompt {}

    /** Token ids, taken as they are. */
    record Ids(int[] ids) implements Prompt {}
}
