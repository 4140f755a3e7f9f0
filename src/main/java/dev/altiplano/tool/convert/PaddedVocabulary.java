package dev.altiplano.tool.convert;

import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.TokenizerData;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The vocabulary that goes into a GGUF file: one token for each row of the embedding. Rows beyond the model's own tokens, with
 * which Hugging Face's folders are padded, get the names that llama.cpp gives them: {@code [PAD32000]}, unused.
 */
final class PaddedVocabulary {

    private static final int UNUSED = 5;
    private static final float UNUSED_SCORE = -10000;

    private PaddedVocabulary() {}

    static TokenizerData of(Checkpoint checkpoint) {
        return pad(
                EmbeddedVocabulary.of(checkpoint.tokenizer()),
                checkpoint.hyperparameters().vocabularySize());
    }

    private static TokenizerData pad(TokenizerData data, int size) {
        return switch (data) {
            case TokenizerData.Pieces p
            when p.pieces().size() < size -> {
                float[] scores = Arrays.copyOf(p.scores(), size);
                Arrays.fill(scores, p.pieces().size(), size, UNUSED_SCORE);
                yield new TokenizerData.Pieces(
                        names(p.pieces(), size),
                        scores,
                        kinds(p.kinds(), size),
                        p.bos(),
                        p.eos(),
                        p.unknown(),
                        p.addsBos(),
                        p.addsDummyPrefix());
            }
            case TokenizerData.Merges m
            when m.tokens().size() < size ->
                new TokenizerData.Merges(
                        names(m.tokens(), size),
                        kinds(m.kinds(), size),
                        m.merges(),
                        m.preTokenizer(),
                        m.bos(),
                        m.eos(),
                        m.ends(),
                        m.addsBos());
            default -> data;
        };
    }

    private static List<String> names(List<String> tokens, int size) {
        List<String> names = new ArrayList<>(tokens);
        while (names.size() < size) {
            names.add("[PAD" + names.size() + "]");
        }
        return names;
    }

    private static int[] kinds(int[] kinds, int size) {
        int[] padded = Arrays.copyOf(kinds, size);
        Arrays.fill(padded, kinds.length, size, UNUSED);
        return padded;
    }
}
