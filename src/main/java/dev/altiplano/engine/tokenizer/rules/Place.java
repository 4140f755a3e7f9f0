package dev.altiplano.engine.tokenizer.rules;

/** Where in a prompt a stretch of text stands; some rules put a space in front of the first only. */
public enum Place {
    /** At the beginning of the text. */
    START,
    /** Behind an added token that was found in the text. */
    AFTER_TOKEN,
    /** At the beginning of a text that goes on with what came before, so that nothing is put in front. */
    CONTINUED
}
