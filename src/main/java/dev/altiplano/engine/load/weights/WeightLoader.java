package dev.altiplano.engine.load.weights;

import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.LoadListener;
import dev.altiplano.engine.LoadListener.Phase;
import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.tensor.Tensor;
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
import java.util.Objects;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Brings a model's weights into memory: from the weight cache where there is a good one, else from the model's files. */
public final class WeightLoader {

    private static final System.Logger LOG = System.getLogger(WeightLoader.class.getName());

    private final EngineOptions options;
    private final LoadListener listener;
    private final Checkpoint checkpoint;
    private final FileStamps files;
    private final Kernels kernels;
    private final WeightPlan plan;
    private @Nullable MemorySegment memory;

    public WeightLoader(
            EngineOptions options,
            LoadListener listener,
            Checkpoint checkpoint,
            FileStamps files,
            Kernels kernels,
            WeightPlan plan) {
        this.options = options;
        this.listener = listener;
        this.checkpoint = checkpoint;
        this.files = files;
        this.kernels = kernels;
        this.plan = plan;
    }

    /**
     * Loads the weights into memory that {@code arena} owns.
     *
     * @throws dev.altiplano.engine.checkpoint.content.CheckpointException when a checksum does not match
     */
    public LlamaWeights load(Arena arena) {
        MemorySegment target = LargeMemory.allocate(plan.bytes(), arena);
        memory = target;
        return load(target);
    }

    /** All weights, once they have been loaded. */
    public MemorySegment memory() {
        return Objects.requireNonNull(memory);
    }

    private LlamaWeights load(MemorySegment target) {
        WeightCache cache = cache();
        WeightCache.State state = cache == null ? WeightCache.State.ABSENT : read(cache, target);
        if (options.model().verifyChecksums() && state != WeightCache.State.READ_VERIFIED) {
            Verification.checksums(
                    checkpoint.files(), (done, total) -> listener.progress(Phase.VERIFYING, done, Math.max(1, total)));
        }
        if (state == WeightCache.State.READ || state == WeightCache.State.READ_VERIFIED) {
            return WeightPacking.of(plan, target);
        }
        LlamaWeights weights = WeightPacking.pack(checkpoint, kernels.workers(), plan, target, progress(storedBytes()));
        if (cache != null) {
            // A copy stands for the files whose times it has in its key.
            files.requireUnchanged();
            write(cache, target);
        }
        return weights;
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

    /** The weight cache that the settings ask for, or null. */
    private @Nullable WeightCache cache() {
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
            LOG.log(Level.WARNING, "no weight cache is used: " + e);
            return null;
        }
    }

    private String target() {
        WeightFormat target = options.model().targetFormat();
        return target == null ? "file" : target.name().toLowerCase(Locale.ROOT);
    }

    private WeightCache.State read(WeightCache cache, MemorySegment target) {
        long begin = System.nanoTime();
        try {
            WeightCache.State state = cache.read(target, options.compute().threads(), progress(plan.bytes()));
            switch (state) {
                case READ, READ_VERIFIED ->
                    LOG.log(
                            Level.INFO,
                            "the weights were read from {0} in {1} ms",
                            cache.file(),
                            String.valueOf((System.nanoTime() - begin) / 1_000_000));
                case STALE ->
                    LOG.log(
                            Level.INFO,
                            "{0} was made from other files or for other settings: it is made again",
                            cache.file());
                case DAMAGED -> LOG.log(Level.WARNING, "{0} is damaged: it is made again", cache.file());
                case ABSENT -> {}
            }
            return state;
        } catch (IOException e) {
            LOG.log(Level.WARNING, "{0} cannot be read: it is made again ({1})", cache.file(), e.toString());
            return WeightCache.State.DAMAGED;
        }
    }

    private void write(WeightCache cache, MemorySegment target) {
        try {
            cache.write(target, options.model().verifyChecksums());
            LOG.log(Level.INFO, "the packed weights were written to {0} for the next start", cache.file());
        } catch (IOException e) {
            LOG.log(
                    Level.WARNING,
                    "no weight cache can be kept at {0} ({1}): every start packs them again. Set"
                            + " altiplano.model.packed-cache to a folder that can be written, or to off",
                    cache.file(),
                    e.toString());
        }
    }
}
