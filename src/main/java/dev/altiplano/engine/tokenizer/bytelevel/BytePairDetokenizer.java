package dev.altiplano.engine.tokenizer.bytelevel;

import dev.altiplano.engine.tokenizer.Detokenizer;
import dev.altiplano.engine.tokenizer.Utf8Stream;
import dev.altiplano.engine.tokenizer.vocabulary.TokenIds;

/** Decodes a stream of byte-level BPE ids: their bytes in a row. A control token gives nothing and ends a run of bytes. */
final class BytePairDetokenizer implements Detokenizer {

    private final BytePairVocabulary vocabulary;
    private final Utf8Stream stream = new Utf8Stream();
    private final StringBuilder completed = new StringBuilder();

    BytePairDetokenizer(BytePairVocabulary vocabulary) {
        this.vocabulary = vocabulary;
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

    void append(int id, StringBuilder text) {
        byte[] bytes = vocabulary.bytes(TokenIds.checked(id, vocabulary.size()));
        if (vocabulary.isControl(id)) {
            stream.end(text);
            return;
        }
        for (byte b : bytes) {
            stream.add(b & 0xFF, text);
        }
    }

    void finish(StringBuilder text) {
        stream.end(text);
    }
}
