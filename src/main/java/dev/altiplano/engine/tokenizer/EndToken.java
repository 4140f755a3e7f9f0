package dev.altiplano.engine.tokenizer;

/**
 * A token at which generation ends.
 *
 * @param namedIn what makes it an end: the file and key that name it, or its own name
 */
public record EndToken(int id, String namedIn) {}
