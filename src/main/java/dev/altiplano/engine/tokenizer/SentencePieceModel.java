package dev.altiplano.engine.tokenizer;

import java.util.List;

/**
 * A SentencePiece vocabulary as files store it, not yet checked as a whole.
 *
 * @param pieces [vocabulary] text of each id
 * @param scores [vocabulary] merge priority of each id, the highest first
 * @param kinds [vocabulary] numbers of {@link PieceKind}
 * @param bos id that begins a sequence, or -1
 * @param eos id that ends a sequence, or -1
 * @param unknown id of what cannot be written, or -1
 * @param addsBos whether a prompt begins with {@code bos}
 * @param addsDummyPrefix whether a space is put in front of every text
 * @param unknownText what {@code unknown} is decoded to
 */
@SuppressWarnings("ArrayRecordComponent")
record SentencePieceModel(
        List<String> pieces,
        float[] scores,
        int[] kinds,
        int bos,
        int eos,
        int unknown,
        boolean addsBos,
        boolean addsDummyPrefix,
        String unknownText) {

    /** SentencePiece's own default: a double question mark between spaces. */
    static final String UNKNOWN_TEXT = " \u2047 ";

    /** Stands for a space inside pieces. */
    static final char SPACE = '\u2581';
}
