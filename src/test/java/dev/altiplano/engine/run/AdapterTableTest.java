package dev.altiplano.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.model.Adapter;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class AdapterTableTest {

    /** Who waits for its requests and is interrupted has not unloaded it: it can be used, and unloaded later. */
    @Test
    void anInterruptedUnloadLeavesTheAdapter() throws InterruptedException {
        try (AdapterTable table = new AdapterTable(List.of(new Adapter("one", "digest", List.of())), 1, 0)) {
            assertThat(table.acquire("one")).isEqualTo("digest");
            CountDownLatch interrupted = new CountDownLatch(1);
            Thread unload = Thread.ofPlatform().start(() -> {
                try {
                    table.leave("one");
                } catch (InterruptedException e) {
                    interrupted.countDown();
                }
            });
            while (!table.names().loaded().isEmpty()) {
                Thread.onSpinWait();
            }
            unload.interrupt();
            interrupted.await();
            assertThat(table.names().loaded()).containsExactly("one");
            table.ended("one", false);
            table.leave("one");
            assertThat(table.names().loaded()).isEmpty();
        }
    }
}
