package dev.altiplano.evaluation.protocol;

import dev.altiplano.evaluation.model.LanguageModel;
import dev.altiplano.evaluation.model.TokenLikelihoods;
import dev.altiplano.evaluation.task.GenerationSettings;
import java.util.ArrayList;
import java.util.List;

/**
 * A model whose tokens are the bytes of a text plus 3, with BOS 1 and EOS 2, and whose log probabilities and texts come from
 * hashes of all tokens before, so that each of them differs with every byte of a context.
 */
public record HashModel(int contextLength) implements LanguageModel {

    private static final long BASIS = 1469598103934665603L;
    private static final long PRIME = 1099511628211L;
    private static final String[] WORDS = {
        "yes", "no", "A", "B", "(A)", "(B)", "C", "42", "7", "-3", "1,000", "#### 12", "The answer is", "Paris",
                "Paris.",
        "paris", "Rome", "the", "\n", ".", "x=1", "{5}", "a b", "Answer: B", "é", "ß", "Straße", "True", "[1, 2]",
                "\u00a0",
        "3.5", "0.0001", "answer: (C)", "a", "b"
    };

    private static long step(long hash, long token) {
        return (hash ^ token) * PRIME;
    }

    private static long mixed(long hash) {
        long mixed = (hash ^ hash >>> 32) * 0x9E3779B97F4A7C15L;
        return mixed ^ mixed >>> 29;
    }

    @Override
    public String name() {
        return "hash";
    }

    @Override
    public String identity() {
        return "hash";
    }

    @Override
    public int bos() {
        return 1;
    }

    @Override
    public int eos() {
        return 2;
    }

    @Override
    public int parallelism() {
        return 1;
    }

    @Override
    public int[] encode(String text, boolean specialTokens) {
        return FakeModel.bytes(text, specialTokens);
    }

    @Override
    public TokenLikelihoods score(int[] tokens, int from) {
        double[] logprobs = new double[tokens.length - from];
        boolean greedy = true;
        long hash = BASIS;
        for (int i = 0; i < tokens.length; i++) {
            hash = step(hash, tokens[i]);
            if (i >= from) {
                long mixed = mixed(hash);
                logprobs[i - from] = -((mixed >>> 20) % 1_000_000) / 125_000.0 - 0.0001;
                greedy &= (mixed >>> 50) % 16 != 0;
            }
        }
        return new TokenLikelihoods(logprobs, greedy);
    }

    @Override
    public String write(int[] prompt, GenerationSettings settings, long seed) {
        long hash = BASIS;
        for (int token : prompt) {
            hash = step(hash, token);
        }
        hash = step(hash, seed + 1000);
        long count = 1 + Long.remainderUnsigned(mixed(hash), 7);
        List<String> words = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            hash = step(hash, 77);
            words.add(WORDS[(int) ((mixed(hash) >>> 7) % WORDS.length)]);
        }
        String text = String.join(" ", words);
        int end = text.length();
        for (String stop : settings.until()) {
            int at = stop.isEmpty() ? -1 : text.indexOf(stop);
            end = at < 0 ? end : Math.min(end, at);
        }
        return text.substring(0, Math.min(end, settings.maxTokens()));
    }

    @Override
    public void close() {}
}
