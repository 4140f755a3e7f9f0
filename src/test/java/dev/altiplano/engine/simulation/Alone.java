package dev.altiplano.engine.simulation;

import dev.altiplano.engine.EngineObserver;
import dev.altiplano.engine.GenerationRequest;
import dev.altiplano.engine.run.SteppedEngine;
import java.lang.foreign.Arena;
import java.util.IdentityHashMap;
import java.util.Map;

/** The answers to requests each of which has an engine for itself; found once, however often they are asked for. */
final class Alone {

    private static final int MAX_TURNS = 2_000;

    private final Setup setup;
    private final Map<GenerationRequest, Received> answers = new IdentityHashMap<>();

    /** @param setup of the engine that is not for one alone */
    Alone(Setup setup) {
        this.setup = setup;
    }

    Received answer(SimulatedClient asked) {
        return answers.computeIfAbsent(asked.request, request -> answer(asked.plan, request));
    }

    private Received answer(ClientPlan plan, GenerationRequest request) {
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
            client.request = request;
            client.submit(engine, 0, 0);
            for (int turns = 0; engine.turn(); turns++) {
                Violation.unless(turns < MAX_TURNS, () -> client.id() + " does not end alone");
            }
            client.read(ClientPlan.NEVER);
            Violation.unless(
                    client.received.complete(), () -> client.id() + " ends with " + client.received.last() + " alone");
            return client.received;
        }
    }
}
