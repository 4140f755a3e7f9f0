package dev.altiplano.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.altiplano.engine.Completed;
import dev.altiplano.engine.Engine;
import dev.altiplano.engine.EngineObserver;
import dev.altiplano.engine.Requests;
import dev.altiplano.engine.TestEngines.Settings;
import dev.altiplano.engine.Usage;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToLongFunction;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Flight Recorder gets to see of the engine's steps. */
final class StepEventTest {

    private static final String NAME = "dev.altiplano.Step";
    private static final int STEPS = 100_000;

    @TempDir
    private Path folder;

    @Test
    void aRecordingHasEveryStepWithItsRows() throws Exception {
        Path file = folder.resolve("steps.jfr");
        AtomicInteger steps = new AtomicInteger();
        EngineObserver counter = new EngineObserver() {
            @Override
            public void step(int promptRows, int generatedRows, long nanos) {
                steps.incrementAndGet();
            }
        };
        Completed completed;
        try (Recording recording = new Recording()) {
            recording.enable(NAME);
            try (Engine engine =
                    Settings.of("base-mp1").batch(4, 8).prefixCache(false).open(counter)) {
                recording.start();
                completed = Completed.of(engine.submit(Requests.text("Question: why does the teacher walk to the river")
                        .maxTokens(20)
                        .ignoreEos()
                        .build()));
            }
            recording.dump(file);
        }
        List<RecordedEvent> events = RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals(NAME))
                .toList();
        assertThat(events).hasSize(steps.get());
        Usage usage = completed.usage();
        assertThat(sum(events, event -> event.getInt("promptRows"))).isEqualTo(usage.promptTokens());
        // The prompt's last row gives the first of them.
        assertThat(sum(events, event -> event.getInt("generatedRows"))).isEqualTo(usage.completionTokens() - 1);
        assertThat(usage.promptTokens()).as("more than one step takes").isGreaterThan(8);
        for (RecordedEvent event : events) {
            assertThat(event.getInt("sequences")).isEqualTo(1);
            assertThat(event.getInt("promptRows")).isBetween(0, 8);
            assertThat(event.getInt("kvBlocksUsed")).isBetween(1, event.getInt("kvBlocks"));
            assertThat(event.getInt("requestsWaiting")).isZero();
            assertThat(event.getLong("preemptions")).isZero();
            assertThat(event.getDuration()).isBetween(Duration.ofNanos(1), Duration.ofMinutes(1));
            assertThat(event.getThread().getJavaName()).isEqualTo("altiplano-engine");
        }
    }

    @Test
    void nothingIsAllocatedWhereNobodyRecords() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        StepEvent event = new StepEvent();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < STEPS; i++) {
            event.begin();
            event.end();
            if (event.shouldCommit()) {
                event.promptRows = i;
                event.commit();
            }
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(STEPS);
    }

    private static long sum(List<RecordedEvent> events, ToLongFunction<RecordedEvent> value) {
        return events.stream().mapToLong(value).sum();
    }
}
