package dev.altiplano.engine;

import dev.altiplano.engine.schedule.Scheduler;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The requests whose sequences are with the scheduler: begins, finishes and ends them. Belongs to the engine thread. */
final class LiveRequests {

    /** Is told that a request has come to its end. */
    @FunctionalInterface
    interface Ending {
        void end(LiveRequest request, Outcome outcome, String detail);
    }

    private final Scheduler<Choice> scheduler;
    private final RequestReader reader;
    private final Ending ending;
    private final List<LiveRequest> live = new ArrayList<>();

    LiveRequests(Scheduler<Choice> scheduler, RequestReader reader, Ending ending) {
        this.scheduler = scheduler;
        this.reader = reader;
        this.ending = ending;
    }

    /** Hands the sequences of {@code request} to the scheduler. */
    void begin(LiveRequest request) {
        live.add(request);
        request.start(reader.choices(request));
        for (Choice choice : request.choices()) {
            if (choice.maxTokens() > 0 || choice.scoresPrompt()) {
                scheduler.add(choice);
            } else {
                finish(choice, FinishReason.LENGTH);
            }
        }
    }

    /** Ends a choice that generates no token. */
    void finish(Choice choice, FinishReason reason) {
        choice.finish(reason);
        finished(choice);
    }

    /** Takes a choice out that has its finish reason; the last one of a request ends it. */
    void finished(Choice choice) {
        LiveRequest request = choice.request();
        scheduler.end(choice);
        FinishReason reason = choice.finishReason();
        if (reason != null && request.finished(reason)) {
            sendBest(request);
            Outcome outcome = request.completedOutcome();
            end(request, outcome, outcome == Outcome.CANCELLED ? "cancelled" : "");
        }
    }

    /** Where more sequences were generated than are returned: sends the n most likely of each prompt. */
    private static void sendBest(LiveRequest request) {
        int n = request.request().n();
        int bestOf = request.request().bestOf();
        if (bestOf == n) {
            return;
        }
        for (int prompt = 0; prompt < request.promptIds().size(); prompt++) {
            List<Choice> samples = new ArrayList<>(request.choices().subList(prompt * bestOf, (prompt + 1) * bestOf));
            samples.sort(
                    Comparator.comparingDouble(Choice::meanLogprob).reversed().thenComparingInt(Choice::sample));
            for (int i = 0; i < n; i++) {
                samples.get(i).release(prompt * n + i);
            }
        }
    }

    /** Ends a request wherever its sequences are; their KV blocks are free at once. */
    void end(LiveRequest request, Outcome outcome, String detail) {
        for (Choice choice : request.choices()) {
            scheduler.end(choice);
        }
        live.remove(request);
        ending.end(request, outcome, detail);
    }

    /** Ends what was cancelled or whose deadline has passed. */
    void expire(long nowNanos) {
        for (int i = live.size() - 1; i >= 0; i--) {
            LiveRequest request = live.get(i);
            Outcome overdue = request.overdue(nowNanos);
            if (overdue != null) {
                end(request, overdue, overdue == Outcome.TIMEOUT ? "the deadline passed" : "cancelled");
            }
        }
    }

    /** Ends all. */
    void endAll(Outcome outcome, String detail) {
        for (LiveRequest request : List.copyOf(live)) {
            end(request, outcome, detail);
        }
    }
}
