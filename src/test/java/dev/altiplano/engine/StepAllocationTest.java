package dev.altiplano.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.altiplano.engine.TestEngines.Settings;
import dev.altiplano.engine.load.LoadedModel;
import dev.altiplano.engine.load.ModelLoader;
import dev.altiplano.engine.model.ForwardBatch;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A forward pass leaves nothing for the garbage collector. */
final class StepAllocationTest {

    private static final int PASSES = 200;

    @ParameterizedTest
    @ValueSource(strings = {"gguf/base-q4_0.gguf", "gguf/kq-q4_k_m.gguf", "gqa-mp1"})
    void aForwardPassAllocatesNothing(String file) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        EngineOptions options = Settings.of(file).weights("file").batch(4, 64).options();
        try (LoadedModel loaded = new ModelLoader(options, (phase, done, total) -> {}).load();
                Arena arena = Arena.ofShared()) {
            ForwardBatch batch = new ForwardBatch(64, 8, 8, arena);
            int[] blocks = {0, 1, 2, 3};
            long before = 0;
            for (int pass = 0; pass < 2 * PASSES; pass++) {
                if (pass == PASSES) {
                    before = threads.getCurrentThreadAllocatedBytes();
                }
                batch.clear();
                int list = batch.addBlockList(blocks, 4);
                batch.add(300, 40, list, true, true);
                for (int position = 0; position < 20; position++) {
                    batch.add(301, position, list, false, position == 19);
                }
                loaded.model().forward(batch);
            }
            long bytes = threads.getCurrentThreadAllocatedBytes() - before;
            assertThat(bytes / PASSES).as("bytes for each pass").isLessThan(64);
        }
    }
}
