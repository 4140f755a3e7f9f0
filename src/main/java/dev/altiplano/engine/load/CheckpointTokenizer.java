package dev.altiplano.engine.load;

import dev.altiplano.engine.chat.ChatTemplates;
import dev.altiplano.engine.checkpoint.TokenizerData;
import dev.altiplano.engine.tokenizer.EndToken;
import dev.altiplano.engine.tokenizer.Tokenizer;
import dev.altiplano.engine.tokenizer.TokenizerException;
import dev.altiplano.engine.tokenizer.bytelevel.BytePairTokenizer;
import dev.altiplano.engine.tokenizer.huggingface.GgufAddedTokens;
import dev.altiplano.engine.tokenizer.huggingface.HuggingFaceFiles;
import dev.altiplano.engine.tokenizer.huggingface.HuggingFaceTokenizer;
import dev.altiplano.engine.tokenizer.meta.Tokenizers;
import dev.altiplano.engine.tokenizer.rules.GgufRule;
import dev.altiplano.engine.tokenizer.sentencepiece.SentencePieceTokenizer;
import dev.altiplano.engine.tokenizer.vocabulary.Boundaries;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Makes the tokenizer that a checkpoint describes. */
public final class CheckpointTokenizer {

    private CheckpointTokenizer() {}

    /** The tokenizer in files of its own or in the lists of a model file; throws {@link TokenizerException} naming what is wrong. */
    public static Tokenizer of(TokenizerData data) {
        return switch (data) {
            case TokenizerData.ModelFile file -> Tokenizers.load(file.file());
            case TokenizerData.HuggingFace files -> of(files);
            case TokenizerData.Pieces p ->
                SentencePieceTokenizer.ofGguf(
                        p.pieces(),
                        p.scores(),
                        p.kinds(),
                        p.unknown(),
                        p.addsDummyPrefix(),
                        p.metaspace(),
                        GgufAddedTokens.read(p.added(), p.pieces().size()),
                        Boundaries.of(p.bos(), p.eos(), p.addsBos(), p.addsEos(), ends(p.ends())));
            case TokenizerData.Ruled r ->
                HuggingFaceTokenizer.ofGguf(r.tokens(), r.kinds(), r.merges(), r.rules(), ends(r.ends()));
            case TokenizerData.Merges m -> {
                String rule = m.preTokenizer().isEmpty() ? GgufRule.DEFAULT : m.preTokenizer();
                boolean addsBos = m.addsBos() != null ? m.addsBos() : GgufRule.addsBos(rule);
                yield BytePairTokenizer.of(
                        m.tokens(),
                        m.kinds(),
                        m.merges(),
                        rule,
                        Boundaries.of(m.bos(), m.eos(), addsBos, m.addsEos(), ends(m.ends())));
            }
        };
    }

    /** Those of a folder's files that its tokenizer is made of. */
    public static HuggingFaceFiles files(TokenizerData.HuggingFace data) {
        return new HuggingFaceFiles(data.documents(), data.model(), data.embeddings());
    }

    /** The texts of the tokens that the model's chat template sees, by variable: {@code bos_token}, {@code pad_token}, … */
    public static Map<String, String> specialTokens(TokenizerData data, Tokenizer tokenizer) {
        Map<String, String> special = new TreeMap<>();
        int unknown = tokenizer instanceof SentencePieceTokenizer pieces ? pieces.unknown() : data.unknown();
        put("unk_token", unknown, tokenizer, special);
        put("pad_token", data.padding(), tokenizer, special);
        if (data instanceof TokenizerData.HuggingFace folder) {
            special.putAll(HuggingFaceFiles.namedTokens(folder.documents()));
        }
        put("bos_token", tokenizer.bos(), tokenizer, special);
        put("eos_token", tokenizer.eos(), tokenizer, special);
        return special;
    }

    private static void put(String name, int id, Tokenizer tokenizer, Map<String, String> special) {
        if (id >= 0) {
            special.put(name, tokenizer.piece(id));
        }
    }

    /** The built-in chat template that fits the model; empty for a base model. */
    public static Optional<ChatTemplates> fitting(TokenizerData data, Tokenizer tokenizer) {
        return ChatTemplates.fitting(
                tokenizer.controlTokens().keySet(), tokenizer instanceof BytePairTokenizer, tekkenVersion(data));
    }

    /** The version that the model's {@code tekken.json} says of itself, or 0. */
    public static int tekkenVersion(TokenizerData data) {
        return data instanceof TokenizerData.HuggingFace files ? HuggingFaceFiles.tekkenVersion(files.documents()) : 0;
    }

    private static Tokenizer of(TokenizerData.HuggingFace files) {
        try {
            return HuggingFaceTokenizer.of(files(files));
        } catch (TokenizerException e) {
            throw new TokenizerException(files.folder() + ": " + e.getMessage(), e);
        }
    }

    private static List<EndToken> ends(List<dev.altiplano.engine.checkpoint.EndToken> ends) {
        return ends.stream().map(end -> new EndToken(end.id(), end.namedIn())).toList();
    }
}
