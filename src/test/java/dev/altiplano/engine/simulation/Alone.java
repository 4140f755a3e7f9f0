package dev.altiplano.engine.simulation;

import dev.altiplano.engine.EngineObserver;
import dev.altiplano.engine.run.SteppedEngine;
import java.lang.foreign.Arena;

/** The answer to a request that has an engine for itself. */
final class Alone {

    private static final int MAX_TURNS = 2_000;

    private Alone() {}

    static Received answer(Setup setup, SimulatedClient asked) {
        ClientPlan plan = asked.plan;
        int sequences = plan.request().prompts().size() * plan.request().bestOf();
        long[] now = {0};
        try (Arena arena = Arena.ofConfined()) {
            SteppedEngine engine = setup.alone(sequences)
                    .engine(
                            ~plan.entropy(),
                            EngineObserver.NONE,
                            () -> ++now[0],
                            plan::entropy,
                            () -> {},
                            () -> {},
                            () -> {},
                            arena);
            SimulatedClient client = new SimulatedClient(plan);
            client.request = asked.request;
            client.submit(engine, 0, 0);
            for (int turns = 0; engine.turn(); turns++) {
                Violation.unless(turns < MAX_TURNS, client.id() + " does not end alone");
            }
            client.read(ClientPlan.NEVER);
            Violation.unless(
                    client.received.complete(), client.id() + " ends with " + client.received.last() + " alone");
            return client.received;
        }
    }
}
