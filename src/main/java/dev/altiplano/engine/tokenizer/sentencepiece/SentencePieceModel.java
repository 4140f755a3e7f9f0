package dev.altiplano.engine.tokenizer.sentencepiece;

import dev.altiplano.engine.tokenizer.Quote;
import dev.altiplano.engine.tokenizer.TokenizerException;
import dev.altiplano.engine.tokenizer.vocabulary.AddedToken;
import dev.altiplano.engine.tokenizer.vocabulary.Boundaries;
import dev.altiplano.engine.tokenizer.vocabulary.PieceKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A SentencePiece vocabulary as files store it, not yet checked as a whole.
 *
 * @param pieces [vocabulary] text of each id
 * @param scores [vocabulary] merge priority of each id, the highest first
 * @param kinds [vocabulary] numbers of {@link PieceKind}
 * @param unknown id of what cannot be written, or -1
 * @param addsDummyPrefix whether a space is put in front of every text
 * @param unknownText what {@code unknown} is decoded to
 * @param boundaries what stands around a prompt
 */
@SuppressWarnings("ArrayRecordComponent")
record SentencePieceModel(
        List<String> pieces,
        float[] scores,
        int[] kinds,
        int unknown,
        boolean addsDummyPrefix,
        String unknownText,
        Boundaries boundaries) {

    /** SentencePiece's own default: a double question mark between spaces. */
    static final String UNKNOWN_TEXT = " \u2047 ";

    /** Stands for a space inside pieces. */
    static final char SPACE = '\u2581';

    /** With {@code added} behind the pieces it has: each must have the next id, or the piece that is there already. */
    SentencePieceModel with(List<AddedToken> added, int vocabularySize, Boundaries newBoundaries) {
        List<String> allPieces = new ArrayList<>(pieces);
        float[] allScores = Arrays.copyOf(scores, vocabularySize);
        int[] allKinds = Arrays.copyOf(kinds, vocabularySize);
        while (allPieces.size() < vocabularySize) {
            allKinds[allPieces.size()] = PieceKind.UNUSED.number();
            allPieces.add("");
        }
        for (AddedToken token : added) {
            if (token.id() >= pieces.size()) {
                allPieces.set(token.id(), token.text());
                allKinds[token.id()] = (token.control() ? PieceKind.CONTROL : PieceKind.USER_DEFINED).number();
            } else if (!pieces.get(token.id()).equals(token.text())) {
                throw new TokenizerException("the added token " + Quote.of(token.text()) + " has the id " + token.id()
                        + " of the piece " + Quote.of(pieces.get(token.id())));
            }
        }
        return new SentencePieceModel(
                allPieces, allScores, allKinds, unknown, addsDummyPrefix, unknownText, newBoundaries);
    }
}
