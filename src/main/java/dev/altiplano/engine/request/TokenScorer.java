package dev.altiplano.engine.request;

import dev.altiplano.engine.GenerationRequest;
import dev.altiplano.engine.TokenScore;
import dev.altiplano.engine.kernel.LayerKernels;
import dev.altiplano.engine.sample.LogitsProcessor;
import dev.altiplano.engine.sample.Sampler;
import dev.altiplano.engine.tokenizer.Tokenizer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads rows of logits: samples the next token of a sequence and scores tokens that were asked to be scored. Belongs to the engine
 * thread.
 */
public final class TokenScorer {

    private final LayerKernels kernels;
    private final Tokenizer tokenizer;
    private final TokenTexts texts;
    private final Sampler sampler;
    private final int vocabulary;
    private final int rowSize;
    private final long rowBytes;
    private final int contextLength;
    /** F32 [rowSize]: the model's own logits of a row that penalties have changed. */
    private final MemorySegment untouched;

    private int[] best = new int[8];

    /**
     * @param rowSize numbers in a row of logits; the tokenizer may know fewer ids: the others take part in the softmax and are
     *     never sampled
     */
    public TokenScorer(LayerKernels kernels, Tokenizer tokenizer, int rowSize, int contextLength, Arena arena) {
        this.kernels = kernels;
        this.tokenizer = tokenizer;
        this.contextLength = contextLength;
        texts = new TokenTexts(tokenizer);
        vocabulary = Math.min(tokenizer.vocabularySize(), rowSize);
        this.rowSize = rowSize;
        rowBytes = 4L * rowSize;
        sampler = new Sampler(kernels, vocabulary, arena);
        untouched = arena.allocate(4L * rowSize, 64);
    }

    /**
     * Samples the next token of {@code sequence} from row {@code row} and hands it over.
     *
     * @throws NotFiniteException where the model has computed no numbers
     */
    public void sample(MemorySegment logits, int row, GenerationSequence sequence) {
        GenerationRequest request = sequence.request().request();
        long offset = row * rowBytes;
        boolean reported = request.logprobs().completion() >= 0;
        boolean scored = reported || request.bestOf() > request.n();
        MemorySegment own = logits;
        long ownOffset = offset;
        List<LogitsProcessor> processors = sequence.processors();
        if (scored && !processors.isEmpty()) {
            MemorySegment.copy(logits, offset, untouched, 0, 4L * rowSize);
            own = untouched;
            ownOffset = 0;
        }
        for (LogitsProcessor processor : processors) {
            processor.apply(logits, offset);
        }
        int token = sampler.sample(logits, offset, sequence.sampling(), sequence.length() - sequence.promptLength());
        NotFiniteException.unlessFinite(logit(logits, offset, token));
        double logNormalizer = scored ? kernels.logSumExp(own, ownOffset, rowSize) : 0;
        NotFiniteException.unlessFinite(logNormalizer);
        double logprob = scored ? logit(own, ownOffset, token) - logNormalizer : 0;
        boolean end = request.endsAt(token, tokenizer.isEnd(token));
        TokenScore score = reported
                ? score(own, ownOffset, token, logNormalizer, request.logprobs().completion(), sequence.nextOffset())
                : null;
        sequence.accept(token, end, logprob, score, contextLength);
    }

    /** Scores prompt token {@code position + 1} of {@code sequence} from the logits of {@code position} in row {@code row}. */
    public void scorePrompt(MemorySegment logits, int row, GenerationSequence sequence, int position) {
        if (sequence.nextScoredToken() == 0) {
            scoreFirst(sequence);
        }
        int next = position + 1;
        if (next >= sequence.promptLength() || next != sequence.nextScoredToken()) {
            return;
        }
        long offset = row * rowBytes;
        double logNormalizer = kernels.logSumExp(logits, offset, rowSize);
        NotFiniteException.unlessFinite(logNormalizer);
        int top = Math.max(0, sequence.request().request().logprobs().prompt());
        sequence.promptScore(
                score(logits, offset, sequence.tokens()[next], logNormalizer, top, sequence.promptOffset(next)));
    }

    private void scoreFirst(GenerationSequence sequence) {
        int first = sequence.tokens()[0];
        sequence.promptScore(new TokenScore(first, texts.of(first), Double.NaN, List.of(), sequence.promptOffset(0)));
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
        int found = kernels.topK(logits, offset, vocabulary, top, best);
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
