package dev.altiplano.engine.request;

import dev.altiplano.engine.FinishReason;
import dev.altiplano.engine.GenerationRequest;
import dev.altiplano.engine.Pooling;
import dev.altiplano.engine.Prompt;
import dev.altiplano.engine.StreamEvent;
import dev.altiplano.engine.TokenScore;
import dev.altiplano.engine.sample.LogitsProcessor;
import dev.altiplano.engine.sample.SamplingParams;
import dev.altiplano.engine.sample.StopMatcher;
import dev.altiplano.engine.schedule.Sequence;
import dev.altiplano.engine.speculate.SequenceDrafts;
import dev.altiplano.engine.tokenizer.Detokenizer;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A sequence on its way to a choice of a request: from tokens to text, stop sequences, scores and the finish. Belongs to the
 * engine thread.
 */
public final class GenerationSequence extends Sequence {

    private final ActiveRequest request;
    private final int promptIndex;
    private final int sample;
    private final SamplingParams sampling;
    private final List<LogitsProcessor> processors;
    private final int maxTokens;
    private final Detokenizer detokenizer;
    private final StopMatcher stops;
    private final int promptCharacters;
    /** Offsets of the prompt's tokens in its text; empty unless they are scored. */
    private final int[] promptOffsets;

    private final List<TokenScore> promptScores = new ArrayList<>();
    private final List<TokenScore> unsentScores = new ArrayList<>();
    /** Text and scores that are held back until the best of several are known; null when they go out at once. */
    private final @Nullable StringBuilder heldText;

    private final List<TokenScore> heldScores = new ArrayList<>();

    /** Text of the token that is being taken: it goes out with the finish where there is one. */
    private StreamEvent.@Nullable Text readyText;

    private final @Nullable SequenceDrafts drafts;
    /** Null where text is wanted. */
    private final @Nullable PooledRows pooled;

    private int decodedCharacters;
    private int sentCharacters;
    private int generated;
    private double logprobSum;
    private long lastTokenNanos;
    private boolean reusedCounted;
    private @Nullable FinishReason finishReason;

    /**
     * @param sibling the first sample of the same prompt, or null if this is it
     * @param processors what changes its logits, in order
     * @param maxTokens maximum of tokens to generate
     * @param detokenizer has seen the prompt, unless a text of its own begins behind it
     * @param drafts drafts of what follows, or null
     */
    GenerationSequence(
            ActiveRequest request,
            int promptIndex,
            int sample,
            @Nullable GenerationSequence sibling,
            SamplingParams sampling,
            List<LogitsProcessor> processors,
            int maxTokens,
            Detokenizer detokenizer,
            @Nullable SequenceDrafts drafts) {
        super(
                request.prompts().get(promptIndex).ids(),
                sibling,
                request.request().client().name(),
                request.request().client().priority(),
                salt(request));
        this.request = request;
        this.promptIndex = promptIndex;
        this.sample = sample;
        this.sampling = sampling;
        this.processors = List.copyOf(processors);
        this.maxTokens = maxTokens;
        this.detokenizer = detokenizer;
        this.drafts = drafts;
        Pooling embedding = request.request().embedding();
        pooled = embedding == null ? null : new PooledRows(embedding);
        PromptTokens prompt = request.prompts().get(promptIndex);
        promptCharacters = prompt.characters();
        promptOffsets = prompt.offsets();
        stops = new StopMatcher(request.stopStrings());
        heldText = request.request().bestOf() > request.request().n() ? new StringBuilder() : null;
    }

    /** An adapter's digest rather than its name: another may have had the name before, or has it in another process. */
    static String salt(ActiveRequest request) {
        return request.adapterDigest() + "\u0000" + request.request().client().cacheSalt();
    }

    @Override
    public boolean scoresPrompt() {
        GenerationRequest asked = request.request();
        return sample == 0 && (asked.scoresPrompt() || asked.embedding() == Pooling.MEAN);
    }

    /** Whether the hidden states of its prompt are wanted, and no token after it. */
    public boolean embeds() {
        return pooled != null;
    }

    /** Whether there is anything for the model to compute. */
    boolean needsModel() {
        return maxTokens > 0 || scoresPrompt() || embeds();
    }

    /** Takes the hidden state of the token at {@code position}. */
    void pool(MemorySegment hidden, int row, int size, int position) {
        Objects.requireNonNull(pooled).add(hidden, row, size, position);
    }

    /** Tells the vector of the prompt, all of which has been taken. */
    void emitVector() {
        request.emit(new StreamEvent.Embedded(
                promptIndex, Objects.requireNonNull(pooled).unitVector()));
    }

    @Override
    public int firstScoredRow() {
        return Math.max(0, firstScoredToken() - 1);
    }

    private int firstScoredToken() {
        return Math.min(request.request().logprobs().promptFrom(), promptLength() - 1);
    }

    /** The prompt token whose score comes next; the first has none to have. */
    int nextScoredToken() {
        return firstScoredToken() + promptScores.size();
    }

    int promptOffset(int token) {
        return promptOffsets[token];
    }

    void promptScore(TokenScore score) {
        promptScores.add(score);
        if (nextScoredToken() == promptLength()) {
            request.emit(new StreamEvent.PromptScored(promptIndex, List.copyOf(promptScores)));
        }
    }

    /** Where the next token's text will begin. */
    int nextOffset() {
        return promptCharacters + decodedCharacters;
    }

    @Override
    protected int draft(int max, int rows, int decoding) {
        int most = Math.min(max, maxTokens - generated - 1);
        if (drafts == null || most <= 0) {
            return 0;
        }
        reserve(most);
        return drafts.draft(tokens(), length(), most, rows, decoding);
    }

    /** The drafted tokens are verified: the first {@code count} were right, and have been taken. */
    public void verified(int count) {
        if (drafts != null && drafted() > 0) {
            request.drafted(drafted(), count);
            if (finishReason == null) {
                drafts.verified(drafted(), count);
            } else {
                drafts.ended(drafted(), count);
            }
        }
        accepted(count);
    }

    @Override
    protected void gaveBack() {
        if (drafts != null) {
            drafts.release();
        }
    }

    /** Takes a sampled token; {@code end} where it ends the sequence and has no text to show. */
    void accept(int token, boolean end, double logprob, @Nullable TokenScore own, int contextLength) {
        // In completions alternatives are told apart by their texts.
        boolean begins =
                detokenizer.dropsSpace() && request.request().prompts().get(promptIndex) instanceof Prompt.Chat;
        TokenScore score = own != null && begins ? own.atBeginning() : own;
        generated++;
        logprobSum += logprob;
        if (end) {
            if (generated == 1 && score != null) {
                // All that the model said: without it a reader of scores would find nothing at all.
                unsentScores.add(score);
            }
            finish(FinishReason.STOP);
            return;
        }
        append(token);
        for (LogitsProcessor processor : processors) {
            processor.accept(token);
        }
        if (score != null) {
            unsentScores.add(score);
        }
        String text = detokenizer.append(token);
        decodedCharacters += text.codePointCount(0, text.length());
        show(stops.append(text));
        if (stops.stopped()) {
            unsentScores.clear();
            finish(FinishReason.STOP);
        } else if (generated >= maxTokens || length() >= contextLength) {
            finish(FinishReason.LENGTH);
        } else if (readyText != null) {
            request.emit(readyText);
            readyText = null;
        }
    }

    /** Shows what was held back and ends the choice. */
    void finish(FinishReason reason) {
        if (generated > 0 && !stops.stopped()) {
            String shown = stops.append(detokenizer.finish());
            show(stops.stopped() ? shown : shown + stops.finish());
        }
        if (!stops.stopped() && !unsentScores.isEmpty()) {
            send("", List.copyOf(unsentScores));
        }
        unsentScores.clear();
        finishReason = stops.stopped() ? FinishReason.STOP : reason;
        StreamEvent.Finished finished = new StreamEvent.Finished(index(), finishReason);
        if (readyText != null) {
            request.emit(readyText, finished);
            readyText = null;
        } else if (heldText == null) {
            request.emit(finished);
        }
    }

    private void show(String text) {
        sentCharacters += text.codePointCount(0, text.length());
        int ready = 0;
        while (ready < unsentScores.size()
                && unsentScores.get(ready).textOffset() < promptCharacters + sentCharacters) {
            ready++;
        }
        if (text.isEmpty() && ready == 0) {
            return;
        }
        List<TokenScore> scores = List.copyOf(unsentScores.subList(0, ready));
        unsentScores.subList(0, ready).clear();
        send(text, scores);
    }

    private void send(String text, List<TokenScore> scores) {
        if (heldText == null) {
            readyText = readyText == null
                    ? new StreamEvent.Text(index(), text, scores)
                    : new StreamEvent.Text(index(), readyText.text() + text, joined(readyText.tokens(), scores));
        } else {
            heldText.append(text);
            heldScores.addAll(scores);
        }
    }

    private static List<TokenScore> joined(List<TokenScore> first, List<TokenScore> second) {
        List<TokenScore> all = new ArrayList<>(first);
        all.addAll(second);
        return List.copyOf(all);
    }

    private int index() {
        return promptIndex * request.request().n() + sample;
    }

    /** Sends what was held back, now that this one has finished and is choice {@code index}. */
    void release(int index) {
        if (heldText == null || finishReason == null) {
            return;
        }
        request.emit(new StreamEvent.Text(index, heldText.toString(), List.copyOf(heldScores)));
        request.emit(new StreamEvent.Finished(index, finishReason));
    }

    /** Whether tokens of the prompt that were found in memory are to be counted now: once, for the first sample of a prompt. */
    public boolean countReused() {
        if (reusedCounted || sample > 0) {
            return false;
        }
        reusedCounted = true;
        request.reused(reused());
        return true;
    }

    /** Nanoseconds since the token before, or -1 for the first. */
    public long tokenSampled(long nowNanos) {
        long since = generated == 0 ? -1 : nowNanos - lastTokenNanos;
        lastTokenNanos = nowNanos;
        return since;
    }

    public ActiveRequest request() {
        return request;
    }

    int promptIndex() {
        return promptIndex;
    }

    int sample() {
        return sample;
    }

    SamplingParams sampling() {
        return sampling;
    }

    /** What changes its logits, in order. */
    List<LogitsProcessor> processors() {
        return processors;
    }

    public int maxTokens() {
        return maxTokens;
    }

    double meanLogprob() {
        return generated == 0 ? 0 : logprobSum / generated;
    }

    @Nullable
    public FinishReason finishReason() {
        return finishReason;
    }
}
