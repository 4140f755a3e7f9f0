package dev.altiplano.engine.run;

import dev.altiplano.engine.EngineObserver;
import dev.altiplano.engine.FinishReason;
import dev.altiplano.engine.model.ForwardBatch;
import dev.altiplano.engine.request.ActiveRequest;
import dev.altiplano.engine.request.ActiveRequests;
import dev.altiplano.engine.request.GenerationSequence;
import dev.altiplano.engine.request.PromptEmbedder;
import dev.altiplano.engine.request.TokenScorer;
import dev.altiplano.engine.schedule.StepPlan;
import java.lang.foreign.MemorySegment;

/** Lays planned rows out for the model, and takes from its logits what sequences have waited for. Belongs to the engine thread. */
final class BatchRunner {

    private static final int NO_DRAFT = -1;

    private final ForwardBatch batch;
    private final TokenScorer scorer;
    private final PromptEmbedder embedder;
    private final ActiveRequests requests;
    private final Ledger ledger;
    private final StepCounters counters;
    private final EngineObserver observer;
    private final boolean oneRule;
    private final AdapterTable adapters;

    /** Index of the first wanted logits of each part of the plan, or -1. */
    private int[] firstScored = new int[16];

    BatchRunner(
            ForwardBatch batch,
            TokenScorer scorer,
            PromptEmbedder embedder,
            ActiveRequests requests,
            Ledger ledger,
            StepCounters counters,
            EngineObserver observer,
            boolean oneRule,
            AdapterTable adapters) {
        this.batch = batch;
        this.scorer = scorer;
        this.embedder = embedder;
        this.requests = requests;
        this.ledger = ledger;
        this.counters = counters;
        this.observer = observer;
        this.oneRule = oneRule;
        this.adapters = adapters;
    }

    /** The planned rows, as the model reads them. */
    ForwardBatch fill(StepPlan<GenerationSequence> plan, long nowNanos) {
        batch.clear();
        boolean logits = false;
        if (firstScored.length < plan.parts()) {
            firstScored = new int[2 * plan.parts()];
        }
        for (int part = 0; part < plan.parts(); part++) {
            GenerationSequence sequence = plan.sequence(part);
            if (sequence.countReused()) {
                counters.reused(sequence.reused());
            }
            ledger.started(sequence.request(), nowNanos);
            boolean generated = plan.generated(part);
            int adapter = adapters.placeOf(sequence.request().request().adapter());
            int list = batch.addBlockList(
                    sequence.table().blocks(), sequence.table().size());
            int end = sequence.computed() + plan.rows(part);
            firstScored[part] = -1;
            for (int position = sequence.computed(); position < end; position++) {
                boolean wanted = position >= sequence.length() - 1
                        || sequence.scoresPrompt() && !generated && position >= sequence.firstScoredRow();
                int scored =
                        batch.add(sequence.tokens()[position], position, list, generated || oneRule, wanted, adapter);
                firstScored[part] = firstScored[part] < 0 ? scored : firstScored[part];
            }
            logits |= firstScored[part] >= 0 && !sequence.embeds();
        }
        if (!logits) {
            batch.skipLogits();
        }
        return batch;
    }

    /**
     * Takes what each part of the plan has given: scores of its prompt and its next token, or the prompt's vector.
     *
     * @param hidden the scored rows' hidden states
     */
    void read(StepPlan<GenerationSequence> plan, MemorySegment logits, MemorySegment hidden, long nowNanos) {
        for (int part = 0; part < plan.parts(); part++) {
            GenerationSequence sequence = plan.sequence(part);
            ActiveRequest request = sequence.request();
            if (firstScored[part] < 0 || request.ended()) {
                continue;
            }
            try {
                if (sequence.embeds()) {
                    embedder.read(hidden, firstScored[part], sequence, plan.rows(part));
                } else {
                    read(plan, part, sequence, logits, nowNanos);
                }
            } catch (RuntimeException e) {
                requests.fail(request, e);
            }
        }
    }

    private void read(
            StepPlan<GenerationSequence> plan,
            int part,
            GenerationSequence sequence,
            MemorySegment logits,
            long nowNanos) {
        int row = firstScored[part];
        if (sequence.scoresPrompt() && !plan.generated(part)) {
            int start = Math.max(sequence.computed() - plan.rows(part), sequence.firstScoredRow());
            for (int position = start; position < sequence.computed(); position++) {
                scorer.scorePrompt(logits, row++, sequence, position);
            }
            row--;
        }
        if (sequence.computed() < sequence.length()) {
            return;
        }
        if (sequence.maxTokens() == 0) {
            requests.finish(sequence, FinishReason.LENGTH);
            return;
        }
        sample(sequence, logits, row, nowNanos);
    }

    /** Takes the next token, and as many more as drafted tokens turn out to be the ones that were to come. */
    private void sample(GenerationSequence sequence, MemorySegment logits, int firstRow, long nowNanos) {
        int drafted = sequence.drafted();
        int accepted = 0;
        while (true) {
            int draft = accepted < drafted ? sequence.tokens()[sequence.length()] : NO_DRAFT;
            count(sequence, nowNanos);
            scorer.sample(logits, firstRow + accepted, sequence);
            if (sequence.finishReason() != null) {
                sequence.verified(accepted);
                requests.finished(sequence);
                return;
            }
            if (sequence.tokens()[sequence.length() - 1] != draft) {
                break;
            }
            accepted++;
        }
        sequence.verified(accepted);
    }

    private void count(GenerationSequence sequence, long nowNanos) {
        ActiveRequest request = sequence.request();
        counters.sampled();
        request.tokenSampled(nowNanos);
        long since = sequence.tokenSampled(nowNanos);
        if (since < 0) {
            observer.firstToken(request.request().id(), request.sinceSubmission(nowNanos));
        } else {
            observer.nextToken(since);
        }
    }
}
