package dev.altiplano.engine.request;

import dev.altiplano.engine.FinishReason;
import dev.altiplano.engine.Outcome;
import dev.altiplano.engine.grammar.AmbiguousGrammarException;
import dev.altiplano.engine.schedule.Scheduler;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The requests whose sequences are with the scheduler: begins, finishes and ends them. Belongs to the engine thread. */
public final class ActiveRequests {

    private static final System.Logger LOG = System.getLogger(ActiveRequests.class.getName());

    /** Is told that a request has come to its end. */
    @FunctionalInterface
    public interface Ending {
        void end(ActiveRequest request, Outcome outcome, String detail);
    }

    private final Scheduler<GenerationSequence> scheduler;
    private final RequestReader reader;
    private final Ending ending;
    private final List<ActiveRequest> active = new ArrayList<>();

    public ActiveRequests(Scheduler<GenerationSequence> scheduler, RequestReader reader, Ending ending) {
        this.scheduler = scheduler;
        this.reader = reader;
        this.ending = ending;
    }

    /** Hands the sequences of {@code request} to the scheduler. */
    public void begin(ActiveRequest request) {
        active.add(request);
        request.start(reader.sequences(request));
        for (GenerationSequence sequence : request.sequences()) {
            if (sequence.needsModel()) {
                scheduler.add(sequence);
            }
        }
        // Once all are there: a sibling's scores are told before the end of one that generates nothing.
        for (GenerationSequence sequence : request.sequences()) {
            if (!sequence.needsModel()) {
                finish(sequence, FinishReason.LENGTH);
            }
        }
    }

    /** Ends a request that something went wrong with. */
    public void fail(ActiveRequest request, Throwable cause) {
        if (cause instanceof AmbiguousGrammarException) {
            request.refuse("ambiguous_grammar");
            end(request, Outcome.ERROR, String.valueOf(cause.getMessage()));
            return;
        }
        LOG.log(System.Logger.Level.ERROR, "request " + request.request().id() + " failed", cause);
        boolean told = cause instanceof NotFiniteException;
        end(request, Outcome.ERROR, told ? String.valueOf(cause.getMessage()) : "the request failed inside the engine");
    }

    /** Ends a sequence that generates no token. */
    public void finish(GenerationSequence sequence, FinishReason reason) {
        sequence.finish(reason);
        finished(sequence);
    }

    /** Takes a sequence out that has its finish reason; the last one of a request ends it. */
    public void finished(GenerationSequence sequence) {
        ActiveRequest request = sequence.request();
        scheduler.end(sequence);
        FinishReason reason = sequence.finishReason();
        if (reason != null && request.finished(reason)) {
            sendBest(request);
            Outcome outcome = request.completedOutcome();
            end(request, outcome, outcome == Outcome.CANCELLED ? request.cancelledFor() : "");
        }
    }

    /** Where more sequences were generated than are returned: sends the n most likely of each prompt. */
    private static void sendBest(ActiveRequest request) {
        int n = request.request().n();
        int bestOf = request.request().bestOf();
        if (bestOf == n) {
            return;
        }
        for (int prompt = 0; prompt < request.prompts().size(); prompt++) {
            List<GenerationSequence> samples =
                    new ArrayList<>(request.sequences().subList(prompt * bestOf, (prompt + 1) * bestOf));
            samples.sort(Comparator.comparingDouble(GenerationSequence::meanLogprob)
                    .reversed()
                    .thenComparingInt(GenerationSequence::sample));
            for (int i = 0; i < n; i++) {
                samples.get(i).release(prompt * n + i);
            }
        }
    }

    /** Ends a request wherever its sequences are; their KV blocks are free at once. */
    public void end(ActiveRequest request, Outcome outcome, String detail) {
        try {
            endFrom(request.sequences(), 0);
        } finally {
            active.remove(request);
            ending.end(request, outcome, detail);
        }
    }

    /** Ends each sequence, also where the end of one before it fails. */
    private void endFrom(List<GenerationSequence> sequences, int first) {
        if (first < sequences.size()) {
            try {
                scheduler.end(sequences.get(first));
            } finally {
                endFrom(sequences, first + 1);
            }
        }
    }

    /** Ends what was cancelled or whose deadline has passed. */
    public void expire(long nowNanos) {
        for (int i = active.size() - 1; i >= 0; i--) {
            ActiveRequest request = active.get(i);
            Outcome overdue = request.overdue(nowNanos);
            if (overdue != null) {
                end(request, overdue, overdue == Outcome.TIMEOUT ? "the deadline passed" : request.cancelledFor());
            }
        }
    }

    /** Ends all, whatever happens on the way: what fails at one request, as where memory runs out again, is logged. */
    public void endAll(Outcome outcome, String detail) {
        while (!active.isEmpty()) {
            ActiveRequest request = active.getFirst();
            try {
                end(request, outcome, detail);
            } catch (RuntimeException | Error e) {
                LastWords.log(LOG, "a request that was to end failed once more", e);
            } finally {
                active.remove(request);
            }
        }
    }
}
