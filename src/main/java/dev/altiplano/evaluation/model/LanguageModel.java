package dev.altiplano.evaluation.model;

import dev.altiplano.evaluation.task.GenerationSettings;

/** A model that can be asked. All methods may be called from many threads at once; they wait for the answer. */
public interface LanguageModel extends AutoCloseable {

    /** What it is called in reports. */
    String name();

    /**
     * What tells it from every other model whose answers may differ: where it is, in which version, and how it computes. Answers of
     * an earlier run are taken for its own where this is the same.
     */
    String identity();

    /** Longest sequence in tokens. */
    int contextLength();

    /** Id of the beginning of sequence, -1 where there is none. */
    int bos();

    /** Id of the end of sequence, -1 where there is none. */
    int eos();

    /** How many requests it works on at once. */
    int parallelism();

    /** The ids of a text, with the beginning of sequence in front where {@code specialTokens} and the model has one. */
    int[] encode(String text, boolean specialTokens) throws InterruptedException;

    /**
     * How likely the tokens from {@code from} on are, each behind all before it.
     *
     * @param from at least 1
     */
    TokenLikelihoods score(int[] tokens, int from) throws InterruptedException;

    /** The same where an earlier call has just computed most of the tokens, which may go ahead of others while they are in memory. */
    default TokenLikelihoods scoreNext(int[] tokens, int from) throws InterruptedException {
        return score(tokens, from);
    }

    /** What the model writes behind {@code prompt}. */
    String write(int[] prompt, GenerationSettings settings, long seed) throws InterruptedException;

    @Override
    void close();
}
