package dev.altiplano.tool.convert;

import dev.altiplano.engine.checkpoint.ChatTemplateSource;
import dev.altiplano.engine.checkpoint.EndToken;
import dev.altiplano.engine.checkpoint.TokenizerData;
import dev.altiplano.engine.load.CheckpointTokenizer;
import dev.altiplano.engine.tokenizer.Tokenizer;
import dev.altiplano.engine.tokenizer.bytelevel.BytePairTokenizer;
import dev.altiplano.engine.tokenizer.huggingface.GgufAddedTokens;
import dev.altiplano.engine.tokenizer.huggingface.GgufForm;
import dev.altiplano.engine.tokenizer.huggingface.GgufPieces;
import dev.altiplano.engine.tokenizer.huggingface.GgufSplitting;
import dev.altiplano.engine.tokenizer.huggingface.HuggingFaceFiles;
import dev.altiplano.engine.tokenizer.meta.Tokenizers;
import dev.altiplano.engine.tokenizer.sentencepiece.SentencePieceTokenizer;
import dev.altiplano.tool.console.ToolException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Turns the tokenizer files of a model into the lists that a GGUF file holds instead. */
final class EmbeddedVocabulary {

    private static final int NORMAL = 1;
    private static final int CONTROL = 3;
    private static final int USER_DEFINED = 4;
    private static final int UNUSED = 5;

    private EmbeddedVocabulary() {}

    static TokenizerData of(TokenizerData data) {
        return switch (data) {
            case TokenizerData.ModelFile file -> of(Tokenizers.load(file.file()), data, null);
            case TokenizerData.HuggingFace folder -> {
                HuggingFaceFiles files = CheckpointTokenizer.files(folder);
                yield of(CheckpointTokenizer.of(data), data, files.model() != null ? null : new GgufForm(files));
            }
            case TokenizerData.Pieces pieces -> data;
            case TokenizerData.Merges merges -> data;
            case TokenizerData.Ruled ruled -> data;
        };
    }

    private static TokenizerData of(Tokenizer tokenizer, TokenizerData data, @Nullable GgufForm form) {
        return switch (tokenizer) {
            case SentencePieceTokenizer pieces ->
                form == null
                        ? pieces(
                                pieces,
                                pieces.addsDummyPrefix(),
                                pieces.dummyPrefix().label(),
                                data)
                        : piecesOf(pieces, form, data);
            case BytePairTokenizer merges ->
                form == null ? merges(merges, null, "llama-bpe", data) : mergesOf(merges, form, data);
            default -> throw new ToolException("a GGUF file cannot hold this tokenizer");
        };
    }

    /** The model's own, or the one that a {@code tekken.json} says by its version, which a GGUF file has no key for. */
    private static List<ChatTemplateSource> templates(TokenizerData data, Tokenizer tokenizer) {
        if (!data.chatTemplates().isEmpty() || CheckpointTokenizer.tekkenVersion(data) == 0) {
            return data.chatTemplates();
        }
        return CheckpointTokenizer.fitting(data, tokenizer).stream()
                .map(template -> new ChatTemplateSource(ChatTemplateSource.DEFAULT, template.source()))
                .toList();
    }

    private static TokenizerData piecesOf(SentencePieceTokenizer tokenizer, GgufForm form, TokenizerData data) {
        GgufPieces spaces = form.pieces();
        // Readers take ids for granted that no key names.
        boolean named = tokenizer.bos() >= 0 && tokenizer.eos() >= 0 && tokenizer.unknown() >= 0;
        boolean exact =
                named && spaces.isExact() && form.hasPlainTokens(tokenizer, id -> tokenizer.kind(id) == USER_DEFINED);
        TokenizerData.Pieces standard =
                pieces(tokenizer, spaces.addsDummyPrefix(), exact ? spaces.metaspace() : "", data);
        return exact
                ? standard
                : new TokenizerData.Ruled(standard, spaces.isNear(), form.merges(), form.rules(tokenizer));
    }

    private static TokenizerData mergesOf(BytePairTokenizer tokenizer, GgufForm form, TokenizerData data) {
        GgufSplitting splitting = form.splitting();
        String exact = form.hasPlainTokens(tokenizer, tokenizer.userDefined()::contains)
                ? splitting.exactName(tokenizer.needsWholeTokens())
                : null;
        if (exact != null) {
            return merges(tokenizer, form, exact, data);
        }
        String near = splitting.nearName();
        TokenizerData.Merges standard = merges(tokenizer, form, near == null ? "" : near, data);
        return new TokenizerData.Ruled(standard, near != null, standard.merges(), form.rules(tokenizer));
    }

    private static TokenizerData.Pieces pieces(
            SentencePieceTokenizer tokenizer, boolean addsDummyPrefix, String metaspace, TokenizerData data) {
        Map<String, String> special = CheckpointTokenizer.specialTokens(data, tokenizer);
        int size = tokenizer.vocabularySize();
        List<String> pieces = new ArrayList<>(size);
        float[] scores = new float[size];
        int[] kinds = new int[size];
        for (int id = 0; id < size; id++) {
            pieces.add(name(tokenizer, id));
            scores[id] = tokenizer.score(id);
            kinds[id] = tokenizer.kind(id);
        }
        return new TokenizerData.Pieces(
                pieces,
                scores,
                kinds,
                tokenizer.bos(),
                tokenizer.eos(),
                tokenizer.unknown(),
                pieces.indexOf(special.get("pad_token")),
                tokenizer.addsBos(),
                !tokenizer.suffixIds().isEmpty(),
                addsDummyPrefix,
                metaspace,
                GgufAddedTokens.write(tokenizer.listed()),
                ends(tokenizer),
                templates(data, tokenizer));
    }

    /** Ids without a token need a name in a GGUF file. */
    private static String name(Tokenizer tokenizer, int id) {
        String piece = tokenizer.piece(id);
        return piece.isEmpty() ? "[PAD" + id + "]" : piece;
    }

    private static int kind(BytePairTokenizer tokenizer, int id, Set<Integer> userDefined) {
        if (!tokenizer.hasToken(id)) {
            return UNUSED;
        }
        return tokenizer.isControl(id) ? CONTROL : userDefined.contains(id) ? USER_DEFINED : NORMAL;
    }

    private static List<EndToken> ends(Tokenizer tokenizer) {
        return tokenizer.ends().stream()
                .map(end -> new EndToken(end.id(), end.namedIn()))
                .toList();
    }

    /** Ranks become merges as they do for tokenizer.json: every cut of every token into two tokens, in order of ranks. */
    private static TokenizerData.Merges merges(
            BytePairTokenizer tokenizer, @Nullable GgufForm form, String splittingRule, TokenizerData data) {
        Map<String, String> special = CheckpointTokenizer.specialTokens(data, tokenizer);
        int size = tokenizer.vocabularySize();
        List<String> tokens = new ArrayList<>(size);
        int[] kinds = new int[size];
        Set<Integer> userDefined = tokenizer.userDefined();
        for (int id = 0; id < size; id++) {
            tokens.add(name(tokenizer, id));
            kinds[id] = kind(tokenizer, id, userDefined);
        }
        return new TokenizerData.Merges(
                tokens,
                kinds,
                form == null ? mergesOfRanks(tokens, kinds) : form.merges(),
                splittingRule,
                tokenizer.bos(),
                tokenizer.eos(),
                tokens.indexOf(special.get("unk_token")),
                tokens.indexOf(special.get("pad_token")),
                ends(tokenizer),
                tokenizer.addsBos(),
                !tokenizer.suffixIds().isEmpty(),
                templates(data, tokenizer));
    }

    private static List<String> mergesOfRanks(List<String> tokens, int[] kinds) {
        Map<String, Integer> ids = new HashMap<>();
        for (int id = 0; id < kinds.length; id++) {
            if (kinds[id] == NORMAL) {
                ids.put(tokens.get(id), id);
            }
        }
        List<String> merges = new ArrayList<>();
        for (int id = 0; id < kinds.length; id++) {
            if (kinds[id] == NORMAL) {
                addCuts(tokens.get(id), ids, merges);
            }
        }
        return merges;
    }

    private static void addCuts(String token, Map<String, Integer> ids, List<String> merges) {
        record Cut(int left, int right, String merge) {}
        List<Cut> cuts = new ArrayList<>();
        for (int at = 1; at < token.length(); at++) {
            Integer left = ids.get(token.substring(0, at));
            Integer right = ids.get(token.substring(at));
            if (left != null && right != null) {
                cuts.add(new Cut(left, right, token.substring(0, at) + " " + token.substring(at)));
            }
        }
        cuts.sort(Comparator.comparingInt(Cut::left).thenComparingInt(Cut::right));
        cuts.forEach(cut -> merges.add(cut.merge));
    }
}
