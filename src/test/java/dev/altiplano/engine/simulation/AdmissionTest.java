package dev.altiplano.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.EngineObserver;
import dev.altiplano.engine.GenerationRequest;
import dev.altiplano.engine.Prompt;
import dev.altiplano.engine.request.ActiveRequest;
import dev.altiplano.engine.run.SteppedEngine;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;

/** How the engine takes requests in, step by step. */
final class AdmissionTest {

    private final Setup oneAtATime = new Setup(64, 1, 16, 8, 0, 16, true, false, false, 8, 1000, 0);

    private boolean broken;

    @Test
    void whatWaitsBehindARequestThatFailsAtOnceIsTakenInTheNextStep() {
        try (Arena arena = Arena.ofConfined()) {
            SteppedEngine engine = oneAtATime.engine(
                    1,
                    EngineObserver.NONE,
                    System::nanoTime,
                    () -> 1,
                    () -> {},
                    () -> {
                        if (broken) {
                            throw new IllegalStateException("simulated");
                        }
                    },
                    () -> {},
                    arena);
            ActiveRequest first = engine.submit(request("first"));
            ActiveRequest second = engine.submit(request("second"));
            broken = true;
            assertThat(engine.turn()).as("there is more to do at once").isTrue();
            assertThat(first.ended()).isTrue();
            broken = false;
            assertThat(engine.turn()).isTrue();
            assertThat(second.ended()).isTrue();
            assertThat(engine.turn()).isFalse();
        }
    }

    private static GenerationRequest request(String id) {
        return GenerationRequest.of(id, new Prompt.Ids(new int[] {5, 6, 7}), 1);
    }
}
