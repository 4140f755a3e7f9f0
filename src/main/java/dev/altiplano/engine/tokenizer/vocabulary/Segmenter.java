package dev.altiplano.engine.tokenizer.vocabulary;

import dev.altiplano.engine.tokenizer.rules.Normalizer;
import dev.altiplano.engine.tokenizer.rules.Pieces;
import dev.altiplano.engine.tokenizer.rules.Place;
import dev.altiplano.engine.tokenizer.rules.Splitter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Cuts a text into added tokens and the pieces that are to be merged: first the tokens that are looked for in the text as
 * it is, then in what lies between, once normalized, the others; what is left is cut by the splitter.
 */
public final class Segmenter {

    /** Gets tokens and pieces from left to right. */
    public interface Sink {

        void token(int id);

        void piece(char[] text, int from, int end);
    }

    private final AddedTokens raw;
    private final AddedTokens normalized;
    private final Normalizer normalizer;
    private final Splitter splitter;

    /** Control tokens are always looked for in the text as it is. */
    public Segmenter(List<AddedToken> tokens, Normalizer normalizer, Splitter splitter) {
        this(tokens, List.of(), normalizer, splitter);
    }

    /**
     * With tokens that are spelled as normalizing leaves them, but for what it puts in front.
     *
     * @param asSpelled looked for in the normalized text
     */
    public Segmenter(List<AddedToken> tokens, List<AddedToken> asSpelled, Normalizer normalizer, Splitter splitter) {
        List<AddedToken> inRaw = new ArrayList<>();
        List<AddedToken> inNormalized = new ArrayList<>(asSpelled);
        for (AddedToken token : tokens) {
            if (token.control() || !token.normalized()) {
                inRaw.add(token);
                continue;
            }
            String spelled = normalizer.apply(token.text(), Place.AFTER_TOKEN);
            if (!spelled.isEmpty()) {
                inNormalized.add(new AddedToken(
                        token.id(), spelled, false, true, token.stripsLeft(), token.stripsRight(), token.singleWord()));
            }
        }
        this.raw = new AddedTokens(inRaw);
        this.normalized = new AddedTokens(inNormalized);
        this.normalizer = normalizer;
        this.splitter = splitter;
    }

    /** Cuts {@code text}, which has no lone surrogates. */
    void cut(char[] text, ControlSpans controls, Place start, Sink sink) {
        raw.cut(text, controls, new AddedTokens.Sink() {
            private Place place = start;

            @Override
            public void token(int id) {
                sink.token(id);
                place = Place.AFTER_TOKEN;
            }

            @Override
            public void text(int from, int end) {
                stretch(text, from, end, place, sink);
            }
        });
    }

    private void stretch(char[] text, int from, int end, Place start, Sink sink) {
        char[] rewritten;
        if (normalizer.equals(Normalizer.NONE)) {
            rewritten = end - from == text.length ? text : Arrays.copyOfRange(text, from, end);
        } else {
            rewritten =
                    normalizer.apply(new String(text, from, end - from), start).toCharArray();
        }
        if (normalized.all().isEmpty()) {
            pieces(rewritten, start, sink);
            return;
        }
        normalized.cut(rewritten, ControlSpans.NOWHERE, new AddedTokens.Sink() {
            private Place place = start;

            @Override
            public void token(int id) {
                sink.token(id);
                place = Place.AFTER_TOKEN;
            }

            @Override
            public void text(int stretchFrom, int stretchEnd) {
                boolean whole = stretchEnd - stretchFrom == rewritten.length;
                pieces(whole ? rewritten : Arrays.copyOfRange(rewritten, stretchFrom, stretchEnd), place, sink);
            }
        });
    }

    private void pieces(char[] text, Place place, Sink sink) {
        Pieces pieces = splitter.split(Pieces.whole(text, place));
        for (int i = 0; i < pieces.count(); i++) {
            sink.piece(pieces.text(), pieces.start(i), pieces.end(i));
        }
    }
}
