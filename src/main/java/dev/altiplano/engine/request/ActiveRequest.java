package dev.altiplano.engine.request;

import dev.altiplano.engine.EnergyShare;
import dev.altiplano.engine.FinishReason;
import dev.altiplano.engine.Generation;
import dev.altiplano.engine.GenerationRequest;
import dev.altiplano.engine.Outcome;
import dev.altiplano.engine.RequestSummary;
import dev.altiplano.engine.StreamEvent;
import dev.altiplano.engine.TokenStream;
import dev.altiplano.engine.Usage;
import dev.altiplano.engine.grammar.CompiledGrammar;
import dev.altiplano.engine.sample.StopStrings;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * An accepted request from submission to its one outcome. Created by the submitting thread; everything but {@link #cancel} and
 * the reading end of the stream then belongs to the engine thread.
 */
public final class ActiveRequest implements Generation {

    /** Events that a reader may be behind before those of one choice are joined. */
    private static final int STREAM_CAPACITY = 256;

    private final GenerationRequest request;
    private final List<PromptTokens> prompts;
    private final long submittedNanos;
    private final long deadlineNanos;
    private final long seed;
    private final String adapterDigest;
    private final Runnable wake;
    private final StopStrings stopStrings;
    private final @Nullable CompiledGrammar grammar;
    private final EventChannel stream = new EventChannel(STREAM_CAPACITY);
    private final List<GenerationSequence> sequences = new ArrayList<>();
    private final AtomicReference<@Nullable String> cancelled = new AtomicReference<>();
    private long startedNanos = -1;
    private long firstTokenNanos = -1;
    private int completionTokens;
    private int cachedTokens;
    private @Nullable EnergyShare energy;
    private int draftedTokens;
    private int acceptedTokens;
    private int unfinished;
    private boolean length;
    private @Nullable Outcome outcome;
    private @Nullable String refusal;

    private ActiveRequest(
            GenerationRequest request,
            List<PromptTokens> prompts,
            @Nullable CompiledGrammar grammar,
            long submittedNanos,
            long deadlineNanos,
            long seed,
            String adapterDigest,
            Runnable wake) {
        this.request = request;
        this.prompts = prompts;
        this.grammar = grammar;
        this.submittedNanos = submittedNanos;
        this.deadlineNanos = deadlineNanos;
        this.seed = seed;
        this.adapterDigest = adapterDigest;
        this.wake = wake;
        stopStrings = new StopStrings(request.stopping().strings());
    }

    /**
     * Reads a request in the submitting thread.
     *
     * @param deadlineNanos on {@link System#nanoTime}'s scale
     * @param seed the request's own, or one drawn for it
     * @param adapterDigest tells its adapter from others, whatever their names; empty for the model alone
     * @param wake makes the engine thread look
     * @throws dev.altiplano.engine.InvalidRequestException when the request does not fit the model
     */
    public static ActiveRequest of(
            GenerationRequest request,
            RequestReader reader,
            long submittedNanos,
            long deadlineNanos,
            long seed,
            String adapterDigest,
            Runnable wake) {
        return new ActiveRequest(
                request,
                reader.prompts(request),
                reader.grammar(request),
                submittedNanos,
                deadlineNanos,
                seed,
                adapterDigest,
                wake);
    }

    /** Whether it wants nothing that the model would have to compute. */
    public boolean needsNoModel() {
        return request.stopping().maxTokens() == 0 && !request.scoresPrompt() && request.embedding() == null;
    }

    @Override
    public TokenStream stream() {
        return stream;
    }

    @Override
    public List<int[]> promptIds() {
        return prompts.stream().map(PromptTokens::ids).toList();
    }

    @Override
    public void cancel(String why) {
        cancelled.compareAndSet(null, why);
        wake.run();
    }

    /** Why it was cancelled; empty where it was not. */
    public String cancelledFor() {
        String why = cancelled.get();
        return why == null ? "" : why;
    }

    public GenerationRequest request() {
        return request;
    }

    List<GenerationSequence> sequences() {
        return sequences;
    }

    @Nullable
    CompiledGrammar grammar() {
        return grammar;
    }

    StopStrings stopStrings() {
        return stopStrings;
    }

    List<PromptTokens> prompts() {
        return prompts;
    }

    String adapterDigest() {
        return adapterDigest;
    }

    long seed() {
        return seed;
    }

    void start(List<GenerationSequence> all) {
        sequences.addAll(all);
        unfinished = all.size();
    }

    /** Why the request has to end now, or null. */
    @Nullable
    public Outcome overdue(long nowNanos) {
        if (cancelled.get() != null) {
            return Outcome.CANCELLED;
        }
        return nowNanos - deadlineNanos >= 0 ? Outcome.TIMEOUT : null;
    }

    public boolean ended() {
        return outcome != null;
    }

    /** A sequence takes part in a step; true for the first time of the first. */
    public boolean running(long nowNanos) {
        if (startedNanos >= 0) {
            return false;
        }
        // Negative stands for one that has not started.
        startedNanos = Math.max(0, nowNanos - submittedNanos);
        return true;
    }

    public long queueNanos() {
        return startedNanos;
    }

    public void tokenSampled(long nowNanos) {
        completionTokens++;
        if (firstTokenNanos < 0) {
            firstTokenNanos = nowNanos - submittedNanos;
        }
    }

    void reused(int tokens) {
        cachedTokens += tokens;
    }

    /** A part of a step's energy fell to it. */
    public void used(long microjoules, boolean measured) {
        energy = new EnergyShare(microjoules + (energy == null ? 0 : energy.microjoules()), measured);
    }

    /** Of so many drafted tokens so many were right. */
    void drafted(int tokens, int accepted) {
        draftedTokens += tokens;
        acceptedTokens += accepted;
    }

    public long sinceSubmission(long nowNanos) {
        return nowNanos - submittedNanos;
    }

    /** Delivers events, all at once. */
    void emit(StreamEvent... events) {
        stream.offer(events);
    }

    /** A choice has finished; returns whether it was the last. */
    boolean finished(FinishReason reason) {
        length |= reason == FinishReason.LENGTH;
        return --unfinished == 0;
    }

    /** What a request whose choices have all finished has come to: one that lost events on the way is not complete. */
    Outcome completedOutcome() {
        if (cancelled.get() != null) {
            return Outcome.CANCELLED;
        }
        return length ? Outcome.LENGTH : Outcome.STOP;
    }

    /** Tokens of all prompts. */
    public int promptTokens() {
        int tokens = 0;
        for (PromptTokens prompt : prompts) {
            tokens += prompt.ids().length;
        }
        return tokens;
    }

    Usage usage() {
        return new Usage(promptTokens(), cachedTokens, completionTokens, energy);
    }

    /** Tells the reader that each choice is finished before it began; only where {@link #needsNoModel}. */
    public void finishAtOnce() {
        int all = prompts.size() * request.n();
        for (int choice = 0; choice < all; choice++) {
            emit(new StreamEvent.Finished(choice, FinishReason.LENGTH));
        }
    }

    /** Says that it ends for what it asks itself. */
    void refuse(String code) {
        refusal = code;
    }

    /** Fixes the outcome. */
    public RequestSummary end(Outcome reason, String detail, long nowNanos) {
        outcome = reason;
        return new RequestSummary(
                request.id(),
                reason,
                detail,
                usage(),
                draftedTokens,
                acceptedTokens,
                startedNanos,
                firstTokenNanos,
                nowNanos - submittedNanos);
    }

    /** Tells the reader how the request ended. */
    public void tell(RequestSummary summary) {
        Outcome reason = summary.outcome();
        boolean completed = reason == Outcome.STOP || reason == Outcome.LENGTH;
        stream.offer(
                completed
                        ? new StreamEvent.Ended(summary.usage())
                        : new StreamEvent.Failed(reason, refusal, summary.detail(), summary.usage()));
    }
}
