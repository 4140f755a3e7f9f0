package dev.altiplano.engine.tokenizer.sentencepiece;

import dev.altiplano.engine.tokenizer.Detokenizer;
import dev.altiplano.engine.tokenizer.Utf8Stream;
import dev.altiplano.engine.tokenizer.vocabulary.PieceKind;
import dev.altiplano.engine.tokenizer.vocabulary.TokenIds;

/**
 * Decodes a stream of SentencePiece ids. Control pieces give nothing, bytes are collected into characters for as long as
 * only bytes follow, and the one space that encoding put in front of the text is dropped again.
 */
final class SentencePieceDetokenizer implements Detokenizer {

    private final SentencePieceVocabulary vocabulary;
    private final Utf8Stream bytes = new Utf8Stream();
    private final StringBuilder completed = new StringBuilder();

    /** Whether a space at the beginning of the next piece is the dummy prefix: until there is text, or it was dropped. */
    private boolean atStart;

    SentencePieceDetokenizer(SentencePieceVocabulary vocabulary) {
        this.vocabulary = vocabulary;
        this.atStart = vocabulary.dropsFirstSpace();
    }

    @Override
    public String append(int id) {
        completed.setLength(0);
        append(id, completed);
        return completed.toString();
    }

    @Override
    public String finish() {
        completed.setLength(0);
        finish(completed);
        return completed.toString();
    }

    @Override
    public boolean dropsSpace() {
        return atStart;
    }

    public void append(int id, StringBuilder text) {
        int octet = vocabulary.byteOf(TokenIds.checked(id, vocabulary.size()));
        if (octet >= 0) {
            atStart = false;
            bytes.add(octet, text);
            return;
        }
        bytes.end(text);
        String piece = vocabulary.text(id);
        if (piece.isEmpty()) {
            return;
        }
        boolean drops = atStart && piece.charAt(0) == ' ' && vocabulary.kind(id) != PieceKind.UNKNOWN;
        text.append(piece, drops ? 1 : 0, piece.length());
        atStart = false;
    }

    void finish(StringBuilder text) {
        bytes.end(text);
    }
}
