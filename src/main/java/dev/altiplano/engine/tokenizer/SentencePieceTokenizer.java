package dev.altiplano.engine.tokenizer;

import java.util.List;

/**
 * SentencePiece's byte-pair encoding, as LLaMA 1 and 2 use it. A text begins with a space and its spaces become U+2581;
 * nothing else is changed. Then neighbours merge, the piece of the highest score first and the leftmost of equals, and a
 * character that is no piece becomes its UTF-8 bytes.
 *
 * <p>The text is cut wherever two neighbouring characters stand side by side in no piece: nothing can merge across such
 * a place, so the parts, which are words for the most part, are merged one by one with the same result.
 */
public final class SentencePieceTokenizer implements Tokenizer {

    private static final int REPLACEMENT = 0xFFFD;

    private final SentencePieceVocabulary vocabulary;

    private SentencePieceTokenizer(SentencePieceVocabulary vocabulary) {
        this.vocabulary = vocabulary;
    }

    /** The tokenizer in the content of a {@code tokenizer.model} file. Throws {@link TokenizerException} with the place of what is wrong. */
    public static SentencePieceTokenizer parse(byte[] model) {
        return new SentencePieceTokenizer(new SentencePieceVocabulary(SentencePieceReader.read(model)));
    }

    /**
     * The tokenizer of a vocabulary stored as lists, as in a GGUF file. Throws {@link TokenizerException} naming the
     * piece that is wrong.
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
        return new SentencePieceTokenizer(new SentencePieceVocabulary(new SentencePieceModel(
                List.copyOf(pieces),
                scores.clone(),
                kinds.clone(),
                bos,
                eos,
                unknown,
                addsBos,
                addsDummyPrefix,
                SentencePieceModel.UNKNOWN_TEXT)));
    }

    @Override
    public int vocabularySize() {
        return vocabulary.size();
    }

    @Override
    public int bos() {
        return vocabulary.model().bos();
    }

    @Override
    public int eos() {
        return vocabulary.model().eos();
    }

    @Override
    public boolean isEnd(int id) {
        return id >= 0 && id == eos();
    }

    @Override
    public boolean addsBos() {
        return vocabulary.model().addsBos() && bos() >= 0;
    }

    @Override
    public int[] encode(String text) {
        return encode(text, merger());
    }

    /** Scratch memory for one call. */
    SymbolMerger merger() {
        return new SymbolMerger(vocabulary.rules());
    }

    /** As {@link #encode(String)}, with the merger at hand to see how much work it took. */
    int[] encode(String text, SymbolMerger merger) {
        if (text.isEmpty()) {
            return new int[0];
        }
        char[] normalized = normalize(text);
        int end = normalized.length;
        IdBuffer ids = new IdBuffer(end / 3);
        MergeRules rules = vocabulary.rules();
        LiteralMatcher literals = vocabulary.userDefined();
        boolean hasLiterals = !literals.isEmpty();
        int before = 0;
        for (int i = 0; i < end; ) {
            if (hasLiterals) {
                long match = literals.longest(normalized, i, end);
                if (match >= 0) {
                    flush(merger, ids);
                    ids.add((int) match);
                    i += (int) (match >>> 32);
                    continue;
                }
            }
            int codePoint = normalized[i++];
            if (Character.isSurrogate((char) codePoint)) {
                if (i < end && Character.isSurrogatePair((char) codePoint, normalized[i])) {
                    codePoint = Character.toCodePoint((char) codePoint, normalized[i++]);
                } else {
                    codePoint = REPLACEMENT;
                }
            }
            int symbol = vocabulary.symbol(codePoint);
            int rule = PairTable.ABSENT;
            if (merger.count() > 0) {
                rule = rules.find(before, symbol);
                if (rule == PairTable.ABSENT) {
                    flush(merger, ids);
                }
            }
            merger.add(rule, symbol);
            before = symbol;
        }
        flush(merger, ids);
        return ids.toArray();
    }

    private char[] normalize(String text) {
        int prefix = vocabulary.model().addsDummyPrefix() ? 1 : 0;
        char[] normalized = new char[text.length() + prefix];
        normalized[0] = SentencePieceModel.SPACE;
        text.getChars(0, text.length(), normalized, prefix);
        for (int i = 0; i < normalized.length; i++) {
            if (normalized[i] == ' ') {
                normalized[i] = SentencePieceModel.SPACE;
            }
        }
        return normalized;
    }

    private void flush(SymbolMerger merger, IdBuffer ids) {
        merger.merge();
        int size = vocabulary.size();
        for (int i = 0; i < merger.count(); i++) {
            int symbol = merger.symbol(i);
            if (symbol >= 0 && symbol < size) {
                ids.add(symbol);
            } else {
                addUnwritable(vocabulary.codePoint(symbol), ids);
            }
        }
        merger.clear();
    }

    private void addUnwritable(int codePoint, IdBuffer ids) {
        int unknown = vocabulary.model().unknown();
        if (!vocabulary.hasBytes()) {
            // A run of characters that cannot be written is one unknown piece.
            if (ids.size() == 0 || ids.last() != unknown) {
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
    public String decode(int[] ids) {
        StringBuilder text = new StringBuilder(4 * ids.length);
        SentencePieceDetokenizer detokenizer = detokenizer();
        for (int id : ids) {
            detokenizer.append(id, text);
        }
        detokenizer.finish(text);
        return text.toString();
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

    /** Whether a space is put in front of every text. */
    public boolean addsDummyPrefix() {
        return vocabulary.model().addsDummyPrefix();
    }

    @Override
    public SentencePieceDetokenizer detokenizer() {
        return new SentencePieceDetokenizer(vocabulary);
    }

    private int checked(int id) {
        return TokenIds.checked(id, vocabulary.size());
    }
}
