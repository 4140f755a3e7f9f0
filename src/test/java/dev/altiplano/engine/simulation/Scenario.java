package dev.altiplano.engine.simulation;

import dev.altiplano.engine.cache.tier.DiskPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * All that a run depends on: one seed gives the whole of it.
 *
 * @param seed what it was made from
 * @param troubles of 1,000 passes and pieces of text, how many go wrong
 * @param closesAt the tick at which the engine takes in no more
 * @param stopsAt the tick at which what is left is ended; far away where all may finish
 * @param disk where prefixes are kept from one life to the next, as the same clients come twice; null for one life without
 */
record Scenario(
        long seed,
        Setup setup,
        List<ClientPlan> clients,
        int troubles,
        int closesAt,
        int stopsAt,
        @Nullable DiskPlan disk) {

    /** Of so many seeds, one has a disk: each of those runs twice. */
    private static final int SEEDS_WITH_DISK = 8;

    static Scenario of(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        boolean fair = random.nextInt(6) == 0;
        Setup setup = fair ? Setup.of(random).roomier() : Setup.of(random);
        List<ClientPlan> clients = new ArrayList<>();
        for (int count = random.nextInt(1, 9); count > 0; count--) {
            ClientPlan client = ClientPlan.of(clients.size(), seed, setup, random.split());
            clients.add(fair ? client.fair(clients.size()) : client);
        }
        return new Scenario(
                seed,
                setup,
                clients,
                random.nextInt(5) == 0 ? random.nextInt(1, 30) : 0,
                random.nextInt(8) == 0 ? random.nextInt(60) : ClientPlan.NEVER,
                random.nextInt(10) == 0 ? random.nextInt(60) : ClientPlan.NEVER,
                fair || !setup.prefixCache() ? null : disk(seed));
    }

    private static @Nullable DiskPlan disk(long seed) {
        SplittableRandom random = new SplittableRandom(~seed);
        return random.nextInt(SEEDS_WITH_DISK) == 0 ? DiskPlan.of(random) : null;
    }

    /** The life before, which fills the disk. */
    Scenario before() {
        boolean other = disk != null && disk.otherModel();
        return new Scenario(seed, other ? setup.withWeights(1) : setup, clients, troubles, closesAt, stopsAt, disk);
    }

    Scenario with(List<ClientPlan> others) {
        return new Scenario(seed, setup, others, troubles, closesAt, stopsAt, disk);
    }

    Scenario stoppingAt(int tick) {
        return new Scenario(seed, setup, clients, troubles, closesAt, tick, disk);
    }

    Scenario withoutTroubles() {
        return new Scenario(seed, setup, clients, 0, closesAt, stopsAt, disk);
    }
}
