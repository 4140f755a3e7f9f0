package dev.altiplano.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.engine.EngineObserver;
import dev.altiplano.engine.GenerationRequest;
import dev.altiplano.engine.Prompt;
import dev.altiplano.engine.RefusedException;
import dev.altiplano.engine.RequestSummary;
import dev.altiplano.engine.StreamEvent;
import dev.altiplano.engine.cache.tier.HostTier;
import dev.altiplano.engine.model.HashModel;
import dev.altiplano.engine.request.ActiveRequest;
import dev.altiplano.engine.run.SteppedEngine;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What fails, and fails again where its requests are ended, keeps nobody waiting. */
final class FailedStepTest {

    private final Setup setup = new Setup(64, 4, 16, 16, 0, 16, true, false, true, 8, 1000, 0, 0);
    private final Arena arena = Arena.ofConfined();
    private boolean passFails;
    private int endsThatFail;

    private final SteppedEngine engine = setup.engine(
            1,
            new EngineObserver() {
                @Override
                public void ended(RequestSummary summary) {
                    if (endsThatFail-- > 0) {
                        throw new AssertionError("simulated");
                    }
                }
            },
            System::nanoTime,
            () -> 1,
            () -> {},
            () -> {},
            () -> {
                if (passFails) {
                    throw new IllegalStateException("simulated");
                }
            },
            arena);

    @AfterEach
    void free() {
        arena.close();
    }

    private ActiveRequest submit(String id) {
        return engine.submit(GenerationRequest.of(id, new Prompt.Ids(new int[] {5, 6, 7}), 4));
    }

    private static StreamEvent last(ActiveRequest request) throws InterruptedException {
        StreamEvent last = request.stream().next(Duration.ZERO);
        for (StreamEvent next = last; next != null; next = request.stream().next(Duration.ZERO)) {
            last = next;
        }
        return last;
    }

    private void assertServes() throws InterruptedException {
        passFails = false;
        endsThatFail = 0;
        ActiveRequest next = submit("next");
        while (engine.turn()) {}
        assertThat(last(next)).isInstanceOf(StreamEvent.Ended.class);
        new Audit(engine, setup.maxSequences()).atTheEnd();
    }

    @Test
    void everyReaderHearsOfItAndTheNextRequestIsServed() throws InterruptedException {
        List<ActiveRequest> requests = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            requests.add(submit("request " + i));
        }
        passFails = true;
        endsThatFail = 2;
        assertThat(engine.turn()).isTrue();
        for (ActiveRequest request : requests) {
            assertThat(last(request)).isInstanceOf(StreamEvent.Failed.class);
        }
        assertServes();
    }

    @Test
    void whatEndsInTheQueueLeavesItThough() throws InterruptedException {
        ActiveRequest first = submit("first");
        ActiveRequest second = submit("second");
        first.cancel();
        second.cancel();
        endsThatFail = 1;
        assertThat(engine.turn()).isFalse();
        assertThat(last(first)).isInstanceOf(StreamEvent.Failed.class);
        assertThat(last(second)).isInstanceOf(StreamEvent.Failed.class);
        assertThat(engine.stats().requestsWaiting()).isZero();
        assertServes();
    }

    @Test
    void anEngineThatCannotGoOnTakesNothingMore() {
        assertThatThrownBy(engine::run).hasMessageContaining("no thread");
        assertThatThrownBy(() -> submit("late")).isInstanceOf(RefusedException.class);
    }

    /** What was opened for it is closed: another engine may have the file at once. */
    @Test
    void anEngineThatCannotBeMadeLeavesItsFileOfPrefixesToOthers(@TempDir Path folder) {
        Path file = folder.resolve("prefixes.kv");
        byte[] fingerprint = setup.fingerprint();
        assertThatThrownBy(() -> setup.engine(
                        1,
                        EngineObserver.NONE,
                        () -> {
                            throw new IllegalStateException("no clock");
                        },
                        () -> 1,
                        () -> {},
                        () -> {},
                        () -> {},
                        kv -> HostTier.open(file, 1 << 20, fingerprint, kv),
                        arena))
                .hasMessage("no clock");
        try (HostTier again = HostTier.open(file, 1 << 20, fingerprint, HashModel.kv(16, 16, 1))) {
            assertThat(again.counts().active()).isTrue();
        }
    }
}
