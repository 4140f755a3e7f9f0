package dev.altiplano.engine.tokenizer.sentencepiece;

import dev.altiplano.engine.tokenizer.Detokenizer;
import dev.altiplano.engine.tokenizer.PieceDecoding;
import dev.altiplano.engine.tokenizer.TokenizerException;
import dev.altiplano.engine.tokenizer.Utf8;
import dev.altiplano.engine.tokenizer.rules.Normalizer;
import dev.altiplano.engine.tokenizer.rules.Normalizers;
import dev.altiplano.engine.tokenizer.rules.Place;
import dev.altiplano.engine.tokenizer.rules.Splitter;
import dev.altiplano.engine.tokenizer.rules.Splitters;
import dev.altiplano.engine.tokenizer.vocabulary.AddedToken;
import dev.altiplano.engine.tokenizer.vocabulary.Boundaries;
import dev.altiplano.engine.tokenizer.vocabulary.IdBuffer;
import dev.altiplano.engine.tokenizer.vocabulary.Merge;
import dev.altiplano.engine.tokenizer.vocabulary.MergeRules;
import dev.altiplano.engine.tokenizer.vocabulary.MergingTokenizer;
import dev.altiplano.engine.tokenizer.vocabulary.PairTable;
import dev.altiplano.engine.tokenizer.vocabulary.PieceKind;
import dev.altiplano.engine.tokenizer.vocabulary.Segmenter;
import dev.altiplano.engine.tokenizer.vocabulary.SymbolMerger;
import dev.altiplano.engine.tokenizer.vocabulary.TokenIds;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * SentencePiece's byte-pair encoding, as LLaMA 1 and 2 use it. A text begins with a space and its spaces become U+2581;
 * nothing else is changed. Then neighbours merge, the piece of the highest score first and the leftmost of equals, and a
 * character that is no piece becomes its UTF-8 bytes.
 *
 * <p>The text is cut wherever two neighbouring characters stand side by side in no piece: nothing can merge across such
 * a place, so the parts, which are words for the most part, are merged one by one with the same result.
 */
public final class SentencePieceTokenizer extends MergingTokenizer {

    private static final String SPACE = String.valueOf(SentencePieceModel.SPACE);
    private static final Normalizer ESCAPED = Normalizers.replace(' ', SentencePieceModel.SPACE);

    private final SentencePieceVocabulary vocabulary;
    private final DummyPrefix dummyPrefix;
    private final List<AddedToken> listed;

    private SentencePieceTokenizer(SentencePieceVocabulary vocabulary, Segmenter segmenter, DummyPrefix dummyPrefix) {
        this(vocabulary, segmenter, dummyPrefix, List.of());
    }

    private SentencePieceTokenizer(
            SentencePieceVocabulary vocabulary, Segmenter segmenter, DummyPrefix dummyPrefix, List<AddedToken> listed) {
        super(segmenter, vocabulary.addedTokens(), vocabulary.model().boundaries());
        this.vocabulary = vocabulary;
        this.dummyPrefix = dummyPrefix;
        this.listed = List.copyOf(listed);
    }

    /** The tokenizer in the content of a {@code tokenizer.model} file. Throws {@link TokenizerException} with the place of what is wrong. */
    public static SentencePieceTokenizer parse(byte[] model) {
        return ofModel(SentencePieceReader.read(model), List.of(), DummyPrefix.ONCE);
    }

    /**
     * This tokenizer of a file, with what a folder says beside it: tokens, among the file's and behind them, boundaries and
     * where the space goes. Throws {@link TokenizerException} for a token whose id is another piece's.
     *
     * @param addsDummyPrefix false where the folder has no space put in front, whatever the file says
     */
    public SentencePieceTokenizer with(
            List<AddedToken> added,
            int vocabularySize,
            Boundaries boundaries,
            boolean addsDummyPrefix,
            DummyPrefix prefix) {
        return ofModel(vocabulary.model().with(added, vocabularySize, boundaries, addsDummyPrefix), added, prefix);
    }

    /** The id of a piece, or -1. */
    public int idOf(String piece) {
        return vocabulary.model().pieces().indexOf(piece);
    }

    /** @param listed tokens that a folder lists; its word goes before the file's */
    private static SentencePieceTokenizer ofModel(
            SentencePieceModel model, List<AddedToken> listed, DummyPrefix prefix) {
        SentencePieceVocabulary vocabulary = new SentencePieceVocabulary(model);
        Map<Integer, AddedToken> stated = new HashMap<>();
        for (AddedToken token : listed) {
            stated.put(token.id(), token);
        }
        List<AddedToken> tokens = new ArrayList<>();
        List<AddedToken> escaped = new ArrayList<>();
        for (AddedToken token : vocabulary.addedTokens()) {
            AddedToken folders = stated.remove(token.id());
            if (folders != null && folders.control() == token.control()) {
                tokens.add(folders);
            } else if (token.control()) {
                tokens.add(token);
            } else {
                // SentencePiece looks for them in the text in which spaces are escaped already.
                escaped.add(AddedToken.userDefined(token.id(), ESCAPED.apply(token.text(), Place.CONTINUED)));
            }
        }
        // Pieces that merging makes too are cut out all the same where the folder lists them.
        stated.values().stream()
                .filter(token -> vocabulary.kind(token.id()) == PieceKind.NORMAL)
                .forEach(tokens::add);
        Normalizer inFront = prefix == DummyPrefix.ONCE ? Normalizers.prependOnce(SPACE) : Normalizers.prepend(SPACE);
        Segmenter segmenter = new Segmenter(
                tokens,
                escaped,
                model.addsDummyPrefix() ? Normalizer.of(List.of(inFront, ESCAPED)) : ESCAPED,
                Splitter.NONE);
        return new SentencePieceTokenizer(vocabulary, segmenter, prefix, listed);
    }

    /**
     * The tokenizer of a vocabulary stored as lists, as SentencePiece itself would use it. Throws {@link
     * TokenizerException} naming the piece that is wrong.
     *
     * @param pieces [vocabulary] text of each id
     * @param scores [vocabulary] merge priority of each id, the highest first
     * @param kinds [vocabulary] 1 normal, 2 unknown, 3 control, 4 user defined, 5 unused, 6 byte
     * @param bos id that begins a sequence, or -1
     * @param eos id that ends a sequence, or -1
     * @param unknown id of what cannot be written, or -1
     * @param addsBos whether a prompt begins with {@code bos}
     * @param addsDummyPrefix whether a space is put in front of every text
     */
    public static SentencePieceTokenizer of(
            List<String> pieces,
            float[] scores,
            int[] kinds,
            int bos,
            int eos,
            int unknown,
            boolean addsBos,
            boolean addsDummyPrefix) {
        return ofModel(
                model(
                        pieces,
                        scores,
                        kinds,
                        unknown,
                        addsDummyPrefix,
                        Boundaries.of(bos, eos, addsBos, false, List.of())),
                List.of(),
                DummyPrefix.ONCE);
    }

    /**
     * The tokenizer of a GGUF file's lists, as llama.cpp uses them: user-defined tokens are looked for in the text as it is,
     * and the dummy prefix stands in front of every stretch of text between them.
     *
     * @param metaspace {@code once} or {@code each} for the rules of a {@code tokenizer.model} instead (see {@link
     *     DummyPrefix}), or that of Metaspace (see {@link Splitters#metaspace(String)}), or empty
     * @param listed tokens that the folder of that {@code tokenizer.model} listed
     */
    public static SentencePieceTokenizer ofGguf(
            List<String> pieces,
            float[] scores,
            int[] kinds,
            int unknown,
            boolean addsDummyPrefix,
            String metaspace,
            List<AddedToken> listed,
            Boundaries boundaries) {
        SentencePieceModel model = model(pieces, scores, kinds, unknown, addsDummyPrefix, boundaries);
        for (DummyPrefix prefix : DummyPrefix.values()) {
            if (metaspace.equals(prefix.label())) {
                return ofModel(model.with(listed, pieces.size(), boundaries, addsDummyPrefix), listed, prefix);
            }
        }
        SentencePieceVocabulary vocabulary = new SentencePieceVocabulary(model);
        if (!metaspace.isEmpty()) {
            return new SentencePieceTokenizer(
                    vocabulary,
                    new Segmenter(vocabulary.addedTokens(), Normalizer.NONE, Splitters.metaspace(metaspace)),
                    DummyPrefix.EACH);
        }
        return new SentencePieceTokenizer(
                vocabulary,
                new Segmenter(
                        vocabulary.addedTokens(),
                        addsDummyPrefix ? Normalizer.of(List.of(Normalizers.prepend(SPACE), ESCAPED)) : ESCAPED,
                        Splitter.NONE),
                DummyPrefix.EACH);
    }

    /**
     * The tokenizer of a vocabulary of characters whose rules are given one by one, as {@code tokenizer.json} stores it.
     *
     * @param merges the merges, best first
     * @param added what is cut out of the text
     * @param decoding how pieces become text
     */
    public static SentencePieceTokenizer of(
            List<String> pieces,
            int[] kinds,
            int unknown,
            boolean fusesUnknown,
            List<Merge> merges,
            List<AddedToken> added,
            Normalizer normalizer,
            Splitter splitter,
            PieceDecoding decoding,
            Boundaries boundaries) {
        SentencePieceModel model = new SentencePieceModel(
                List.copyOf(pieces),
                scores(pieces, merges),
                kinds.clone(),
                unknown,
                decoding.dropsFirstSpace(),
                "",
                boundaries);
        SentencePieceVocabulary vocabulary =
                new SentencePieceVocabulary(model, merges, decoding.shown(), decoding.dropsFirstSpace(), fusesUnknown);
        return new SentencePieceTokenizer(vocabulary, new Segmenter(added, normalizer, splitter), DummyPrefix.EACH);
    }

    /** What SentencePiece's scores would be: the sooner a piece is made, the higher. */
    private static float[] scores(List<String> pieces, List<Merge> merges) {
        Map<String, Integer> order = new HashMap<>();
        for (Merge merge : merges) {
            order.putIfAbsent(merge.left() + merge.right(), order.size() + 1);
        }
        float[] scores = new float[pieces.size()];
        for (int id = 0; id < scores.length; id++) {
            scores[id] = -order.getOrDefault(pieces.get(id), 0);
        }
        return scores;
    }

    private static SentencePieceModel model(
            List<String> pieces,
            float[] scores,
            int[] kinds,
            int unknown,
            boolean addsDummyPrefix,
            Boundaries boundaries) {
        return new SentencePieceModel(
                List.copyOf(pieces),
                scores.clone(),
                kinds.clone(),
                unknown,
                addsDummyPrefix,
                SentencePieceModel.UNKNOWN_TEXT,
                boundaries);
    }

    @Override
    public int vocabularySize() {
        return vocabulary.size();
    }

    @Override
    public boolean hasToken(int id) {
        return id >= 0 && id < vocabulary.size() && vocabulary.kind(id) != PieceKind.UNUSED;
    }

    @Override
    protected SymbolMerger merger() {
        return new SymbolMerger(vocabulary.rules());
    }

    @Override
    protected Segmenter.Sink sink(SymbolMerger merger, IdBuffer ids) {
        return new Segmenter.Sink() {
            @Override
            public void token(int id) {
                ids.add(id);
            }

            @Override
            public void piece(char[] text, int from, int end) {
                merge(text, from, end, merger, ids);
            }
        };
    }

    private void merge(char[] text, int from, int end, SymbolMerger merger, IdBuffer ids) {
        MergeRules rules = vocabulary.rules();
        int before = 0;
        int first = ids.size();
        for (int i = from; i < end; ) {
            int codePoint = text[i++];
            if (Character.isHighSurrogate((char) codePoint)) {
                codePoint = Character.toCodePoint((char) codePoint, text[i++]);
            }
            int symbol = vocabulary.symbol(codePoint);
            int rule = PairTable.ABSENT;
            if (merger.count() > 0) {
                rule = rules.find(before, symbol);
                if (rule == PairTable.ABSENT) {
                    flush(merger, ids, first);
                }
            }
            merger.add(rule, symbol);
            before = symbol;
        }
        flush(merger, ids, first);
    }

    /** {@code first} is the place of the first id of the piece of text. */
    private void flush(SymbolMerger merger, IdBuffer ids, int first) {
        merger.merge();
        int size = vocabulary.size();
        for (int i = 0; i < merger.count(); i++) {
            int symbol = merger.symbol(i);
            if (symbol >= 0 && symbol < size) {
                ids.add(symbol);
            } else {
                addUnwritable(vocabulary.codePoint(symbol), ids, first);
            }
        }
        merger.clear();
    }

    private void addUnwritable(int codePoint, IdBuffer ids, int first) {
        int unknown = vocabulary.model().unknown();
        if (!vocabulary.hasBytes()) {
            // Inside a piece of text, a run of characters that cannot be written is one unknown piece.
            if (!vocabulary.fusesUnknown() || ids.size() == first || ids.last() != unknown) {
                ids.add(unknown);
            }
            return;
        }
        byte[] utf8 = new byte[Utf8.LONGEST];
        int length = Utf8.write(codePoint, utf8, 0);
        for (int i = 0; i < length; i++) {
            ids.add(vocabulary.byteId(utf8[i] & 0xFF));
        }
    }

    @Override
    public String piece(int id) {
        return vocabulary.model().pieces().get(checked(id));
    }

    /** Merge priority of a piece, the highest first. */
    public float score(int id) {
        return vocabulary.model().scores()[checked(id)];
    }

    /** What a piece is, in SentencePiece's numbers: 1 normal, 2 unknown, 3 control, 4 user defined, 5 unused, 6 byte. */
    public int kind(int id) {
        return vocabulary.kind(checked(id)).number();
    }

    /** Id of what cannot be written, or -1. */
    public int unknown() {
        return vocabulary.model().unknown();
    }

    /** Where that space goes if the tokenizer is that of a {@code tokenizer.model}. */
    public DummyPrefix dummyPrefix() {
        return dummyPrefix;
    }

    /** The tokens that the folder of a {@code tokenizer.model} lists. */
    public List<AddedToken> listed() {
        return listed;
    }

    /** Whether a space is put in front of every text. */
    public boolean addsDummyPrefix() {
        return vocabulary.model().addsDummyPrefix();
    }

    @Override
    public Detokenizer detokenizer() {
        return new SentencePieceDetokenizer(vocabulary);
    }

    private int checked(int id) {
        return TokenIds.checked(id, vocabulary.size());
    }

    @Override
    public byte[] bytes(int id) {
        int octet = vocabulary.byteOf(TokenIds.checked(id, vocabulary.size()));
        return octet >= 0 ? new byte[] {(byte) octet} : vocabulary.text(id).getBytes(StandardCharsets.UTF_8);
    }
}
