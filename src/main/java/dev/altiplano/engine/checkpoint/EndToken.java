package dev.altiplano.engine.checkpoint;

/** A token id that a file names as an end of generation, and the key that does. */
public record EndToken(int id, String namedIn) {}
