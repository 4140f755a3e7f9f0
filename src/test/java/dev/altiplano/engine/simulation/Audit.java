package dev.altiplano.engine.simulation;

import dev.altiplano.engine.EngineStats;
import dev.altiplano.engine.cache.BlockPool;
import dev.altiplano.engine.cache.BlockTable;
import dev.altiplano.engine.queue.RequestQueue;
import dev.altiplano.engine.run.SteppedEngine;
import dev.altiplano.engine.schedule.Scheduler;
import dev.altiplano.engine.schedule.Sequence;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** What holds between any two steps of an engine: whose KV blocks are whose, and that all books agree. */
final class Audit {

    private final SteppedEngine engine;
    private final BlockPool pool;
    private final int[] holders;
    private final boolean[] known;
    private final Object[] entries;
    private final List<Sequence> running;
    private final List<Sequence> waiting;
    private final Map<String, Object> tenants;
    private final List<?> active;
    private final RequestQueue<?> queue;
    private final Object ledger;
    private final int maxSequences;

    Audit(SteppedEngine stepped, int maxSequences) {
        engine = stepped;
        Object inside = stepped.inside();
        pool = Inside.of(inside, "pool");
        holders = Inside.of(pool, "holders");
        known = Inside.of(pool, "known");
        Scheduler<?> scheduler = Inside.of(inside, "scheduler");
        entries = Inside.of(Inside.of(scheduler, "prefixes"), "byBlock");
        running = Inside.of(scheduler, "running");
        waiting = Inside.of(scheduler, "waiting");
        tenants = Inside.of(scheduler, "tenants");
        active = Inside.of(Inside.of(inside, "requests"), "active");
        queue = Inside.of(inside, "queue");
        ledger = Inside.of(inside, "ledger");
        this.maxSequences = maxSequences;
    }

    List<Sequence> running() {
        return running;
    }

    boolean hasSequences() {
        return !running.isEmpty() || !waiting.isEmpty();
    }

    int queued() {
        return queue.size();
    }

    void betweenSteps() {
        blocks();
        places();
        gauges();
    }

    private void blocks() {
        int[] counted = new int[holders.length];
        for (Sequence sequence : running) {
            Violation.unless(sequence.state() == Sequence.State.RUNNING, "a running sequence is " + sequence.state());
            BlockTable table = sequence.table();
            for (int i = table.size() - table.held(); i < table.size(); i++) {
                counted[table.blocks()[i]]++;
            }
            Violation.unless(
                    table.size() * table.blockTokens() >= sequence.computed(),
                    sequence.computed() + " positions in " + table.size() + " KV blocks");
            Violation.unless(
                    sequence.computed() < sequence.length(),
                    sequence.computed() + " of " + sequence.length() + " tokens are computed");
        }
        int held = 0;
        int cached = 0;
        for (int block = 0; block < holders.length; block++) {
            Violation.unless(
                    counted[block] == holders[block],
                    "KV block " + block + " is held by " + counted[block] + ", its count says " + holders[block]);
            Violation.unless(
                    known[block] == (entries[block] != null), "KV block " + block + " is known to one side alone");
            held += holders[block] > 0 ? 1 : 0;
            cached += holders[block] == 0 && known[block] ? 1 : 0;
        }
        Violation.unless(pool.held() == held, held + " KV blocks are held, the pool says " + pool.held());
        Violation.unless(
                pool.reusable() == cached, cached + " KV blocks are reusable, the pool says " + pool.reusable());
    }

    private void places() {
        Violation.unless(running.size() <= maxSequences, running.size() + " sequences run of " + maxSequences);
        int places = 0;
        int turns = 0;
        for (Object tenant : tenants.values()) {
            int its = Inside.<Integer>of(tenant, "running");
            int waits = Inside.<Integer>of(tenant, "waiting");
            Violation.unless(its >= 0 && waits >= 0 && its + waits > 0, "a client has " + its + " and " + waits);
            places += its;
            turns += waits;
        }
        Violation.unless(
                places == running.size() && turns == waiting.size(),
                "clients have " + places + " running and " + turns + " waiting sequences of " + running.size() + " and "
                        + waiting.size());
        for (Sequence sequence : waiting) {
            Violation.unless(sequence.state() == Sequence.State.WAITING, "a waiting sequence is " + sequence.state());
        }
    }

    private void gauges() {
        EngineStats stats = engine.stats();
        int accepted = Inside.<AtomicInteger>of(ledger, "accepted").get();
        int started = Inside.<AtomicInteger>of(ledger, "started").get();
        Violation.unless(
                accepted >= started && started >= 0, accepted + " requests are accepted and " + started + " started");
        Violation.unless(
                accepted == queue.size() + active.size(),
                accepted + " requests are accepted, " + queue.size() + " wait and " + active.size() + " are active");
        Violation.unless(
                queue.tokens() >= 0 && (queue.size() > 0 || queue.tokens() == 0),
                queue.size() + " requests with " + queue.tokens() + " tokens wait");
        Violation.unless(
                stats.requestsWaiting() >= 0
                        && stats.requestsRunning() >= 0
                        && stats.requestsWaiting() + stats.requestsRunning() == accepted
                        && stats.acceptedTokens() <= stats.draftedTokens()
                        && stats.cachedTokens() <= stats.promptTokens(),
                "the gauges are " + stats);
    }

    /** Nothing is left of what ran. */
    void atTheEnd() {
        betweenSteps();
        EngineStats stats = engine.stats();
        Violation.unless(
                !hasSequences() && active.isEmpty() && queue.size() == 0 && tenants.isEmpty() && pool.held() == 0,
                "left over: " + running.size() + " running and " + waiting.size() + " waiting sequences, "
                        + active.size() + " active and " + queue.size() + " queued requests, " + pool.held()
                        + " KV blocks");
        Violation.unless(
                stats.requestsWaiting() == 0
                        && stats.requestsRunning() == 0
                        && stats.queuedTokens() == 0
                        && stats.sequencesRunning() == 0
                        && stats.kvBlocksUsed() == 0
                        && stats.kvBlocksCached() == pool.reusable()
                        && !stats.workPending(),
                "the gauges are not at zero: " + stats);
    }
}
