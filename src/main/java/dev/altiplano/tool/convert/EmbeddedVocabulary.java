package dev.altiplano.tool.convert;

import dev.altiplano.engine.checkpoint.TokenizerData;
import dev.altiplano.engine.tokenizer.BytePairTokenizer;
import dev.altiplano.engine.tokenizer.SentencePieceTokenizer;
import dev.altiplano.engine.tokenizer.Tokenizers;
import dev.altiplano.tool.console.ToolException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Turns a {@code tokenizer.model} into the lists that a GGUF file holds instead. */
final class EmbeddedVocabulary {

    private static final int NORMAL = 1;
    private static final int CONTROL = 3;

    private EmbeddedVocabulary() {}

    static TokenizerData of(TokenizerData data) {
        if (!(data instanceof TokenizerData.ModelFile file)) {
            return data;
        }
        return switch (Tokenizers.load(file.file())) {
            case SentencePieceTokenizer tokenizer -> pieces(tokenizer);
            case BytePairTokenizer tokenizer -> merges(tokenizer);
            default -> throw new ToolException(file.file() + ": has a tokenizer that GGUF files cannot hold");
        };
    }

    private static TokenizerData.Pieces pieces(SentencePieceTokenizer tokenizer) {
        int size = tokenizer.vocabularySize();
        List<String> pieces = new ArrayList<>(size);
        float[] scores = new float[size];
        int[] kinds = new int[size];
        for (int id = 0; id < size; id++) {
            pieces.add(tokenizer.piece(id));
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
                tokenizer.addsBos(),
                tokenizer.addsDummyPrefix());
    }

    /** Ranks become merges as they do for tokenizer.json: every cut of every token into two tokens, in order of ranks. */
    private static TokenizerData.Merges merges(BytePairTokenizer tokenizer) {
        int size = tokenizer.vocabularySize();
        List<String> tokens = new ArrayList<>(size);
        int[] kinds = new int[size];
        Map<String, Integer> ids = new HashMap<>();
        List<Integer> ends = new ArrayList<>();
        for (int id = 0; id < size; id++) {
            tokens.add(tokenizer.piece(id));
            kinds[id] = tokenizer.isControl(id) ? CONTROL : NORMAL;
            if (kinds[id] == NORMAL) {
                ids.put(tokenizer.piece(id), id);
            }
            if (tokenizer.isEnd(id) && id != tokenizer.eos()) {
                ends.add(id);
            }
        }
        List<String> merges = new ArrayList<>();
        for (int id = 0; id < size; id++) {
            if (kinds[id] == NORMAL) {
                addCuts(tokens.get(id), ids, merges);
            }
        }
        return new TokenizerData.Merges(
                tokens,
                kinds,
                merges,
                "llama-bpe",
                tokenizer.bos(),
                tokenizer.eos(),
                ends.stream().mapToInt(Integer::intValue).toArray(),
                tokenizer.addsBos());
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
