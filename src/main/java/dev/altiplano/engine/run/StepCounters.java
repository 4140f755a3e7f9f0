package dev.altiplano.engine.run;

import dev.altiplano.engine.EngineStats;
import dev.altiplano.engine.SpeculationStats;
import dev.altiplano.engine.speculate.Speculation;
import org.jspecify.annotations.Nullable;

/** What the engine thread has done so far: written by it alone, read by anyone. */
final class StepCounters {

    private volatile long steps;
    private volatile long promptTokens;
    private volatile long cachedTokens;
    private volatile long generatedTokens;
    private volatile long preemptions;
    private volatile int sequences;
    private volatile int blocksHeld;
    private volatile int blocksReusable;

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    void step(int promptRows, int sequencesInStep) {
        steps++;
        promptTokens += promptRows;
        sequences = sequencesInStep;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    void sampled() {
        generatedTokens++;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    void reused(int tokens) {
        cachedTokens += tokens;
        promptTokens += tokens;
    }

    void memory(int held, int reusable, long preemptionsSoFar) {
        blocksHeld = held;
        blocksReusable = reusable;
        preemptions = preemptionsSoFar;
    }

    void idle() {
        sequences = 0;
    }

    EngineStats snapshot(
            int waiting,
            int running,
            long queuedTokens,
            int blocks,
            @Nullable Speculation speculation,
            double secondsSinceStep,
            boolean workPending) {
        return new EngineStats(
                waiting,
                running,
                sequences,
                queuedTokens,
                blocks,
                blocksHeld,
                blocksReusable,
                preemptions,
                promptTokens,
                cachedTokens,
                generatedTokens,
                speculation == null ? SpeculationStats.NONE : speculation.ngram(),
                speculation == null ? SpeculationStats.NONE : speculation.model(),
                steps,
                secondsSinceStep,
                workPending);
    }
}
