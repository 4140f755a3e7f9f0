package dev.altiplano.engine.tokenizer.vocabulary;

import dev.altiplano.engine.tokenizer.Detokenizer;
import dev.altiplano.engine.tokenizer.EndToken;
import dev.altiplano.engine.tokenizer.TextPart;
import dev.altiplano.engine.tokenizer.Tokenizer;
import dev.altiplano.engine.tokenizer.rules.Place;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.SequencedMap;
import java.util.TreeMap;

/** What all tokenizers have in common that cut a text into pieces and merge inside each. */
public abstract class MergingTokenizer implements Tokenizer {

    private static final char REPLACEMENT = '\uFFFD';

    private final Segmenter segmenter;
    private final Boundaries boundaries;
    private final List<EndToken> ends;
    private final BitSet endIds = new BitSet();
    private final SequencedMap<String, Integer> controls;

    /**
     * @param tokens those that are cut out of a text as a whole, control tokens among them
     */
    public MergingTokenizer(Segmenter segmenter, List<AddedToken> tokens, Boundaries boundaries) {
        this.segmenter = segmenter;
        this.boundaries = boundaries;
        TreeMap<String, Integer> spelled = new TreeMap<>();
        List<EndToken> all = new ArrayList<>(boundaries.ends());
        for (AddedToken token : tokens) {
            if (token.control()) {
                spelled.put(token.text(), token.id());
            }
            if (KnownEnds.contains(token.text())) {
                all.add(new EndToken(token.id(), "its name " + token.text()));
            }
        }
        if (boundaries.eos() >= 0) {
            EndToken first = all.stream()
                    .filter(end -> end.id() == boundaries.eos())
                    .findFirst()
                    .orElse(new EndToken(boundaries.eos(), "the end of a sequence"));
            all.addFirst(first);
        }
        all.removeIf(end -> {
            boolean known = endIds.get(end.id());
            endIds.set(end.id());
            return known;
        });
        ends = List.copyOf(all);
        controls = Collections.unmodifiableSequencedMap(spelled);
    }

    /** Scratch memory for one call. */
    protected abstract SymbolMerger merger();

    /** Where the pieces of one text go, to be merged and written to {@code ids}. */
    protected abstract Segmenter.Sink sink(SymbolMerger merger, IdBuffer ids);

    @Override
    public final int bos() {
        return boundaries.bos();
    }

    @Override
    public final int eos() {
        return boundaries.eos();
    }

    @Override
    public final List<EndToken> ends() {
        return ends;
    }

    @Override
    public final boolean isEnd(int id) {
        return id >= 0 && endIds.get(id);
    }

    @Override
    public final List<Integer> prefixIds() {
        return boundaries.prefix();
    }

    @Override
    public final List<Integer> suffixIds() {
        return boundaries.suffix();
    }

    @Override
    public final SequencedMap<String, Integer> controlTokens() {
        return controls;
    }

    @Override
    public final int[] encode(String text) {
        return encode(text, merger());
    }

    /** As {@link #encode(String)}, with the merger at hand to see how much work it took. */
    public final int[] encode(String text, SymbolMerger merger) {
        return encode(text, ControlSpans.NOWHERE, Place.START, merger);
    }

    @Override
    public final int[] encodeParsed(String text) {
        return encode(text, ControlSpans.EVERYWHERE, Place.START, merger());
    }

    @Override
    public final int[] encode(List<TextPart> parts) {
        StringBuilder text = new StringBuilder();
        parts.forEach(part -> text.append(part.text()));
        return encode(text.toString(), ControlSpans.of(parts), Place.START, merger());
    }

    @Override
    public final int[] encodeContinuation(String text) {
        return encode(text, ControlSpans.NOWHERE, Place.CONTINUED, merger());
    }

    private int[] encode(String text, ControlSpans spans, Place place, SymbolMerger merger) {
        if (text.isEmpty()) {
            return new int[0];
        }
        char[] chars = text.toCharArray();
        replaceLoneSurrogates(chars);
        IdBuffer ids = new IdBuffer(chars.length / 3);
        segmenter.cut(chars, spans, place, sink(merger, ids));
        return ids.toArray();
    }

    private static void replaceLoneSurrogates(char[] chars) {
        for (int i = 0; i < chars.length; i++) {
            if (Character.isSurrogate(chars[i])) {
                if (i + 1 < chars.length && Character.isSurrogatePair(chars[i], chars[i + 1])) {
                    i++;
                } else {
                    chars[i] = REPLACEMENT;
                }
            }
        }
    }

    @Override
    public final String decode(int[] ids) {
        StringBuilder text = new StringBuilder(4 * ids.length);
        Detokenizer detokenizer = detokenizer();
        for (int id : ids) {
            text.append(detokenizer.append(id));
        }
        return text.append(detokenizer.finish()).toString();
    }
}
