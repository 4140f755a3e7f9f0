package dev.altiplano.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.EngineObserver;
import dev.altiplano.engine.GenerationRequest;
import dev.altiplano.engine.Logprobs;
import dev.altiplano.engine.Outcome;
import dev.altiplano.engine.Prompt;
import dev.altiplano.engine.Sampling;
import dev.altiplano.engine.StreamEvent;
import dev.altiplano.engine.load.LoadedModel;
import dev.altiplano.engine.model.HashModel;
import dev.altiplano.engine.run.SteppedEngine;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A model that computes NaN ends requests with an error that says so; it does not serve whatever token is the first. */
final class DamagedModelTest {

    private final Setup setup = new Setup(64, 4, 16, 8, 0, 16, true, false, true, 8, 1000, 0, 0);

    static List<GenerationRequest> requests() {
        GenerationRequest plain = GenerationRequest.of("plain", new Prompt.Ids(new int[] {5, 6, 7}), 4);
        return List.of(
                plain,
                plain.with(Sampling.GREEDY.at(1, 7)),
                plain.with(new Logprobs(2, -1)),
                plain.with(new Logprobs(-1, 0)),
                GenerationRequest.of("scores", new Prompt.Ids(new int[] {5, 6, 7}), 0)
                        .with(new Logprobs(-1, 0)),
                plain.withChoices(1, 2));
    }

    /** A draft model that computes NaN proposes what is not said, and nobody hears of it. */
    @Test
    void aDamagedDraftModelChangesNothing() {
        GenerationRequest request = GenerationRequest.of("plain", new Prompt.Ids(new int[] {5, 6, 7}), 30)
                .with(Sampling.GREEDY.at(1, 7))
                .with(new Logprobs(2, -1));
        SimulatedClient client = new SimulatedClient(
                new ClientPlan(0, false, request, 1, ClientPlan.NEVER, 0, ClientPlan.NEVER, false, -1));
        Setup drafted = new Setup(64, 4, 16, 8, 0, 16, true, false, true, 8, 1000, 8, 0);
        try (Arena arena = Arena.ofConfined()) {
            SteppedEngine engine = drafted.engine(
                    1, EngineObserver.NONE, System::nanoTime, () -> 1, () -> {}, () -> {}, () -> {}, arena);
            LoadedModel loaded = Inside.of(engine.inside(), "loaded");
            ((HashModel) Objects.requireNonNull(loaded.draft()).model()).damage();
            client.submit(engine, 0, 0);
            while (engine.turn()) {
                client.read(ClientPlan.NEVER);
            }
            assertThat(engine.stats().modelDrafts().drafts()).isPositive();
            assertThat(client.received.difference(new Alone(drafted).answer(client)))
                    .isNull();
            new Audit(engine, drafted.maxSequences()).atTheEnd();
        }
    }

    @ParameterizedTest
    @MethodSource("requests")
    void endsTheRequestWithAnErrorThatSaysSo(GenerationRequest request) {
        try (Arena arena = Arena.ofConfined()) {
            SteppedEngine engine = setup.engine(
                    1, EngineObserver.NONE, System::nanoTime, () -> 1, () -> {}, () -> {}, () -> {}, arena);
            LoadedModel loaded = Inside.of(engine.inside(), "loaded");
            ((HashModel) loaded.model()).damage();
            SimulatedClient client = new SimulatedClient(
                    new ClientPlan(0, false, request, 1, ClientPlan.NEVER, 0, ClientPlan.NEVER, false, -1));
            client.submit(engine, 0, 0);
            assertThat(engine.turn()).isTrue();
            client.read(ClientPlan.NEVER);
            assertThat(client.received.last()).isInstanceOfSatisfying(StreamEvent.Failed.class, failed -> {
                assertThat(failed.outcome()).isEqualTo(Outcome.ERROR);
                assertThat(failed.message()).contains("NaN", "altiplano verify");
            });
            assertThat(engine.turn()).isFalse();
            new Audit(engine, setup.maxSequences()).atTheEnd();
        }
    }
}
