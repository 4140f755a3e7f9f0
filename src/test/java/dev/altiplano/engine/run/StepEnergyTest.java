package dev.altiplano.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.EnergyShare;
import dev.altiplano.engine.EngineObserver;
import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.GenerationRequest;
import dev.altiplano.engine.Logprobs;
import dev.altiplano.engine.Outcome;
import dev.altiplano.engine.Prompt;
import dev.altiplano.engine.RequestSummary;
import dev.altiplano.engine.TestEngines;
import dev.altiplano.engine.load.ModelLoader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Energy of requests, on an engine whose steps the test takes, with a meter that shows what the test lets it. */
class StepEnergyTest {

    /** Goes on by a different amount at each reading, and knows what was used while something was computed. */
    private static final class Meter implements EnergySource {

        private final SplittableRandom chance = new SplittableRandom(5);
        private long shown;
        private long ofSteps;
        private boolean rested = true;

        @Override
        public long microjoules() {
            long used = chance.nextLong(1_000_003);
            shown += used;
            ofSteps += rested ? 0 : used;
            rested = false;
            return shown;
        }

        @Override
        public boolean measured() {
            return true;
        }
    }

    private final Meter meter = new Meter();
    private final Map<String, RequestSummary> ended = new HashMap<>();
    private final RunningEngine engine = engine(meter);

    private RunningEngine engine(EnergySource source) {
        EngineOptions options =
                TestEngines.Settings.of("gqa-mp1").batch(4, 16).kvBytes(1 << 20).options();
        EngineObserver observer = new EngineObserver() {
            @Override
            public void ended(RequestSummary summary) {
                ended.put(summary.id(), summary);
            }
        };
        Surroundings surroundings = new Surroundings() {
            @Override
            public long nanoTime() {
                return System.nanoTime();
            }

            @Override
            public long seed() {
                return 1;
            }

            @Override
            public void park(long nanos) {}

            @Override
            public void unpark(Thread thread) {}

            @Override
            public EnergySource energy(EngineOptions.Energy asked) {
                return source;
            }
        };
        return new RunningEngine(
                options, new ModelLoader(options, (phase, done, total) -> {}).load(), observer, surroundings);
    }

    @AfterEach
    void close() {
        engine.loop().endAll();
        engine.close();
    }

    private void runUntilIdle() {
        while (engine.loop().turn()) {
            assertThat(ended.size()).isLessThan(100);
        }
        meter.rested = true;
    }

    private static GenerationRequest request(String id, String text, int maxTokens) {
        return GenerationRequest.of(id, new Prompt.Text(text), maxTokens);
    }

    @Test
    void partsOfAllRequestsAddUpToWhatTheMeterShowed() {
        List<String> ids = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 6; i++) {
                String id = round + "-" + i;
                ids.add(id);
                engine.submit(request(id, "why does the teacher ".repeat(1 + 3 * i), 3 + 5 * i));
            }
            for (int step = 0; step < 4; step++) {
                assertThat(engine.loop().turn()).isTrue();
            }
            engine.submit(request(round + "-late", "A question", 4)).cancel();
            ids.add(round + "-late");
            runUntilIdle();
        }
        assertThat(ended.keySet()).containsExactlyInAnyOrderElementsOf(ids);
        long sum = 0;
        for (RequestSummary summary : ended.values()) {
            EnergyShare energy = summary.usage().energy();
            if (summary.outcome() == Outcome.CANCELLED) {
                assertThat(energy).as("never computed").isNull();
            } else {
                assertThat(energy).isNotNull();
                assertThat(energy.measured()).isTrue();
                assertThat(energy.microjoules()).isPositive();
                sum += energy.microjoules();
            }
        }
        assertThat(sum).isEqualTo(meter.ofSteps);
        assertThat(meter.shown).as("what was used at rest is nobody's").isGreaterThan(sum);
    }

    @Test
    void aStepIsDividedByRows() {
        String word = " why";
        int rows = engine.tokenize(word, true).length;
        int others = engine.tokenize(word.repeat(4), true).length;
        engine.submit(request("short", word, 0).with(new Logprobs(0, 0)));
        engine.submit(request("long", word.repeat(4), 0).with(new Logprobs(0, 0)));
        assertThat(engine.loop().turn()).isTrue();
        long ofShort = meter.ofSteps * rows / (rows + others);
        assertThat(ended.get("short").usage().energy()).isEqualTo(new EnergyShare(ofShort, true));
        assertThat(ended.get("long").usage().energy()).isEqualTo(new EnergyShare(meter.ofSteps - ofShort, true));
    }

    @Test
    void aConfiguredPowerIsReckonedByTheClock() {
        long[] nanos = {5_000_000};
        EnergySource.Configured source = new EnergySource.Configured(50, () -> nanos[0], nanos[0]);
        nanos[0] += 2_000_000_000;
        assertThat(source.microjoules()).isEqualTo(100_000_000);
        assertThat(source.measured()).isFalse();
        assertThat(EnergySource.of(EngineOptions.Energy.OFF, () -> nanos[0])).isNull();
    }
}
