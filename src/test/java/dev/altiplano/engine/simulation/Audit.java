package dev.altiplano.engine.simulation;

import dev.altiplano.engine.EngineStats;
import dev.altiplano.engine.cache.BlockTable;
import dev.altiplano.engine.cache.tier.TierLoad;
import dev.altiplano.engine.queue.RequestQueue;
import dev.altiplano.engine.run.SteppedEngine;
import dev.altiplano.engine.schedule.Scheduler;
import dev.altiplano.engine.schedule.Sequence;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What holds between any two steps of an engine: whose KV blocks are whose, and that all books agree. */
final class Audit {

    private final SteppedEngine engine;
    private final Scheduler<?> scheduler;
    private final PoolAudit pool;
    /** Null without a draft model. */
    private final @Nullable PoolAudit draftPool;

    private final List<Sequence> running;
    private final List<Sequence> waiting;
    private final Map<String, Object> tenants;
    private final List<?> active;
    private final RequestQueue<?> queue;
    private final Object ledger;
    private final int maxSequences;
    /** What is being read from the host tier; empty without one. */
    private final List<?> loads;

    Audit(SteppedEngine stepped, int maxSequences) {
        engine = stepped;
        Object inside = stepped.inside();
        scheduler = Inside.of(inside, "scheduler");
        pool = new PoolAudit("KV", Inside.of(inside, "pool"), Inside.of(scheduler, "prefixes"));
        draftPool = draftPool(inside);
        running = Inside.of(scheduler, "running");
        waiting = Inside.of(scheduler, "waiting");
        tenants = Inside.of(Inside.of(scheduler, "fairShare"), "tenants");
        active = Inside.of(Inside.of(inside, "requests"), "active");
        queue = Inside.of(inside, "queue");
        ledger = Inside.of(inside, "ledger");
        this.maxSequences = maxSequences;
        Object prefixLoads = Inside.of(scheduler, "loads");
        loads = prefixLoads == null ? List.of() : Inside.of(prefixLoads, "waiting");
    }

    private static @Nullable PoolAudit draftPool(Object engine) {
        Object speculation = Inside.of(engine, "speculation");
        Object draft = speculation == null ? null : Inside.of(speculation, "model");
        if (draft == null) {
            return null;
        }
        Object memory = Inside.of(draft, "memory");
        return new PoolAudit("draft", Inside.of(memory, "pool"), Inside.of(memory, "prefixes"));
    }

    List<Sequence> running() {
        return running;
    }

    boolean hasSequences() {
        return !running.isEmpty() || !waiting.isEmpty();
    }

    /** Whether prefixes are being read from the host tier. */
    boolean loading() {
        return !loads.isEmpty();
    }

    /** Whether some have been read, and the engine has not seen it. */
    boolean loaded() {
        return loads.stream().map(each -> Inside.<TierLoad>of(each, "load")).anyMatch(TierLoad::over);
    }

    int queued() {
        return queue.size();
    }

    /** Whether the engine would take one of those that wait in the queue. */
    boolean wantsQueued() {
        return Inside.<Map<?, ?>>of(queue, "waiting").keySet().stream()
                .anyMatch(client -> scheduler.wants(Inside.of(client, "name")));
    }

    void betweenSteps() {
        blocks();
        places();
        gauges();
    }

    private void blocks() {
        for (Sequence sequence : running) {
            Violation.unless(
                    sequence.state() == Sequence.State.RUNNING, () -> "a running sequence is " + sequence.state());
            BlockTable table = sequence.table();
            pool.add(table);
            addDraft(sequence);
            Violation.unless(
                    table.size() * table.blockTokens() >= sequence.computed(),
                    () -> sequence.computed() + " positions in " + table.size() + " KV blocks");
            Violation.unless(
                    sequence.computed() < sequence.length(),
                    () -> sequence.computed() + " of " + sequence.length() + " tokens are computed");
        }
        for (Object each : loads) {
            pool.add(Inside.<BlockTable>of(each, "table"));
        }
        pool.check();
        if (draftPool != null) {
            draftPool.check();
        }
    }

    /** What the draft model holds for a sequence, which it knows no further than it goes. */
    private void addDraft(Sequence sequence) {
        if (draftPool == null) {
            return;
        }
        List<?> sources = Inside.of(Inside.of(sequence, "drafts"), "sources");
        Object drafter = Inside.of(sources.getLast(), "source");
        BlockTable table = Inside.of(Inside.of(drafter, "place"), "table");
        draftPool.add(table);
        int computed = Inside.<Integer>of(drafter, "computed");
        Violation.unless(
                computed < sequence.length() && computed <= table.size() * table.blockTokens(),
                () -> "the draft model knows " + computed + " of " + sequence.length() + " tokens in " + table.size()
                        + " blocks");
    }

    private void places() {
        Violation.unless(running.size() <= maxSequences, () -> running.size() + " sequences run of " + maxSequences);
        int places = 0;
        int turns = 0;
        for (Object tenant : tenants.values()) {
            int its = Inside.<Integer>of(tenant, "running");
            int waits = Inside.<Integer>of(tenant, "waiting");
            Violation.unless(its >= 0 && waits >= 0 && its + waits > 0, () -> "a client has " + its + " and " + waits);
            places += its;
            turns += waits;
        }
        if (places != running.size() || turns != waiting.size()) {
            throw new Violation("clients have " + places + " running and " + turns + " waiting sequences of "
                    + running.size() + " and " + waiting.size());
        }
        for (Sequence sequence : waiting) {
            Violation.unless(
                    sequence.state() == Sequence.State.WAITING, () -> "a waiting sequence is " + sequence.state());
        }
    }

    private void gauges() {
        EngineStats stats = engine.stats();
        int accepted = Inside.<AtomicInteger>of(ledger, "accepted").get();
        int started = Inside.<AtomicInteger>of(ledger, "started").get();
        Violation.unless(
                accepted >= started && started >= 0,
                () -> accepted + " requests are accepted and " + started + " started");
        Violation.unless(
                accepted == queue.size() + active.size(),
                () -> accepted + " requests are accepted, " + queue.size() + " wait and " + active.size()
                        + " are active");
        Violation.unless(
                queue.tokens() >= 0 && (queue.size() > 0 || queue.tokens() == 0),
                () -> queue.size() + " requests with " + queue.tokens() + " tokens wait");
        Violation.unless(
                stats.requestsWaiting() >= 0
                        && stats.requestsRunning() >= 0
                        && stats.requestsWaiting() + stats.requestsRunning() == accepted
                        && stats.drafts().acceptedTokens() <= stats.drafts().draftedTokens()
                        && stats.cachedTokens() <= stats.promptTokens(),
                () -> "the gauges are " + stats);
    }

    /** Nothing is left of what ran. */
    void atTheEnd() {
        betweenSteps();
        EngineStats stats = engine.stats();
        Violation.unless(
                !hasSequences()
                        && active.isEmpty()
                        && queue.size() == 0
                        && tenants.isEmpty()
                        && loads.isEmpty()
                        && pool.held() == 0
                        && (draftPool == null || draftPool.held() == 0),
                () -> "left over: " + running.size() + " running and " + waiting.size() + " waiting sequences, "
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
                () -> "the gauges are not at zero: " + stats);
    }
}
