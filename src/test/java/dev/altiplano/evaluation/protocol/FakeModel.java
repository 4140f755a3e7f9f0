package dev.altiplano.evaluation.protocol;

import dev.altiplano.evaluation.model.LanguageModel;
import dev.altiplano.evaluation.model.TokenLikelihoods;
import dev.altiplano.evaluation.task.GenerationSettings;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A model whose tokens are the bytes of a text plus 3, with BOS 1 and EOS 2: a token has the log probability −(token mod 7) −
 * 0.25, and is the likeliest where that is −0.25.
 */
public final class FakeModel implements LanguageModel {

    private final int contextLength;
    private final String identity;
    private final List<int[]> scored = new CopyOnWriteArrayList<>();

    public FakeModel(int contextLength) {
        this(contextLength, "fake");
    }

    public FakeModel(int contextLength, String identity) {
        this.identity = identity;
        this.contextLength = contextLength;
    }

    /** What was asked. */
    public List<int[]> scored() {
        return scored;
    }

    public static double logprob(int token) {
        return -(token % 7) - 0.25;
    }

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public String identity() {
        return identity;
    }

    @Override
    public int contextLength() {
        return contextLength;
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
        return 4;
    }

    @Override
    public int[] encode(String text, boolean specialTokens) {
        return bytes(text, specialTokens);
    }

    /** An id for each byte, from 3 on. */
    static int[] bytes(String text, boolean specialTokens) {
        byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        int begun = specialTokens ? 1 : 0;
        int[] ids = new int[begun + bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            ids[begun + i] = (bytes[i] & 0xff) + 3;
        }
        if (specialTokens) {
            ids[0] = 1;
        }
        return ids;
    }

    @Override
    public TokenLikelihoods score(int[] tokens, int from) {
        scored.add(tokens);
        double[] logprobs = new double[tokens.length - from];
        boolean greedy = true;
        for (int i = 0; i < logprobs.length; i++) {
            logprobs[i] = logprob(tokens[from + i]);
            greedy &= tokens[from + i] % 7 == 0;
        }
        return new TokenLikelihoods(logprobs, greedy);
    }

    @Override
    public String write(int[] prompt, GenerationSettings settings, long seed) {
        return " The answer is " + (seed % 3 == 2 ? 8 : 7) + ".";
    }

    @Override
    public void close() {}
}
