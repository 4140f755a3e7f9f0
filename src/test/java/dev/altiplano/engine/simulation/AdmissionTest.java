package dev.altiplano.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.engine.Client;
import dev.altiplano.engine.EngineObserver;
import dev.altiplano.engine.GenerationRequest;
import dev.altiplano.engine.InvalidRequestException;
import dev.altiplano.engine.Logprobs;
import dev.altiplano.engine.Outcome;
import dev.altiplano.engine.Prompt;
import dev.altiplano.engine.Sampling;
import dev.altiplano.engine.Stopping;
import dev.altiplano.engine.StreamEvent;
import dev.altiplano.engine.request.ActiveRequest;
import dev.altiplano.engine.run.SteppedEngine;
import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How the engine takes requests in, step by step: what that costs, and what is left where it fails. */
final class AdmissionTest {

    private static final int CONTEXT = 4096;

    private final Arena arena = Arena.ofConfined();
    /** Where text is turned into tokens or back; the test may let it fail. */
    private Runnable mishap = () -> {};

    @AfterEach
    void free() {
        arena.close();
    }

    private SteppedEngine engine(int sequences, int queueCapacity) {
        return new Setup(
                        CONTEXT,
                        sequences,
                        16 + sequences,
                        600,
                        0,
                        16,
                        true,
                        false,
                        false,
                        queueCapacity,
                        100_000,
                        0,
                        0)
                .engine(
                        1,
                        EngineObserver.NONE,
                        System::nanoTime,
                        () -> 1,
                        () -> {},
                        () -> mishap.run(),
                        () -> {},
                        arena);
    }

    private static GenerationRequest request(String id, int maxTokens) {
        return GenerationRequest.of(id, new Prompt.Ids(new int[] {5, 6, 7}), maxTokens);
    }

    private static StreamEvent last(ActiveRequest request) throws InterruptedException {
        StreamEvent last = request.stream().next(Duration.ZERO);
        for (StreamEvent next = last; next != null; next = request.stream().next(Duration.ZERO)) {
            last = next;
        }
        return last;
    }

    @Test
    void whatWaitsBehindARequestThatFailsAtOnceIsTakenInTheNextStep() {
        SteppedEngine engine = engine(1, 8);
        ActiveRequest first = engine.submit(request("first", 1));
        ActiveRequest second = engine.submit(request("second", 1));
        mishap = () -> {
            throw new IllegalStateException("simulated");
        };
        assertThat(engine.turn()).as("there is more to do at once").isTrue();
        assertThat(first.ended()).isTrue();
        mishap = () -> {};
        assertThat(engine.turn()).isTrue();
        assertThat(second.ended()).isTrue();
        assertThat(engine.turn()).isFalse();
    }

    @Test
    void whatNeedsNoModelIsAnsweredWithoutAStep() throws InterruptedException {
        SteppedEngine engine = engine(2, 8);
        List<Prompt> prompts = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            prompts.add(
                    new Prompt.Ids(IntStream.range(0, CONTEXT - 1).map(at -> 5).toArray()));
        }
        int[] decoded = {0};
        mishap = () -> decoded[0]++;
        ActiveRequest free = engine.submit(new GenerationRequest(
                "free", prompts, 16, 16, null, Sampling.GREEDY, Stopping.after(0), Logprobs.NONE, Client.ANONYMOUS));
        assertThat(free.ended()).isTrue();
        assertThat(last(free)).isInstanceOf(StreamEvent.Ended.class);
        assertThat(decoded[0]).as("tokens turned into text").isZero();
        assertThat(engine.turn()).as("work for the engine").isFalse();
    }

    /** However many wait that end at once: those that run are not kept waiting by their number. */
    @Test
    void aStepTakesInNoMoreRequestsThanCanRun() {
        SteppedEngine engine = engine(2, 64);
        List<ActiveRequest> failing = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            failing.add(engine.submit(request("failing " + i, 1)));
        }
        mishap = () -> {
            throw new IllegalStateException("simulated");
        };
        for (int turns = 1; turns <= 25; turns++) {
            assertThat(engine.turn()).isTrue();
            assertThat(failing.stream().filter(ActiveRequest::ended)).hasSize(2 * turns);
        }
    }

    /** Each of them needs what stands before its first character, not the text of the prompt. */
    @Test
    void aLongPromptIsNotDecodedForEachOfItsSamples() {
        SteppedEngine engine = engine(16, 8);
        int[] decoded = {0};
        int[] prompt = IntStream.range(0, CONTEXT - 8).map(at -> 5).toArray();
        ActiveRequest request = engine.submit(
                GenerationRequest.of("long", new Prompt.Ids(prompt), 2).withChoices(16, 16));
        mishap = () -> decoded[0]++;
        assertThat(engine.turn()).isTrue();
        assertThat(decoded[0]).isBetween(1, 16 * 64);
        request.cancel();
        assertThat(engine.turn()).isFalse();
    }

    @Test
    void anErrorInOneRequestEndsItAlone() throws InterruptedException {
        SteppedEngine engine = engine(4, 8);
        ActiveRequest running = engine.submit(request("running", 40));
        assertThat(engine.turn()).isTrue();
        ActiveRequest large = engine.submit(request("large", 40));
        boolean[] broken = {true};
        mishap = () -> {
            if (broken[0]) {
                broken[0] = false;
                throw new OutOfMemoryError("simulated");
            }
        };
        assertThat(engine.turn()).isTrue();
        assertThat(last(large))
                .isInstanceOfSatisfying(
                        StreamEvent.Failed.class,
                        failed -> assertThat(failed.outcome()).isEqualTo(Outcome.ERROR));
        assertThat(running.ended()).isFalse();
        while (engine.turn()) {}
        assertThat(last(running)).isInstanceOf(StreamEvent.Ended.class);
        new Audit(engine, 4).atTheEnd();
    }

    @Test
    void anErrorWhileAPromptIsReadGivesItsPlaceBack() throws InterruptedException {
        SteppedEngine engine = engine(1, 1);
        mishap = () -> {
            throw new OutOfMemoryError("simulated");
        };
        GenerationRequest text = GenerationRequest.of("text", new Prompt.Text("some words"), 1);
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> engine.submit(text)).isInstanceOf(OutOfMemoryError.class);
        }
        mishap = () -> {};
        ActiveRequest next = engine.submit(text);
        while (engine.turn()) {}
        assertThat(last(next)).isInstanceOf(StreamEvent.Ended.class);
        new Audit(engine, 1).atTheEnd();
    }

    @Test
    void textThatIsTooLongHoweverItIsDividedIsNotDivided() {
        SteppedEngine engine = engine(1, 8);
        int[] divided = {0};
        mishap = () -> divided[0]++;
        GenerationRequest text = GenerationRequest.of("text", new Prompt.Text("a".repeat(8 * CONTEXT)), 1);
        assertThatThrownBy(() -> engine.submit(text))
                .isInstanceOfSatisfying(
                        InvalidRequestException.class,
                        refused -> assertThat(refused.code()).isEqualTo("context_length_exceeded"));
        assertThat(divided[0]).isZero();
        assertThat(engine.stats().requestsWaiting()).isZero();
    }
}
