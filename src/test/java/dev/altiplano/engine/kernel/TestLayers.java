package dev.altiplano.engine.kernel;

import dev.altiplano.engine.kernel.ffm.EmulatedLayer;
import dev.altiplano.engine.kernel.ffm.InstructionSet;
import dev.altiplano.engine.kernel.ffm.NativeLayer;
import dev.altiplano.engine.kernel.ffm.NativeLibrary;
import dev.altiplano.engine.kernel.scalar.ScalarLayer;
import dev.altiplano.engine.kernel.vector.VectorLayer;
import dev.altiplano.engine.os.WorkerPool;
import java.lang.foreign.Arena;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Stream;

/** One of the backends that can run here, with threads of its own. */
final class TestLayers implements AutoCloseable {

    /** The name of the kernels of aarch64 where they are emulated. */
    static final String EMULATED = "emulated neon";

    final LayerKernels layer;
    private final Arena arena = Arena.ofShared();
    private final WorkerPool pool;

    TestLayers(String name, int threads) {
        pool = new WorkerPool(threads);
        layer = switch (name) {
            case "scalar" -> new ScalarLayer(pool);
            case "vector" -> new VectorLayer(pool, arena);
            case EMULATED -> new EmulatedLayer();
            default -> new NativeLayer(library().lookup(), name, pool, arena);
        };
    }

    /** Their names, the one that defines the results first. */
    static Stream<String> all() {
        Set<String> names = new LinkedHashSet<>(Set.of("scalar"));
        names.add("vector");
        for (InstructionSet set : InstructionSet.values()) {
            if (library().has(set)) {
                names.add(set.layerKernels());
            }
        }
        return names.stream();
    }

    private static NativeLibrary library() {
        try {
            return NativeLibrary.load(null);
        } catch (NativeLibrary.UnavailableException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        if (layer instanceof EmulatedLayer emulated) {
            emulated.close();
        }
        pool.close();
        arena.close();
    }
}
