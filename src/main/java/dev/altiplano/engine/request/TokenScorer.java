package dev.altiplano.engine.request;

import dev.altiplano.engine.GenerationRequest;
import dev.altiplano.engine.TokenScore;
import dev.altiplano.engine.kernel.Kernels;
import dev.altiplano.engine.sample.Sampler;
import dev.altiplano.engine.sample.SamplingParams;
import dev.altiplano.engine.tokenizer.Tokenizer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads rows of logits: samples the next token of a choice and scores tokens that were asked to be scored. Belongs to the engine
 * thread.
 */
public final class TokenScorer {

    private final Kernels kernels;
    private final Tokenizer tokenizer;
    private final TokenTexts texts;
    private final Sampler sampler;
    private final int vocabulary;
    private final long rowBytes;
    private final int contextLength;
    /** F32 [vocabulary]: the model's own logits of a row that penalties have changed. */
    private final MemorySegment untouched;

    private int[] best = new int[8];

    /**
     * @param rowSize numbers in a row of logits; the tokenizer may know fewer ids, and only those are considered
     */
    public TokenScorer(Kernels kernels, Tokenizer tokenizer, int rowSize, int contextLength, Arena arena) {
        this.kernels = kernels;
        this.tokenizer = tokenizer;
        this.contextLength = contextLength;
        texts = new TokenTexts(tokenizer);
        vocabulary = tokenizer.vocabularySize();
        rowBytes = 4L * rowSize;
        sampler = new Sampler(kernels, vocabulary, arena);
        untouched = arena.allocate(4L * vocabulary, 64);
    }

    /** Samples the next token of {@code choice} from row {@code row} and hands it over. */
    public void sample(MemorySegment logits, int row, GenerationSequence choice) {
        GenerationRequest request = choice.request().request();
        SamplingParams sampling = choice.sampling();
        long offset = row * rowBytes;
        boolean scores = request.logprobs() >= 0;
        boolean scored = scores || request.bestOf() > request.n();
        MemorySegment own = logits;
        long ownOffset = offset;
        if (scored && changes(sampling)) {
            MemorySegment.copy(logits, offset, untouched, 0, 4L * vocabulary);
            own = untouched;
            ownOffset = 0;
        }
        int token = sampler.sample(logits, offset, sampling, choice.tokens(), choice.promptLength(), choice.length());
        double logNormalizer = scored ? kernels.layer().logSumExp(own, ownOffset, vocabulary) : 0;
        double logprob = scored ? logit(own, ownOffset, token) - logNormalizer : 0;
        boolean end = tokenizer.isEnd(token) && !request.ignoreEos();
        TokenScore score = scores && !end
                ? score(own, ownOffset, token, logNormalizer, request.logprobs(), choice.nextOffset())
                : null;
        choice.accept(token, end, logprob, score, contextLength);
    }

    /** Whether sampling writes to the row of logits. */
    private static boolean changes(SamplingParams sampling) {
        return sampling.biasIds().length > 0
                || sampling.presencePenalty() != 0
                || sampling.frequencyPenalty() != 0
                || sampling.repetitionPenalty() != 1;
    }

    /** Scores prompt token {@code position + 1} of {@code choice} from the logits of {@code position} in row {@code row}. */
    public void scorePrompt(MemorySegment logits, int row, GenerationSequence choice, int position) {
        if (choice.scoredPromptTokens() == 0) {
            scoreFirst(choice);
        }
        int next = position + 1;
        if (next >= choice.promptLength() || next != choice.scoredPromptTokens()) {
            return;
        }
        long offset = row * rowBytes;
        double logNormalizer = kernels.layer().logSumExp(logits, offset, vocabulary);
        int top = Math.max(0, choice.request().request().logprobs());
        choice.promptScore(score(logits, offset, choice.tokens()[next], logNormalizer, top, choice.promptOffset(next)));
    }

    private void scoreFirst(GenerationSequence choice) {
        int first = choice.tokens()[0];
        choice.promptScore(new TokenScore(first, texts.of(first), Double.NaN, List.of(), choice.promptOffset(0)));
    }

    private TokenScore score(
            MemorySegment logits, long offset, int token, double logNormalizer, int top, int textOffset) {
        return new TokenScore(
                token,
                texts.of(token),
                logit(logits, offset, token) - logNormalizer,
                top == 0 ? List.of() : candidates(logits, offset, logNormalizer, top),
                textOffset);
    }

    private List<TokenScore.Candidate> candidates(MemorySegment logits, long offset, double logNormalizer, int top) {
        if (best.length < top) {
            best = new int[top];
        }
        int found = kernels.layer().topK(logits, offset, vocabulary, top, best);
        List<TokenScore.Candidate> candidates = new ArrayList<>(found);
        for (int i = 0; i < found; i++) {
            candidates.add(new TokenScore.Candidate(
                    best[i], texts.of(best[i]), logit(logits, offset, best[i]) - logNormalizer));
        }
        return candidates;
    }

    private static double logit(MemorySegment logits, long offset, int token) {
        return logits.get(ValueLayout.JAVA_FLOAT, offset + 4L * token);
    }
}
