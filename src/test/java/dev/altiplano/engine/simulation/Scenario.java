package dev.altiplano.engine.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * All that a run depends on: one seed gives the whole of it.
 *
 * @param seed what it was made from
 * @param troubles of 1,000 passes and pieces of text, how many go wrong
 * @param closesAt the tick at which the engine takes in no more
 * @param stopsAt the tick at which what is left is ended; far away where all may finish
 */
record Scenario(long seed, Setup setup, List<ClientPlan> clients, int troubles, int closesAt, int stopsAt) {

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
                random.nextInt(10) == 0 ? random.nextInt(60) : ClientPlan.NEVER);
    }

    Scenario with(List<ClientPlan> others) {
        return new Scenario(seed, setup, others, troubles, closesAt, stopsAt);
    }

    Scenario stoppingAt(int tick) {
        return new Scenario(seed, setup, clients, troubles, closesAt, tick);
    }

    Scenario withoutTroubles() {
        return new Scenario(seed, setup, clients, 0, closesAt, stopsAt);
    }
}
