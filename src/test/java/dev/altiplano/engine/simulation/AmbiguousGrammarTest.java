package dev.altiplano.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.EngineObserver;
import dev.altiplano.engine.GenerationRequest;
import dev.altiplano.engine.Outcome;
import dev.altiplano.engine.Prompt;
import dev.altiplano.engine.Sampling;
import dev.altiplano.engine.StreamEvent;
import dev.altiplano.engine.grammar.GrammarSource;
import dev.altiplano.engine.run.SteppedEngine;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;

/** A grammar whose texts can be read in too many ways ends the request that asks for it, and no other. */
final class AmbiguousGrammarTest {

    private final Setup setup = new Setup(64, 4, 16, 8, 0, 16, true, false, true, 8, 1000, 0, 0);

    @Test
    void endsAloneWithACodeOfItsOwn() {
        StringBuilder grammar = new StringBuilder("root ::= \"a\" r0\n");
        for (int i = 0; i < 12; i++) {
            grammar.append("r%d ::= r%d? r%d?%n".formatted(i, i + 1, i + 1));
        }
        grammar.append("r12 ::= \"a\" r0 \"b\" | \"c\"\n");
        SimulatedClient ambiguous = client("ambiguous", new GrammarSource.Gbnf(grammar.toString()));
        SimulatedClient ordinary = client("ordinary", null);
        try (Arena arena = Arena.ofConfined()) {
            SteppedEngine engine = setup.engine(
                    1, EngineObserver.NONE, System::nanoTime, () -> 1, () -> {}, () -> {}, () -> {}, arena);
            ambiguous.submit(engine, 0, 0);
            ordinary.submit(engine, 0, 0);
            while (engine.turn()) {
                ordinary.read(ClientPlan.NEVER);
            }
            ambiguous.read(ClientPlan.NEVER);
            ordinary.read(ClientPlan.NEVER);
            assertThat(ambiguous.received.last()).isInstanceOfSatisfying(StreamEvent.Failed.class, failed -> {
                assertThat(failed.outcome()).isEqualTo(Outcome.ERROR);
                assertThat(failed.refusal()).isEqualTo("ambiguous_grammar");
                assertThat(failed.message()).contains("the grammar is too ambiguous");
            });
            assertThat(ordinary.received.difference(new Alone(setup).answer(ordinary)))
                    .isNull();
            new Audit(engine, setup.maxSequences()).atTheEnd();
        }
    }

    private static SimulatedClient client(String id, GrammarSource grammar) {
        GenerationRequest request = GenerationRequest.of(id, new Prompt.Ids(new int[] {5, 6, 7}), 20)
                .with(Sampling.GREEDY.at(1, 7));
        return new SimulatedClient(new ClientPlan(
                0,
                false,
                grammar == null ? request : request.with(grammar),
                1,
                ClientPlan.NEVER,
                0,
                ClientPlan.NEVER,
                false,
                -1));
    }
}
