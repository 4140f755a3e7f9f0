package dev.altiplano.engine.load;

import dev.altiplano.engine.checkpoint.TokenizerData;
import dev.altiplano.engine.tokenizer.BytePairTokenizer;
import dev.altiplano.engine.tokenizer.SentencePieceTokenizer;
import dev.altiplano.engine.tokenizer.Tokenizer;
import dev.altiplano.engine.tokenizer.TokenizerException;
import dev.altiplano.engine.tokenizer.Tokenizers;

/** Makes the tokenizer that a checkpoint describes. */
public final class CheckpointTokenizer {

    private CheckpointTokenizer() {}

    /** The tokenizer in a file of its own or in the lists of a model file; throws {@link TokenizerException} naming what is wrong. */
    public static Tokenizer of(TokenizerData data) {
        return switch (data) {
            case TokenizerData.ModelFile file -> Tokenizers.load(file.file());
            case TokenizerData.Pieces p ->
                SentencePieceTokenizer.of(
                        p.pieces(),
                        p.scores(),
                        p.kinds(),
                        p.bos(),
                        p.eos(),
                        p.unknown(),
                        p.addsBos(),
                        p.addsDummyPrefix());
            case TokenizerData.Merges m ->
                BytePairTokenizer.of(
                        m.tokens(), m.kinds(), m.merges(), m.preTokenizer(), m.bos(), m.eos(), m.ends(), m.addsBos());
        };
    }
}
