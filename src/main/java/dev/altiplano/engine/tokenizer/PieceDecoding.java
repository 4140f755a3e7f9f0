package dev.altiplano.engine.tokenizer;

import java.util.function.UnaryOperator;

/**
 * How the pieces of a vocabulary of characters become text.
 *
 * @param shown the text of a piece
 * @param dropsFirstSpace whether a space at the beginning of the whole text is left out
 */
public record PieceDecoding(UnaryOperator<String> shown, boolean dropsFirstSpace) {}
