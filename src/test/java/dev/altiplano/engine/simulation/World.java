package dev.altiplano.engine.simulation;

import dev.altiplano.engine.EngineObserver;
import dev.altiplano.engine.RequestSummary;
import dev.altiplano.engine.cache.KvCache;
import dev.altiplano.engine.cache.tier.HostTier;
import dev.altiplano.engine.cache.tier.SimulatedDisk;
import dev.altiplano.engine.cache.tier.SteppedTier;
import dev.altiplano.engine.run.SteppedEngine;
import dev.altiplano.engine.schedule.Sequence;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A run: an engine, its clients and a clock, all on one thread. Each tick clients act, then the engine takes a step if anything has
 * woken it; what must always hold is looked at after each step, and at the end.
 */
final class World {

    /** Ticks after which a run that has not ended is stuck. */
    private static final int MAX_TICKS = 20_000;

    /** How long the engine's thread rests where nobody wakes it. */
    private static final long REST_NANOS = 50_000_000;

    /** Steps within which a client's first request takes part in one, whatever others have asked for. */
    private static final int MAX_WAIT_TURNS = 6;

    /** Steps within which the oldest running sequence gets on. */
    private static final int MAX_STILL_TURNS = 4;

    private final Scenario scenario;
    private final SplittableRandom chance;
    private final List<SimulatedClient> clients = new ArrayList<>();
    private final Map<String, SimulatedClient> byId = new HashMap<>();
    private final SteppedEngine engine;
    private final Audit audit;
    private final Alone alone;
    /** Where prefixes are kept; null where they are kept in memory alone. */
    private @Nullable SteppedTier tier;

    private boolean inTier;
    /** Whether nothing was kept from a life before. */
    private final boolean begins;

    private long nowNanos = 1_000_000_000L;
    private boolean awake;
    private boolean parked;
    private boolean inTurn;
    private boolean stopped;
    private int troubled;
    private int tick;
    private int turn;
    private long parkedNanos;
    private long seedToDraw;
    private boolean mishapDue;
    private @Nullable Sequence oldest;
    private int oldestAt;
    private int oldestTurn;

    private World(Scenario scenario, Alone alone, @Nullable SimulatedDisk disk, Arena arena) {
        this.scenario = scenario;
        this.alone = alone;
        begins = disk == null || disk.size() == 0;
        chance = new SplittableRandom(scenario.seed() ^ 0x5DEECE66DL);
        for (ClientPlan plan : scenario.clients()) {
            SimulatedClient client = new SimulatedClient(plan);
            clients.add(client);
            byId.put(client.id(), client);
        }
        engine = scenario.setup()
                .engine(
                        scenario.seed(),
                        new EngineObserver() {
                            @Override
                            public void ended(RequestSummary summary) {
                                World.this.ended(summary);
                            }
                        },
                        () -> nowNanos += 1_000,
                        () -> seedToDraw,
                        () -> awake = true,
                        this::mishap,
                        this::meanwhile,
                        kv -> disk == null ? null : tier(disk, kv),
                        arena);
        audit = new Audit(engine, scenario.setup().maxSequences());
    }

    private HostTier tier(SimulatedDisk disk, KvCache kv) {
        tier = disk.tier(scenario.setup().fingerprint(), kv, this::whileTheDiskWorks);
        return tier.tier();
    }

    /** Runs to the end and says how it went; throws a {@link Violation} that names the tick where something is found. */
    static String run(Scenario scenario) {
        Alone alone = new Alone(scenario.setup());
        if (scenario.disk() == null) {
            return run(scenario, alone, null);
        }
        SimulatedDisk disk = new SimulatedDisk(scenario.disk(), scenario.seed());
        Scenario first = scenario.before();
        boolean same = first.setup().equals(scenario.setup());
        String before = run(first, same ? alone : new Alone(first.setup()), disk);
        disk.stop();
        return before + "; " + run(scenario, alone, disk);
    }

    private static String run(Scenario scenario, Alone alone, @Nullable SimulatedDisk disk) {
        try (Arena arena = Arena.ofConfined()) {
            World world = new World(scenario, alone, disk, arena);
            try {
                world.live();
                return world.tick + " ticks, " + world.turn + " steps, " + world.nowNanos + " ns, "
                        + world.troubled + " troubles, "
                        + world.clients.stream().map(client -> client.summary).toList() + world.engine.stats();
            } catch (Violation e) {
                throw new Violation("tick " + world.tick + ": " + e.getMessage(), e);
            } catch (RuntimeException | Error e) {
                throw new Violation("tick " + world.tick + ": " + e, e);
            }
        }
    }

    private void live() {
        while (!stopped) {
            Violation.unless(tick < MAX_TICKS, "the run does not end");
            nowNanos += 1_000_000L * chance.nextInt(1, 12);
            if (tick == scenario.closesAt()) {
                engine.closeQueue();
            }
            for (SimulatedClient client : clients) {
                act(client, false);
            }
            takeTurn();
            if (tier != null) {
                workTheDisk(chance.nextInt(5));
            }
            if (tick >= scenario.stopsAt()) {
                stop();
            }
            stopped |= tick > 60 && clients.stream().noneMatch(client -> !client.submitted || client.lives());
            tick++;
        }
        if (tier != null) {
            endTier(tier);
        }
        Violation.unless(!engine.turn(), "something is left to compute at the end");
        audit.atTheEnd();
        judge();
    }

    private void workTheDisk(int turns) {
        inTier = true;
        boolean more = tier != null;
        for (int i = 0; i < turns && more; i++) {
            more = tier != null && tier.turn();
        }
        inTier = false;
    }

    /** While a block is read or written the engine goes on. */
    private void whileTheDiskWorks() {
        if (inTier && !inTurn && !stopped && chance.nextInt(16) == 0) {
            takeTurn();
        }
    }

    /** What waits to be written may be lost. */
    private void endTier(SteppedTier ending) {
        if (chance.nextBoolean()) {
            workTheDisk(MAX_TICKS);
        }
        ending.end();
    }

    /** The engine's thread ends in the middle of everything. */
    private void stop() {
        engine.closeQueue();
        engine.endAll();
        stopped = true;
    }

    private void act(SimulatedClient client, boolean inPass) {
        if (!client.submitted && tick >= client.plan.arrival() && (inPass || !client.plan.inPass() || parked)) {
            seedToDraw = client.plan.entropy();
            mishapDue = client.plan.mishap();
            if (client.plan.follows() >= 0) {
                SimulatedClient other = byId.get("r" + client.plan.follows());
                if (other != null) {
                    client.follow(other);
                }
            }
            client.submit(engine, turn, nowNanos);
            mishapDue = false;
        }
        client.act(tick);
    }

    private void takeTurn() {
        if (parked && !awake) {
            lookForLostWakeups();
            if (nowNanos - parkedNanos < REST_NANOS) {
                return;
            }
        }
        awake = false;
        parked = false;
        List<SimulatedClient> due = new ArrayList<>();
        for (SimulatedClient client : clients) {
            if (client.isDue(nowNanos)) {
                due.add(client);
            }
        }
        turn++;
        inTurn = true;
        boolean worked = engine.turn();
        inTurn = false;
        for (SimulatedClient client : due) {
            Violation.unless(!client.lives(), () -> client.id() + " goes on after it was to end");
        }
        audit.betweenSteps();
        lookAtWaits();
        if (!worked) {
            Violation.unless(!audit.hasSequences() || audit.loading(), "nothing is planned and sequences wait");
            parked = true;
            parkedNanos = nowNanos;
        }
    }

    private void lookForLostWakeups() {
        Violation.unless(
                audit.queued() == 0 || !audit.wantsQueued(), "a request waits and nobody has woken the engine");
        // Whose places are all taken by sequences that wait for a load comes in when that is over, which wakes the
        // engine.
        Violation.unless(audit.queued() == 0 || audit.loading(), "a request waits for nothing");
        Violation.unless(!audit.loaded(), "a prefix has been read and nobody has woken the engine");
        for (SimulatedClient client : clients) {
            Violation.unless(
                    !client.left || !client.lives(), () -> client.id() + " left and nobody has woken the engine");
        }
    }

    private void lookAtWaits() {
        Sequence first = audit.running().isEmpty() ? null : audit.running().getFirst();
        int at = first == null ? 0 : first.computed() + first.length();
        if (first == null || first != oldest || at != oldestAt) {
            oldest = first;
            oldestAt = at;
            oldestTurn = turn;
        }
        Violation.unless(turn - oldestTurn <= MAX_STILL_TURNS, "the oldest sequence stands still");
        for (SimulatedClient client : clients) {
            if (tier != null && client.loads()) {
                // As long as the disk takes.
                client.submittedTurn = turn;
            }
            boolean waits = client.lives() && client.active != null && client.active.queueNanos() < 0;
            if (waits && turn - client.submittedTurn > MAX_WAIT_TURNS && isDueAPlace(client)) {
                throw new Violation(client.id() + " has waited for " + (turn - client.submittedTurn) + " steps");
            }
        }
    }

    /** Whether nothing may keep this one waiting: it is its client's only request, all rank alike, and memory is there for all. */
    private boolean isDueAPlace(SimulatedClient client) {
        String name = client.plan.request().client().name();
        long names = clients.stream()
                .map(each -> each.plan.request().client().name())
                .distinct()
                .count();
        return scenario.setup().roomy()
                && names <= scenario.setup().maxSequences()
                && clients.stream()
                        .allMatch(each -> each.plan.request().client().priority() == 0)
                && clients.stream()
                        .noneMatch(each -> each != client
                                && each.submitted
                                && each.plan.request().client().name().equals(name));
    }

    /** In the middle of a pass: others submit and leave, time goes by, and the pass may fail. */
    private void meanwhile() {
        nowNanos += 1_000_000L * chance.nextInt(1, 30);
        if (tier != null && !inTier) {
            workTheDisk(chance.nextInt(2));
        }
        for (SimulatedClient client : clients) {
            if (client.plan.inPass()) {
                act(client, true);
            }
        }
        fail("the pass");
    }

    private void mishap() {
        if (mishapDue) {
            throw new OutOfMemoryError("simulated");
        }
        if (inTurn) {
            fail("a piece of text");
        }
    }

    private void fail(String what) {
        if (scenario.troubles() > 0 && chance.nextInt(1_000) < scenario.troubles()) {
            troubled++;
            if (chance.nextBoolean()) {
                throw new OutOfMemoryError("simulated: " + what);
            }
            throw new IllegalStateException("simulated: " + what);
        }
    }

    private void ended(RequestSummary summary) {
        SimulatedClient client = byId.get(summary.id());
        Violation.unless(client != null, () -> "an unknown request ended: " + summary);
        if (client != null) {
            client.ended(summary);
        }
    }

    /** What each reader got, against what the same request gets alone. */
    private void judge() {
        for (SimulatedClient client : clients) {
            client.read(ClientPlan.NEVER);
            if (client.active == null) {
                Violation.unless(
                        client.refused == (client.summary != null),
                        () -> client.id() + " was not accepted, and has the outcome " + client.summary);
                continue;
            }
            RequestSummary summary = client.summary;
            if (summary == null) {
                throw new Violation(client.id() + " has no outcome");
            }
            Verdict.check(client, summary, scenario, troubled > 0 || stopped && scenario.stopsAt() <= tick, begins);
            if (client.received.comparable()) {
                String difference = client.received.difference(alone.answer(client));
                Violation.unless(difference == null, () -> client.id() + " differs: " + difference);
            }
        }
    }
}
