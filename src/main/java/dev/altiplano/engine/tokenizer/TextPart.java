package dev.altiplano.engine.tokenizer;

/**
 * A part of a text.
 *
 * @param controls whether the spelling of a control token in it becomes that token; what users write must not
 */
public record TextPart(String text, boolean controls) {}
