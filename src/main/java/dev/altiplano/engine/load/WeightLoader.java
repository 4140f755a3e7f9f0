package dev.altiplano.engine.load;

import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.LoadListener;
import dev.altiplano.engine.LoadListener.Phase;
import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.Tensor;
import dev.altiplano.engine.checkpoint.verify.Verification;
import dev.altiplano.engine.kernel.Kernels;
import dev.altiplano.engine.kernel.WeightFormat;
import dev.altiplano.engine.model.LlamaWeights;
import dev.altiplano.engine.os.LargeMemory;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Brings a model's weights into memory: from the packed copy where there is a good one, else from the model's files. */
final class WeightLoader {

    private static final System.Logger LOG = System.getLogger(WeightLoader.class.getName());

    private final EngineOptions options;
    private final LoadListener listener;
    private final Checkpoint checkpoint;
    private final Kernels kernels;
    private final WeightPlan plan;

    WeightLoader(
            EngineOptions options, LoadListener listener, Checkpoint checkpoint, Kernels kernels, WeightPlan plan) {
        this.options = options;
        this.listener = listener;
        this.checkpoint = checkpoint;
        this.kernels = kernels;
        this.plan = plan;
    }

    /**
     * Weights, and where they are read from.
     *
     * @param mapped the packed copy that they still lie in, or null
     */
    record Weights(LlamaWeights weights, @Nullable MemorySegment mapped) {}

    /**
     * Loads the weights into memory that {@code arena} owns.
     *
     * @throws dev.altiplano.engine.checkpoint.CheckpointException when a checksum does not match
     */
    Weights load(Arena arena) {
        WeightCache copy = copy();
        WeightCache.Found found =
                copy == null ? new WeightCache.Found(WeightCache.State.ABSENT, null) : find(copy, arena);
        if (options.model().verifyChecksums() && found.state() != WeightCache.State.READ_VERIFIED) {
            Verification.checksums(
                    checkpoint.files(), (done, total) -> listener.progress(Phase.VERIFYING, done, Math.max(1, total)));
        }
        MemorySegment mapped = found.weights();
        if (mapped != null) {
            return new Weights(WeightPacking.of(plan, mapped), mapped);
        }
        MemorySegment memory = LargeMemory.allocate(plan.bytes(), arena);
        LlamaWeights weights = WeightPacking.pack(checkpoint, kernels.workers(), plan, memory, progress(storedBytes()));
        if (copy != null) {
            write(copy, memory);
        }
        return new Weights(weights, null);
    }

    private long storedBytes() {
        long bytes = 0;
        for (Tensor tensor : checkpoint.tensors()) {
            bytes += tensor.byteSize();
        }
        return bytes;
    }

    private LongConsumer progress(long bytes) {
        long total = Math.max(1, bytes);
        long[] done = {0};
        listener.progress(Phase.PACKING, 0, total);
        return more -> {
            done[0] = Math.min(total, done[0] + more);
            listener.progress(Phase.PACKING, done[0], total);
        };
    }

    /** The copy that the settings ask for, or null. */
    private @Nullable WeightCache copy() {
        String setting = options.model().weightCache();
        if (setting.equalsIgnoreCase("off")) {
            return null;
        }
        try {
            Path model = checkpoint.path().toRealPath();
            Path beside = Files.isDirectory(model) ? model : model.resolveSibling("");
            String name = model.getFileName() + "." + target();
            Path folder = beside;
            if (!setting.equalsIgnoreCase("beside")) {
                folder = Path.of(setting);
                // Models of the same name may come from different places.
                name += "." + Integer.toHexString(model.hashCode());
            }
            return new WeightCache(folder.resolve(name + ".packed"), WeightCacheKey.of(checkpoint, plan));
        } catch (IOException | InvalidPathException e) {
            LOG.log(Level.WARNING, "no packed copy of the weights is used: " + e);
            return null;
        }
    }

    private String target() {
        WeightFormat target = options.model().targetFormat();
        return target == null ? "file" : target.name().toLowerCase(Locale.ROOT);
    }

    private WeightCache.Found find(WeightCache copy, Arena arena) {
        long begin = System.nanoTime();
        try {
            WeightCache.Found found =
                    copy.map(plan.bytes(), options.compute().threads(), arena, progress(plan.bytes()));
            switch (found.state()) {
                case READ, READ_VERIFIED ->
                    LOG.log(
                            Level.INFO,
                            "the weights were read from {0} in {1} ms",
                            copy.file(),
                            String.valueOf((System.nanoTime() - begin) / 1_000_000));
                case STALE ->
                    LOG.log(
                            Level.INFO,
                            "{0} was made from other files or for other settings: it is made anew",
                            copy.file());
                case DAMAGED -> LOG.log(Level.WARNING, "{0} is damaged: it is made anew", copy.file());
                case ABSENT -> {}
            }
            return found;
        } catch (IOException e) {
            LOG.log(Level.WARNING, "{0} cannot be read: it is made anew ({1})", copy.file(), e.toString());
            return new WeightCache.Found(WeightCache.State.DAMAGED, null);
        }
    }

    private void write(WeightCache copy, MemorySegment memory) {
        try {
            copy.write(memory, options.model().verifyChecksums());
            LOG.log(Level.INFO, "a packed copy of the weights was written to {0} for the next start", copy.file());
        } catch (IOException e) {
            LOG.log(
                    Level.WARNING,
                    "no packed copy of the weights can be kept at {0} ({1}): every start packs them again. Set"
                            + " altiplano.model.packed-cache to a folder that can be written, or to off",
                    copy.file(),
                    e.toString());
        }
    }
}
