package dev.altiplano.engine.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.ModelException;
import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.kernel.BackendName;
import dev.altiplano.engine.kernel.KvFormat;
import dev.altiplano.engine.kernel.LinearKernels;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What is refused before anything is allocated, and in which words. */
class MemoryPlanTest {

    private static final long MIB = 1L << 20;
    private static final long WEIGHTS_7B = 3649 * MIB;
    private static final Hyperparameters SHAPE_7B =
            new Hyperparameters(4096, 11008, 32, 32, 32, 128, 32000, 2048, 1e-5f, 10000);

    @Test
    void aHeapThatIsBoundedLeavesItsMemoryToTheModel() {
        assertThat(MemoryPlan.jvmBytes(8192 * MIB)).isEqualTo(1224 * MIB);
        assertThat(MemoryPlan.jvmBytes(Long.MAX_VALUE)).isEqualTo(1224 * MIB);
        assertThat(MemoryPlan.jvmBytes(600 * MIB)).isEqualTo(800 * MIB);
        assertThat(MemoryPlan.jvmBytes(192 * MIB)).isEqualTo(392 * MIB);
        assertThat(MemoryPlan.leastJvmBytes(8192 * MIB)).isEqualTo(600 * MIB);
        assertThat(MemoryPlan.leastJvmBytes(192 * MIB)).isEqualTo(392 * MIB);
    }

    /** Activations of the layers, what products prepare of them, and what each of two threads has. */
    @Test
    void scratchCountsWhatProductsPrepare() {
        long layers = 4L * 64 * (6 * 4096 + 3 * 11008);
        long products = LinearKernels.reservedBytes(64, 11008) + 2 * LinearKernels.THREAD_BYTES;
        assertThat(fit(64L << 30).scratchBytes()).isGreaterThan(layers + products);
    }

    @Test
    void theCacheThatIsNotGivenLeavesTheWholeHeap() {
        long heap = Runtime.getRuntime().maxMemory();
        long others = WEIGHTS_7B + fit(64L << 30, 32, DraftNeeds.NONE).scratchBytes();
        long limit = others + MemoryPlan.jvmBytes(heap) + 1024 * MIB;
        assertThat(fit(limit, 32, DraftNeeds.NONE).kv().byteSize()).isBetween(1015 * MIB, 1024 * MIB);
    }

    @Test
    void whatDoesNotFitIsRefusedWithAllNumbersAndTheSettings() {
        assertThatThrownBy(() -> fit(4096 * MIB))
                .isInstanceOf(ModelException.class)
                .hasMessageContainingAll(
                        "4096 MiB",
                        "weights 3649 MiB",
                        "KV cache 544 MiB",
                        "scratch",
                        "JVM",
                        "-Xmx",
                        "altiplano.engine.context-length",
                        "altiplano.model.weights");
    }

    @Test
    void theCacheTakesWhatIsLeftAndHoldsOneFullSequence() {
        MemoryPlan plan = fit(4900 * MIB);
        assertThat(plan.kv().byteSize()).isEqualTo(544 * MIB);
        assertThat((long) plan.kv().blocks() * plan.kv().blockTokens()).isEqualTo(2048);
    }

    @Test
    void aDraftModelIsCountedAndTakesWhatIsLeftForItsOwnKeysAndValues() {
        DraftNeeds needs = new DraftNeeds(300 * MIB, MIB, 0);
        assertThatThrownBy(() -> fit(4900 * MIB, needs))
                .isInstanceOf(ModelException.class)
                .hasMessageContainingAll("draft model 300 MiB", "KV cache 544 MiB");
        assertThat(fit(6000 * MIB, needs).draftBlocks()).isEqualTo(64);
        assertThat(fit(6000 * MIB, DraftNeeds.NONE).draftBlocks()).isZero();
        assertThat(needs.blocks(64, 20 * MIB)).isEqualTo(20);
        assertThat(needs.blocks(64, 0)).isEqualTo(1);
        assertThat(new DraftNeeds(300 * MIB, MIB, 10 * MIB).blocks(64, 1000 * MIB))
                .isEqualTo(10);
    }

    private static MemoryPlan fit(long limitBytes) {
        return fit(limitBytes, DraftNeeds.NONE);
    }

    private static MemoryPlan fit(long limitBytes, DraftNeeds draft) {
        return fit(limitBytes, 1, draft);
    }

    private static MemoryPlan fit(long limitBytes, int sequences, DraftNeeds draft) {
        EngineOptions defaults = EngineOptions.of(Path.of("model"), "test");
        EngineOptions options = new EngineOptions(
                new EngineOptions.Model(
                        defaults.model().path(), defaults.model().id(), "7B", null, "off", true),
                new EngineOptions.Compute(2, BackendName.AUTO),
                new EngineOptions.Batch(2048, sequences, 64),
                new EngineOptions.Kv(0, 32, KvFormat.Q8_0, true),
                new EngineOptions.Queue(
                        16,
                        100_000,
                        defaults.queue().defaultTimeout(),
                        defaults.queue().maxTimeout()),
                limitBytes);
        return MemoryPlan.fit(options, SHAPE_7B, KvFormat.Q8_0, WEIGHTS_7B, draft);
    }
}
