package dev.altiplano.engine.tokenizer.sentencepiece;

import dev.altiplano.engine.tokenizer.Quote;
import dev.altiplano.engine.tokenizer.TokenizerException;
import dev.altiplano.engine.tokenizer.vocabulary.AddedToken;
import dev.altiplano.engine.tokenizer.vocabulary.Boundaries;
import dev.altiplano.engine.tokenizer.vocabulary.KnownEnds;
import dev.altiplano.engine.tokenizer.vocabulary.PieceKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

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

    /** With {@code added}: each must have an id behind the pieces, or that of the piece which is spelled like it. */
    SentencePieceModel with(
            List<AddedToken> added, int vocabularySize, Boundaries newBoundaries, boolean mayAddDummyPrefix) {
        List<String> allPieces = new ArrayList<>(pieces);
        float[] allScores = Arrays.copyOf(scores, vocabularySize);
        int[] allKinds = Arrays.copyOf(kinds, vocabularySize);
        while (allPieces.size() < vocabularySize) {
            allKinds[allPieces.size()] = PieceKind.UNUSED.number();
            allPieces.add("");
        }
        Set<Integer> ends = new HashSet<>();
        newBoundaries.ends().forEach(end -> ends.add(end.id()));
        for (AddedToken token : added) {
            int id = token.id();
            if (id >= pieces.size()) {
                allPieces.set(id, token.text());
                allKinds[id] = (token.control() ? PieceKind.CONTROL : PieceKind.USER_DEFINED).number();
            } else if (pieces.get(id).equals(token.text())) {
                boolean isEnd = ends.contains(id) || KnownEnds.contains(token.text());
                allKinds[id] = kind(PieceKind.of(kinds[id], id), token.control() || isEnd)
                        .number();
            } else {
                throw new TokenizerException("the added token " + Quote.of(token.text()) + " has the id " + id
                        + " of the piece " + Quote.of(pieces.get(id)));
            }
        }
        return new SentencePieceModel(
                allPieces,
                allScores,
                allKinds,
                unknown,
                addsDummyPrefix && mayAddDummyPrefix,
                unknownText,
                newBoundaries);
    }

    /** What a piece is that a folder lists: text of users must not become a token of structure, whatever the file calls it. */
    private static PieceKind kind(PieceKind ofTheFile, boolean structure) {
        return switch (ofTheFile) {
            case NORMAL, USER_DEFINED -> structure ? PieceKind.CONTROL : ofTheFile;
            case UNUSED -> structure ? PieceKind.CONTROL : PieceKind.USER_DEFINED;
            case UNKNOWN, CONTROL, BYTE -> ofTheFile;
        };
    }
}
