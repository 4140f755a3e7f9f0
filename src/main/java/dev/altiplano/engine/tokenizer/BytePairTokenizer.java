package dev.altiplano.engine.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Byte-level byte-pair encoding, as GPT-2 and Llama 3 use it: the text is cut into words by a {@link PreTokenizer}, and
 * inside each word the bytes of its UTF-8 merge. Every text can be written, and no text is changed.
 */
public final class BytePairTokenizer implements Tokenizer {

    private static final char REPLACEMENT = '\uFFFD';
    private static final int CONTROLS_OF_LLAMA_3 = 256;

    private final BytePairVocabulary vocabulary;
    private final MergeRules rules;
    private final PreTokenizer preTokenizer;
    /** Tokens that a whole word becomes although merging would not make them. */
    private final Map<String, Integer> wholeTokens;

    private final int longestWholeToken;
    private final int bos;
    private final int eos;
    private final boolean[] ends;
    private final boolean addsBos;

    private BytePairTokenizer(
            BytePairVocabulary vocabulary,
            MergeRules rules,
            PreTokenizer preTokenizer,
            int bos,
            int eos,
            int[] moreEnds,
            boolean addsBos) {
        this.vocabulary = vocabulary;
        this.rules = rules;
        this.preTokenizer = preTokenizer;
        this.wholeTokens = preTokenizer.takesWholeTokens() ? vocabulary.tokensThatMergingMisses(rules) : Map.of();
        int longest = 0;
        for (String token : wholeTokens.keySet()) {
            longest = Math.max(longest, token.length());
        }
        this.longestWholeToken = longest;
        this.bos = checkedOrNone("bos", bos);
        this.eos = checkedOrNone("eos", eos);
        this.ends = new boolean[vocabulary.size()];
        if (eos >= 0) {
            ends[eos] = true;
        }
        for (int end : moreEnds) {
            if (checkedOrNone("end", end) >= 0) {
                ends[end] = true;
            }
        }
        this.addsBos = addsBos && bos >= 0;
    }

    /**
     * The tokenizer of a vocabulary with merges, as GGUF files and {@code tokenizer.json} store it. Throws
     * {@link TokenizerException} naming the token or merge that is wrong, or a {@code preTokenizer} that is not known.
     *
     * @param tokens [vocabulary] text of each id in GPT-2's byte alphabet; control tokens as they are
     * @param kinds [vocabulary] 1 normal, 3 control, 4 user defined, 5 unused
     * @param merges pairs joined by one space, best first
     * @param preTokenizer {@code llama-bpe}, {@code gpt-2} or {@code smollm}
     * @param bos id that begins a sequence, or -1
     * @param eos id that ends a sequence, or -1
     * @param ends ids that end generation besides {@code eos}; -1 is ignored
     * @param addsBos whether a prompt begins with {@code bos}
     */
    public static BytePairTokenizer of(
            List<String> tokens,
            int[] kinds,
            List<String> merges,
            String preTokenizer,
            int bos,
            int eos,
            int[] ends,
            boolean addsBos) {
        PreTokenizer splitting = PreTokenizer.named(preTokenizer);
        BytePairVocabulary vocabulary = BytePairVocabulary.ofTokens(tokens, kinds, bos, eos, ends);
        return new BytePairTokenizer(vocabulary, vocabulary.rulesOf(merges), splitting, bos, eos, ends, addsBos);
    }

    /**
     * The tokenizer in the content of Llama 3's {@code tokenizer.model}: a line of base64 and rank for each token, to
     * which 256 control tokens are added. Throws {@link TokenizerException} with the place of what is wrong.
     */
    public static BytePairTokenizer parse(byte[] rankFile) {
        byte[][] ranks = RankFile.read(rankFile);
        List<String> controls = controlsOfLlama3();
        BytePairVocabulary vocabulary = BytePairVocabulary.ofRanks(ranks, controls);
        int first = ranks.length;
        return new BytePairTokenizer(
                vocabulary,
                vocabulary.rulesOfRanks(),
                PreTokenizer.LLAMA_3,
                first + controls.indexOf("<|begin_of_text|>"),
                first + controls.indexOf("<|end_of_text|>"),
                new int[] {first + controls.indexOf("<|eom_id|>"), first + controls.indexOf("<|eot_id|>")},
                true);
    }

    /** In the order of their ids. Names are those of Llama 3.1, which gave three of Llama 3's reserved tokens a use. */
    private static List<String> controlsOfLlama3() {
        List<String> controls = new ArrayList<>(List.of(
                "<|begin_of_text|>",
                "<|end_of_text|>",
                "<|reserved_special_token_0|>",
                "<|reserved_special_token_1|>",
                "<|finetune_right_pad_id|>",
                "<|reserved_special_token_2|>",
                "<|start_header_id|>",
                "<|end_header_id|>",
                "<|eom_id|>",
                "<|eot_id|>",
                "<|python_tag|>"));
        for (int number = 3; controls.size() < CONTROLS_OF_LLAMA_3; number++) {
            controls.add("<|reserved_special_token_" + number + "|>");
        }
        return controls;
    }

    @Override
    public int vocabularySize() {
        return vocabulary.size();
    }

    @Override
    public int bos() {
        return bos;
    }

    @Override
    public int eos() {
        return eos;
    }

    @Override
    public boolean isEnd(int id) {
        return id >= 0 && id < ends.length && ends[id];
    }

    @Override
    public boolean addsBos() {
        return addsBos;
    }

    @Override
    public int[] encode(String text) {
        return encode(text, merger());
    }

    /** Scratch memory for one call. */
    SymbolMerger merger() {
        return new SymbolMerger(rules);
    }

    /** As {@link #encode(String)}, with the merger at hand to see how much work it took. */
    int[] encode(String text, SymbolMerger merger) {
        char[] chars = text.toCharArray();
        replaceLoneSurrogates(chars);
        Encoding encoding = new Encoding(chars, merger);
        LiteralMatcher literals = vocabulary.userDefined();
        int from = 0;
        if (!literals.isEmpty()) {
            for (int i = 0; i < chars.length; ) {
                long match = literals.longest(chars, i, chars.length);
                if (match < 0) {
                    i++;
                    continue;
                }
                encoding.text(from, i);
                encoding.ids.add((int) match);
                i += (int) (match >>> 32);
                from = i;
            }
        }
        encoding.text(from, chars.length);
        return encoding.ids.toArray();
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
    public String decode(int[] ids) {
        StringBuilder text = new StringBuilder(4 * ids.length);
        BytePairDetokenizer detokenizer = detokenizer();
        for (int id : ids) {
            detokenizer.append(id, text);
        }
        detokenizer.finish(text);
        return text.toString();
    }

    @Override
    public String piece(int id) {
        return vocabulary.piece(TokenIds.checked(id, vocabulary.size()));
    }

    /** Whether {@code id} is a control token, which no text becomes. */
    public boolean isControl(int id) {
        return vocabulary.isControl(TokenIds.checked(id, vocabulary.size()));
    }

    @Override
    public BytePairDetokenizer detokenizer() {
        return new BytePairDetokenizer(vocabulary);
    }

    private int checkedOrNone(String name, int id) {
        if (id < -1 || id >= vocabulary.size()) {
            throw new TokenizerException(
                    "the " + name + " id is " + id + ", but the vocabulary has " + vocabulary.size() + " ids");
        }
        return id;
    }

    /** The state of one call of {@code encode}. */
    private final class Encoding {

        private final char[] chars;
        private final SymbolMerger merger;
        private final IdBuffer ids;
        private byte[] utf8 = new byte[64];
        private int length;

        Encoding(char[] chars, SymbolMerger merger) {
            this.chars = chars;
            this.merger = merger;
            this.ids = new IdBuffer(chars.length / 3);
        }

        void text(int from, int end) {
            while (from < end) {
                int segmentEnd = preTokenizer.segmentEnd(chars, from, end);
                while (from < segmentEnd) {
                    int wordEnd = preTokenizer.next(chars, from, segmentEnd);
                    word(from, wordEnd);
                    from = wordEnd;
                }
            }
        }

        private void word(int from, int end) {
            toUtf8(from, end);
            merger.clear();
            for (int i = 0; i < length; i++) {
                merger.add(vocabulary.byteId(utf8[i] & 0xFF));
            }
            merger.merge();
            if (merger.count() > 1 && length <= longestWholeToken) {
                Integer whole = wholeTokens.get(new String(utf8, 0, length, StandardCharsets.ISO_8859_1));
                if (whole != null) {
                    ids.add(whole);
                    return;
                }
            }
            for (int i = 0; i < merger.count(); i++) {
                ids.add(merger.symbol(i));
            }
        }

        private void toUtf8(int from, int end) {
            if (3L * (end - from) > utf8.length) {
                utf8 = Arrays.copyOf(utf8, Math.multiplyExact(3, end - from));
            }
            length = 0;
            for (int i = from; i < end; i++) {
                int codePoint = chars[i];
                if (Character.isHighSurrogate(chars[i])) {
                    codePoint = Character.toCodePoint(chars[i], chars[++i]);
                }
                length = Utf8.write(codePoint, utf8, length);
            }
        }
    }
}
