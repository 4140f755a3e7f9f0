package dev.altiplano.engine.request;

import dev.altiplano.engine.FinishReason;
import dev.altiplano.engine.Outcome;
import dev.altiplano.engine.schedule.Scheduler;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The requests whose sequences are with the scheduler: begins, finishes and ends them. Belongs to the engine thread. */
public final class ActiveRequests {

    /** Is told that a request has come to its end. */
    @FunctionalInterface
    public interface Ending {
        public void end(ActiveRequest request, Outcome outcome, String detail);
    }

    private final Scheduler<GenerationSequence> scheduler;
    private final RequestReader reader;
    private final Ending ending;
    private final List<ActiveRequest> live = new ArrayList<>();

    public ActiveRequests(Scheduler<GenerationSequence> scheduler, RequestReader reader, Ending ending) {
        this.scheduler = scheduler;
        this.reader = reader;
        this.ending = ending;
    }

    /** Hands the sequences of {@code request} to the scheduler. */
    public void begin(ActiveRequest request) {
        live.add(request);
        request.start(reader.choices(request));
        for (GenerationSequence choice : request.choices()) {
            if (choice.maxTokens() > 0 || choice.scoresPrompt()) {
                scheduler.add(choice);
            } else {
                finish(choice, FinishReason.LENGTH);
            }
        }
    }

    /** Ends a choice that generates no token. */
    public void finish(GenerationSequence choice, FinishReason reason) {
        choice.finish(reason);
        finished(choice);
    }

    /** Takes a choice out that has its finish reason; the last one of a request ends it. */
    public void finished(GenerationSequence choice) {
        ActiveRequest request = choice.request();
        scheduler.end(choice);
        FinishReason reason = choice.finishReason();
        if (reason != null && request.finished(reason)) {
            sendBest(request);
            Outcome outcome = request.completedOutcome();
            end(request, outcome, outcome == Outcome.CANCELLED ? "cancelled" : "");
        }
    }

    /** Where more sequences were generated than are returned: sends the n most likely of each prompt. */
    private static void sendBest(ActiveRequest request) {
        int n = request.request().n();
        int bestOf = request.request().bestOf();
        if (bestOf == n) {
            return;
        }
        for (int prompt = 0; prompt < request.promptIds().size(); prompt++) {
            List<GenerationSequence> samples =
                    new ArrayList<>(request.choices().subList(prompt * bestOf, (prompt + 1) * bestOf));
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
        for (GenerationSequence choice : request.choices()) {
            scheduler.end(choice);
        }
        live.remove(request);
        ending.end(request, outcome, detail);
    }

    /** Ends what was cancelled or whose deadline has passed. */
    public void expire(long nowNanos) {
        for (int i = live.size() - 1; i >= 0; i--) {
            ActiveRequest request = live.get(i);
            Outcome overdue = request.overdue(nowNanos);
            if (overdue != null) {
                end(request, overdue, overdue == Outcome.TIMEOUT ? "the deadline passed" : "cancelled");
            }
        }
    }

    /** Ends all. */
    public void endAll(Outcome outcome, String detail) {
        for (ActiveRequest request : List.copyOf(live)) {
            end(request, outcome, detail);
        }
    }
}
