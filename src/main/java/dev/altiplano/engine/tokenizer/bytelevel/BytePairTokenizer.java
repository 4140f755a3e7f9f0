package dev.altiplano.engine.tokenizer.bytelevel;

import dev.altiplano.engine.tokenizer.Quote;
import dev.altiplano.engine.tokenizer.TokenizerException;
import dev.altiplano.engine.tokenizer.Utf8;
import dev.altiplano.engine.tokenizer.rules.GgufRule;
import dev.altiplano.engine.tokenizer.rules.Normalizer;
import dev.altiplano.engine.tokenizer.rules.Splitter;
import dev.altiplano.engine.tokenizer.vocabulary.AddedToken;
import dev.altiplano.engine.tokenizer.vocabulary.Boundaries;
import dev.altiplano.engine.tokenizer.vocabulary.IdBuffer;
import dev.altiplano.engine.tokenizer.vocabulary.Merge;
import dev.altiplano.engine.tokenizer.vocabulary.MergeRules;
import dev.altiplano.engine.tokenizer.vocabulary.MergingTokenizer;
import dev.altiplano.engine.tokenizer.vocabulary.Segmenter;
import dev.altiplano.engine.tokenizer.vocabulary.SymbolMerger;
import dev.altiplano.engine.tokenizer.vocabulary.TokenIds;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Byte-level byte-pair encoding, as GPT-2 and Llama 3 use it: the text is cut into words by a splitter, and
 * inside each word the bytes of its UTF-8 merge. Every text can be written, and no text is changed.
 */
public final class BytePairTokenizer extends MergingTokenizer {

    private static final int CONTROLS_OF_LLAMA_3 = 256;

    private final BytePairVocabulary vocabulary;
    private final MergeRules rules;
    /** Tokens that a whole word becomes although merging would not make them. */
    private final Map<String, Integer> wholeTokens;

    private final int longestWholeToken;

    private BytePairTokenizer(
            BytePairVocabulary vocabulary,
            MergeRules rules,
            boolean takesWholeTokens,
            Segmenter segmenter,
            Boundaries boundaries) {
        super(segmenter, vocabulary.addedTokens(), boundaries);
        this.vocabulary = vocabulary;
        this.rules = rules;
        this.wholeTokens = takesWholeTokens ? vocabulary.tokensThatMergingMisses(rules) : Map.of();
        int longest = 0;
        for (String token : wholeTokens.keySet()) {
            longest = Math.max(longest, token.length());
        }
        this.longestWholeToken = longest;
    }

    /**
     * The tokenizer of a vocabulary with merges, as GGUF files store it. Throws {@link TokenizerException} naming the token
     * or merge that is wrong, or a {@code preTokenizer} that is not known.
     *
     * @param tokens [vocabulary] text of each id in GPT-2's byte alphabet; control tokens as they are
     * @param kinds [vocabulary] 1 normal, 3 control, 4 user defined, 5 unused
     * @param merges pairs joined by one space, best first
     * @param preTokenizer a name that {@link GgufRule} knows
     */
    public static BytePairTokenizer of(
            List<String> tokens, int[] kinds, List<String> merges, String preTokenizer, Boundaries boundaries) {
        GgufRule rule = GgufRule.named(preTokenizer);
        if (rule == null) {
            throw new TokenizerException("the pre-tokenizer " + Quote.of(preTokenizer) + " is not known; known are "
                    + String.join(", ", GgufRule.names()));
        }
        BytePairVocabulary vocabulary = BytePairVocabulary.ofTokens(tokens, kinds, boundaries);
        return new BytePairTokenizer(
                vocabulary,
                vocabulary.rulesOf(Merge.ofLines(merges)),
                rule.takesWholeTokens(),
                new Segmenter(vocabulary.addedTokens(), Normalizer.NONE, rule.splitter()),
                boundaries);
    }

    /**
     * The tokenizer of a vocabulary whose rules are given one by one, as {@code tokenizer.json} stores it.
     *
     * @param added what is cut out of the text, in place of what {@code kinds} says of it
     * @param takesWholeTokens whether a piece that is a token is taken whole, even where merging would not make it
     */
    public static BytePairTokenizer of(
            List<String> tokens,
            int[] kinds,
            List<Merge> merges,
            boolean takesWholeTokens,
            List<AddedToken> added,
            Normalizer normalizer,
            Splitter splitter,
            Boundaries boundaries) {
        BytePairVocabulary vocabulary = BytePairVocabulary.ofTokens(tokens, kinds, boundaries);
        return new BytePairTokenizer(
                vocabulary,
                vocabulary.rulesOf(merges),
                takesWholeTokens,
                new Segmenter(added, normalizer, splitter),
                boundaries);
    }

    /**
     * The tokenizer in the content of Llama 3's {@code tokenizer.model}: a line of base64 and rank for each token, to
     * which 256 control tokens are added. Throws {@link TokenizerException} with the place of what is wrong.
     */
    public static BytePairTokenizer parse(byte[] rankFile) {
        byte[][] ranks = RankFile.read(rankFile);
        List<String> controls = controlsOfLlama3();
        BytePairVocabulary vocabulary = BytePairVocabulary.ofRanks(ranks, controls);
        int bos = ranks.length + controls.indexOf("<|begin_of_text|>");
        int eos = ranks.length + controls.indexOf("<|end_of_text|>");
        return new BytePairTokenizer(
                vocabulary,
                vocabulary.rulesOfRanks(),
                true,
                new Segmenter(vocabulary.addedTokens(), Normalizer.NONE, llama3Splitter()),
                Boundaries.of(bos, eos, true, false, List.of()));
    }

    private static Splitter llama3Splitter() {
        GgufRule rule = GgufRule.named("llama-bpe");
        if (rule == null) {
            throw new IllegalStateException("the rule of Llama 3 is not known");
        }
        return rule.splitter();
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
    public boolean hasToken(int id) {
        return id >= 0 && id < vocabulary.size() && vocabulary.hasToken(id);
    }

    @Override
    protected SymbolMerger merger() {
        return new SymbolMerger(rules);
    }

    @Override
    protected Segmenter.Sink sink(SymbolMerger merger, IdBuffer ids) {
        return new Words(merger, ids);
    }

    @Override
    public String piece(int id) {
        return vocabulary.piece(TokenIds.checked(id, vocabulary.size()));
    }

    /** Whether a piece can become a token that merging alone would not make of it. */
    public boolean needsWholeTokens() {
        return !wholeTokens.isEmpty();
    }

    /** The ids of tokens that are cut out of every text. */
    public Set<Integer> userDefined() {
        return vocabulary.addedTokens().stream()
                .filter(token -> !token.control())
                .map(AddedToken::id)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Whether {@code id} is a control token, which no text becomes. */
    public boolean isControl(int id) {
        return vocabulary.isControl(TokenIds.checked(id, vocabulary.size()));
    }

    @Override
    public BytePairDetokenizer detokenizer() {
        return new BytePairDetokenizer(vocabulary);
    }

    /** Merges the words of one text. */
    private final class Words implements Segmenter.Sink {

        private final SymbolMerger merger;
        private final IdBuffer ids;
        private byte[] utf8 = new byte[64];
        private int length;

        Words(SymbolMerger merger, IdBuffer ids) {
            this.merger = merger;
            this.ids = ids;
        }

        @Override
        public void token(int id) {
            ids.add(id);
        }

        @Override
        public void piece(char[] chars, int from, int end) {
            toUtf8(chars, from, end);
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

        private void toUtf8(char[] chars, int from, int end) {
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

    @Override
    public byte[] bytes(int id) {
        return vocabulary.bytes(TokenIds.checked(id, vocabulary.size())).clone();
    }
}
