package dev.altiplano.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.altiplano.engine.TestEngines.Settings;
import dev.altiplano.engine.load.LoadedModel;
import dev.altiplano.engine.load.ModelLoader;
import dev.altiplano.engine.model.ForwardBatch;
import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What an engine promises to those who submit requests. */
final class EngineTest {

    private static final String PROMPT = "Question: why does the teacher";

    private static Engine engine;
    private static final Map<Outcome, AtomicInteger> OUTCOMES = new ConcurrentHashMap<>();

    @BeforeAll
    static void open() {
        engine = Settings.of("base-mp1").queue(2000).open(new EngineObserver() {
            @Override
            public void ended(RequestSummary summary) {
                OUTCOMES.computeIfAbsent(summary.outcome(), outcome -> new AtomicInteger())
                        .incrementAndGet();
            }
        });
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    private static Completed run(Requests request) {
        return Completed.of(engine.submit(request.build()));
    }

    @Test
    void stopsAtTheEarliestStopSequenceAndShowsNothingOfIt() {
        String text =
                run(Requests.text(PROMPT).maxTokens(24).ignoreEos()).texts().get(0);
        String stop = text.substring(text.length() / 2, text.length() / 2 + 3);
        Completed stopped = run(Requests.text(PROMPT).maxTokens(24).ignoreEos().stop("never there", stop));
        assertThat(stopped.texts().get(0)).isEqualTo(text.substring(0, text.indexOf(stop)));
        assertThat(stopped.finishes()).containsEntry(0, FinishReason.STOP);
        for (TokenScore score : stopped.scores().get(0)) {
            assertThat(score.textOffset()).isLessThan(PROMPT.length() + text.indexOf(stop));
        }
    }

    @Test
    void endsAtTheModelsEndUnlessToldToIgnoreIt() {
        Reference.Case ending = Reference.cases("base").stream()
                .filter(each -> each.name().equals("greedy ends with eos"))
                .findFirst()
                .orElseThrow();
        Completed completed = run(Requests.ids(ending.ids()).maxTokens(40));
        assertThat(completed.finishes()).containsEntry(0, FinishReason.STOP);
        assertThat(completed.usage().completionTokens()).isEqualTo(ending.greedy().length);
        Completed ignoring = run(Requests.ids(ending.ids()).maxTokens(40).ignoreEos());
        assertThat(ignoring.finishes()).containsEntry(0, FinishReason.LENGTH);
        assertThat(ignoring.usage().completionTokens()).isEqualTo(40);
    }

    /** Requests come at any moment of a step, also between its beginning and its look into the queue. */
    @Test
    void countsEachRequestThatStartsOnceAndItsWaitFromItsSubmission() throws InterruptedException {
        AtomicInteger started = new AtomicInteger();
        AtomicInteger beforeSubmission = new AtomicInteger();
        EngineObserver observer = new EngineObserver() {
            @Override
            public void started(long queueNanos) {
                started.incrementAndGet();
                if (queueNanos < 0) {
                    beforeSubmission.incrementAndGet();
                }
            }
        };
        try (Engine busy = Settings.of("base-mp1").open(observer)) {
            List<Thread> clients = new ArrayList<>();
            for (int client = 0; client < 4; client++) {
                clients.add(Thread.ofPlatform().start(() -> {
                    for (int i = 0; i < 500; i++) {
                        Completed.of(busy.submit(
                                Requests.ids(5, 6).maxTokens(2).ignoreEos().build()));
                    }
                }));
            }
            for (Thread client : clients) {
                client.join();
            }
            assertThat(beforeSubmission).hasValue(0);
            assertThat(started).hasValue(2000);
            assertThat(busy.stats().requestsRunning()).isZero();
        }
    }

    @Test
    void givesTheBestOfSeveralByMeanLogProbability() {
        Completed all = run(Requests.text(PROMPT)
                .maxTokens(8)
                .ignoreEos()
                .sampled(1.5f, 1, 11)
                .n(6, 6));
        List<Double> means = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            means.add(all.scores().get(i).stream()
                    .mapToDouble(TokenScore::logprob)
                    .average()
                    .orElseThrow());
        }
        int best = means.indexOf(means.stream().max(Double::compare).orElseThrow());
        Completed chosen = run(Requests.text(PROMPT)
                .maxTokens(8)
                .ignoreEos()
                .sampled(1.5f, 1, 11)
                .n(1, 6));
        assertThat(chosen.choices()).isEqualTo(1);
        assertThat(chosen.ids(0)).isEqualTo(all.ids(best));
        assertThat(chosen.usage().completionTokens()).isEqualTo(48);
    }

    /** More tokens than a stream holds events: what was held back is handed over whole. */
    @Test
    void losesNothingOfManyLongChoicesThatWereHeldBack() {
        Completed completed = run(Requests.text(PROMPT)
                .maxTokens(460)
                .ignoreEos()
                .sampled(1, 1, 2)
                .n(20, 21));
        assertThat(completed.last()).isInstanceOf(StreamEvent.Ended.class);
        for (int i = 0; i < 20; i++) {
            assertThat(completed.ids(i)).hasSize(460);
        }
    }

    @Test
    void equalPromptsAreDrawnForAnewUnlessASeedSaysOtherwise() {
        Requests twice = Requests.text("")
                .prompts(List.of(new Prompt.Text(PROMPT), new Prompt.Text(PROMPT)))
                .maxTokens(12)
                .ignoreEos()
                .sampled(1.5f, 1, 4);
        Completed seeded = run(twice);
        assertThat(seeded.ids(0)).isEqualTo(seeded.ids(1));
        Completed unseeded = run(twice.unseeded());
        assertThat(unseeded.ids(0)).isNotEqualTo(unseeded.ids(1));
    }

    /** The prompt ends with the first byte of a character of three. */
    @Test
    void showsNothingWhereNothingIsGenerated() {
        Completed completed = run(Requests.ids(1, 300, 3 + 0xE4).maxTokens(0));
        assertThat(completed.texts()).isEmpty();
        assertThat(completed.finishes()).containsEntry(0, FinishReason.LENGTH);
    }

    @Test
    void numbersChoicesPromptByPrompt() {
        Completed completed = run(Requests.text("")
                .prompts(List.of(new Prompt.Text(PROMPT), new Prompt.Ids(new int[] {1, 300})))
                .n(2, 2)
                .maxTokens(5)
                .ignoreEos());
        assertThat(completed.finishes().keySet()).containsExactly(0, 1, 2, 3);
        assertThat(completed.ids(0)).isEqualTo(completed.ids(1));
        assertThat(completed.ids(2)).isEqualTo(completed.ids(3)).isNotEqualTo(completed.ids(0));
    }

    @Test
    void biasAndPenaltiesChangeTheChoiceButNotTheScores() {
        Completed plain = run(Requests.text(PROMPT).maxTokens(1).ignoreEos().logprobs(5));
        int first = plain.ids(0)[0];
        Completed banned =
                run(Requests.text(PROMPT).maxTokens(1).ignoreEos().logprobs(5).bias(Map.of(first, -100f)));
        assertThat(banned.ids(0)[0]).isNotEqualTo(first);
        assertThat(banned.scores().get(0).getFirst().top())
                .isEqualTo(plain.scores().get(0).getFirst().top());
        Completed forced = run(Requests.text(PROMPT).maxTokens(4).ignoreEos().bias(Map.of(400, 100f)));
        assertThat(forced.ids(0)).containsOnly(400);
        Completed penalized = run(Requests.text(PROMPT)
                .maxTokens(4)
                .ignoreEos()
                .bias(Map.of(400, 60f))
                .penalties(2, 100));
        assertThat(penalized.ids(0)[0]).isEqualTo(400);
        assertThat(penalized.ids(0)[1]).isNotEqualTo(400);
    }

    @Test
    void scoresAreProbabilitiesAndTheGreedyOneIsTheBest() {
        TokenScore score = run(Requests.text(PROMPT).maxTokens(1).ignoreEos().logprobs(512))
                .scores()
                .get(0)
                .getFirst();
        double sum = score.top().stream()
                .mapToDouble(each -> Math.exp(each.logprob()))
                .sum();
        assertThat(sum).isCloseTo(1, within(1e-6));
        assertThat(score.logprob()).isEqualTo(score.top().getFirst().logprob());
    }

    @Test
    void refusesWhatTheModelCannotDo() {
        assertThatThrownBy(() -> run(Requests.ids()))
                .isInstanceOfSatisfying(
                        InvalidRequestException.class, e -> assertThat(e.code()).isEqualTo("empty_prompt"));
        assertThatThrownBy(() -> run(Requests.ids(1, 512)))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("512")
                .hasMessageContaining("511");
        assertThatThrownBy(() -> run(Requests.ids(1).bias(Map.of(-1, 1f)))).isInstanceOf(InvalidRequestException.class);
        assertThatThrownBy(() -> run(Requests.ids(1, 2, 3).maxTokens(510)))
                .isInstanceOfSatisfying(InvalidRequestException.class, e -> {
                    assertThat(e.code()).isEqualTo("context_length_exceeded");
                    assertThat(e).hasMessageContaining("512").hasMessageContaining("513");
                });
        assertThat(run(Requests.ids(1, 2, 3).maxTokens(509).ignoreEos()).usage().completionTokens())
                .isEqualTo(509);
    }

    @Test
    void aDeadlineThatPassesInTheQueueCostsNoComputation() {
        try (Engine small = Settings.of("base-mp1").batch(1, 16).open()) {
            Generation long1 = small.submit(
                    Requests.text(PROMPT).maxTokens(400).ignoreEos().build());
            Generation hurried = small.submit(Requests.text(PROMPT)
                    .maxTokens(4)
                    .timeout(Duration.ofMillis(1))
                    .build());
            Completed late = Completed.of(hurried);
            assertThat(late.last()).isInstanceOfSatisfying(StreamEvent.Failed.class, failed -> {
                assertThat(failed.outcome()).isEqualTo(Outcome.TIMEOUT);
                assertThat(failed.usage().completionTokens()).isZero();
            });
            assertThat(Completed.of(long1).usage().completionTokens()).isEqualTo(400);
        }
    }

    @Test
    void refusesAtOnceWhenTheQueueIsFull() {
        try (Engine small = Settings.of("base-mp1").batch(1, 16).queue(2).open()) {
            List<Generation> accepted = new ArrayList<>();
            int refused = 0;
            for (int i = 0; i < 40; i++) {
                try {
                    accepted.add(small.submit(
                            Requests.text(PROMPT).maxTokens(200).ignoreEos().build()));
                } catch (RefusedException e) {
                    refused++;
                    assertThat(e.reason()).isEqualTo(RefusedException.Reason.QUEUE_FULL);
                    assertThat(e.retryAfter()).isPositive();
                }
            }
            assertThat(refused).isGreaterThan(30);
            accepted.forEach(each -> assertThat(Completed.of(each).last()).isInstanceOf(StreamEvent.Ended.class));
        }
    }

    @Test
    void aThousandRandomCancelsLeaveNothingBehind() throws InterruptedException {
        Random random = new Random(4);
        List<Generation> all = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            Generation generation =
                    engine.submit(Requests.text(PROMPT.repeat(1 + random.nextInt(4)) + random.nextInt(50))
                            .maxTokens(1 + random.nextInt(60))
                            .n(1 + random.nextInt(3), 3)
                            .sampled(1, 1, i)
                            .build());
            all.add(generation);
            if (random.nextInt(3) == 0) {
                Thread.sleep(0, random.nextInt(900_000));
            }
            all.get(random.nextInt(all.size())).cancel();
            generation.cancel();
        }
        for (Generation each : all) {
            // One may have ended before it was cancelled.
            if (Completed.of(each).last() instanceof StreamEvent.Failed failed) {
                assertThat(failed.outcome()).isEqualTo(Outcome.CANCELLED);
            }
        }
        await(() -> engine.stats().kvBlocksUsed() == 0 && engine.stats().requestsRunning() == 0);
        EngineStats stats = engine.stats();
        assertThat(stats.requestsWaiting()).isZero();
        assertThat(stats.queuedTokens()).isZero();
        assertThat(OUTCOMES.get(Outcome.CANCELLED).get()).isPositive();
    }

    /** With one sequence at a time, a second client waits for the request that runs and for one of the first client's queue. */
    @Test
    void aClientWithManyRequestsDoesNotStarveAnother() {
        CountDownLatch submitted = new CountDownLatch(1);
        List<Integer> lengths = Collections.synchronizedList(new ArrayList<>());
        try (Engine small = Settings.of("base-mp1").batch(1, 64).queue(200).open(new EngineObserver() {
            @Override
            public void started(long queueNanos) {
                // The first one goes on once all others wait.
                try {
                    assertThat(submitted.await(30, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }

            @Override
            public void ended(RequestSummary summary) {
                lengths.add(summary.usage().completionTokens());
            }
        })) {
            List<Generation> all = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                all.add(small.submit(Requests.text(PROMPT)
                        .maxTokens(30)
                        .ignoreEos()
                        .client("many")
                        .build()));
            }
            all.add(small.submit(
                    Requests.text(PROMPT).maxTokens(1).ignoreEos().client("one").build()));
            submitted.countDown();
            all.forEach(Completed::of);
        }
        assertThat(lengths).hasSize(101);
        assertThat(lengths.indexOf(1)).as("those that ended before").isLessThanOrEqualTo(2);
    }

    @Test
    void everyRequestHasExactlyOneOutcome() throws InterruptedException {
        AtomicInteger outcomes = new AtomicInteger();
        try (Engine small = Settings.of("base-mp1").queue(4).open(new EngineObserver() {
            @Override
            public void ended(RequestSummary summary) {
                outcomes.incrementAndGet();
            }
        })) {
            int submitted = 0;
            for (int i = 0; i < 60; i++) {
                try {
                    submitted++;
                    Generation generation = small.submit(
                            Requests.text(PROMPT).maxTokens(i).ignoreEos().build());
                    if (i % 3 == 0) {
                        generation.cancel();
                    }
                } catch (RefusedException e) {
                    assertThat(e.reason()).isEqualTo(RefusedException.Reason.QUEUE_FULL);
                }
            }
            assertThat(small.drain(Duration.ofSeconds(20))).isTrue();
            assertThat(outcomes.get()).isEqualTo(submitted);
            assertThatThrownBy(() -> small.submit(Requests.text(PROMPT).build()))
                    .isInstanceOfSatisfying(
                            RefusedException.class,
                            e -> assertThat(e.reason()).isEqualTo(RefusedException.Reason.DRAINING));
        }
    }

    /** Else a stop could lose a log line, and a count could come after its answer. */
    @Test
    void countsARequestBeforeAnybodySeesItsEnd() throws InterruptedException {
        AtomicInteger counted = new AtomicInteger();
        try (Engine small = Settings.of("base-mp1").open(new EngineObserver() {
            @Override
            public void ended(RequestSummary summary) {
                LockSupport.parkNanos(20_000_000);
                counted.incrementAndGet();
            }
        })) {
            Completed.of(small.submit(Requests.ids(5, 6).maxTokens(2).build()));
            assertThat(counted).hasValue(1);
            small.submit(Requests.ids(5, 6).maxTokens(2).build());
            assertThat(small.drain(Duration.ofSeconds(20))).isTrue();
            assertThat(counted).hasValue(2);
        }
    }

    @Test
    void closingEndsWhatRunsAndWhatWaitsWithAnError() throws InterruptedException {
        Engine small = Settings.of("base-mp1").batch(1, 16).open();
        Requests request = Requests.text(PROMPT).n(30, 30).maxTokens(480).ignoreEos();
        Generation running = small.submit(request.build());
        Generation waiting = small.submit(request.build());
        await(() -> small.stats().requestsRunning() == 1);
        small.close();
        small.close();
        for (Generation each : List.of(running, waiting)) {
            assertThat(Completed.of(each).last())
                    .isInstanceOfSatisfying(
                            StreamEvent.Failed.class,
                            failed -> assertThat(failed.outcome()).isEqualTo(Outcome.ERROR));
        }
    }

    @Test
    void aReaderThatReadsLateStillGetsAll() throws InterruptedException {
        Generation late = engine.submit(Requests.text(PROMPT)
                .n(30, 30)
                .maxTokens(480)
                .ignoreEos()
                .logprobs(-1)
                .sampled(1, 1, 1)
                .build());
        await(() -> engine.stats().requestsRunning() == 0 && engine.stats().requestsWaiting() == 0);
        Completed completed = Completed.of(late);
        assertThat(completed.last()).isInstanceOf(StreamEvent.Ended.class);
        assertThat(completed.usage().completionTokens()).isEqualTo(30 * 480);
        assertThat(completed.texts()).hasSize(30);
    }

    @Test
    void aLongStepGivesSignsOfLifeLayerByLayer() {
        try (LoadedModel loaded =
                        new ModelLoader(Settings.of("base-mp1").options(), (phase, done, total) -> {}).load();
                Arena arena = Arena.ofConfined()) {
            ForwardBatch batch = new ForwardBatch(1, 1, 1, arena);
            batch.add(1, 0, batch.addBlockList(new int[] {0}, 1), false, true);
            AtomicInteger signs = new AtomicInteger();
            loaded.model().forward(batch, signs::incrementAndGet);
            assertThat(signs.get()).isEqualTo(loaded.config().layers());
        }
    }

    private static void await(java.util.function.BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited too long").isLessThan(end);
            Thread.sleep(5);
        }
    }
}
