package dev.altiplano.engine.kernel.backend;

import dev.altiplano.engine.kernel.Backend;
import dev.altiplano.engine.kernel.Kernels;
import dev.altiplano.engine.kernel.ffm.InstructionSet;
import dev.altiplano.engine.kernel.ffm.NativeLayer;
import dev.altiplano.engine.kernel.ffm.NativeLibrary;
import dev.altiplano.engine.kernel.ffm.NativeLinear;
import dev.altiplano.engine.kernel.scalar.ScalarLayer;
import dev.altiplano.engine.kernel.scalar.ScalarLinear;
import dev.altiplano.engine.kernel.vector.Lanes;
import dev.altiplano.engine.kernel.vector.VectorLayer;
import dev.altiplano.engine.kernel.vector.VectorLinear;
import dev.altiplano.engine.os.WorkerPool;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Chooses a backend, from the fastest down: native kernels with the best instruction set that the machine has and that passes
 * the self-test, then the Vector API, then plain Java. Why a better one was not chosen is kept as text.
 */
public final class Backends {

    /** What the self-test said, once for each instruction set of the bundled library: empty where all is well. */
    private static final Map<InstructionSet, String> TESTED = new EnumMap<>(InstructionSet.class);

    private final KernelOptions options;
    private final List<String> rejected = new ArrayList<>();

    private Backends(KernelOptions options) {
        this.options = options;
    }

    public static Kernels create(KernelOptions options) {
        return new Backends(options).choose();
    }

    private Kernels choose() {
        return switch (options.backend()) {
            case AUTO -> {
                Kernels kernels = nativeKernels(List.of(InstructionSet.values()));
                kernels = kernels != null ? kernels : vectorKernels();
                yield kernels != null ? kernels : scalarKernels();
            }
            case NATIVE -> required(nativeKernels(List.of(InstructionSet.values())));
            case VECTOR -> required(vectorKernels());
            case SCALAR -> scalarKernels();
            default ->
                required(nativeKernels(
                        List.of(InstructionSet.labelled(options.backend().label()))));
        };
    }

    private Kernels required(@Nullable Kernels kernels) {
        if (kernels == null) {
            throw new IllegalArgumentException("backend \"" + options.backend().label() + "\" does not run here: "
                    + String.join("; ", rejected) + ". Choose auto to take the next best.");
        }
        return kernels;
    }

    /** Kernels with the last of the sets that works, or null. */
    private @Nullable Kernels nativeKernels(List<InstructionSet> sets) {
        try {
            NativeLibrary library = NativeLibrary.load(options.nativeLibrary());
            for (InstructionSet set : sets.reversed()) {
                if (!library.has(set)) {
                    if (sets.size() == 1 || set.ofThisArchitecture()) {
                        rejected.add(set.label() + ": not on this machine, which has "
                                + String.join(", ", library.labels()));
                    }
                    continue;
                }
                Kernels kernels = nativeKernels(library, set);
                if (kernels != null) {
                    return kernels;
                }
            }
        } catch (NativeLibrary.UnavailableException e) {
            rejected.add("native: " + e.getMessage());
        }
        return null;
    }

    // The kernels take the arena over and close it.
    @SuppressWarnings("MustBeClosedChecker")
    private @Nullable Kernels nativeKernels(NativeLibrary library, InstructionSet set)
            throws NativeLibrary.UnavailableException {
        Arena arena = Arena.ofShared();
        WorkerPool pool = new WorkerPool(options.threads());
        try {
            NativeLinear linear = new NativeLinear(library, set, pool, arena);
            String failure = tested(set, linear, pool);
            if (failure.isEmpty()) {
                NativeLayer layer = new NativeLayer(library.lookup(), set.layerKernels(), pool, arena);
                return new Kernels(
                        new Backend("native", set.label(), library.source(), options.threads(), rejected),
                        pool,
                        linear,
                        layer,
                        arena);
            }
            rejected.add(set.label() + ": " + failure);
        } catch (NativeLibrary.UnavailableException | RuntimeException e) {
            pool.close();
            arena.close();
            throw e;
        }
        pool.close();
        arena.close();
        return null;
    }

    private String tested(InstructionSet set, NativeLinear linear, WorkerPool pool) {
        synchronized (TESTED) {
            String failure = options.nativeLibrary() == null ? TESTED.get(set) : null;
            if (failure == null) {
                String found = BackendCheck.failure(linear, pool);
                failure = found == null ? "" : found;
                if (options.nativeLibrary() == null) {
                    TESTED.put(set, failure);
                }
            }
            return failure;
        }
    }

    /** Kernels with the Vector API, or null; its classes are loaded only where its module is. */
    // The kernels take the arena over and close it.
    @SuppressWarnings("MustBeClosedChecker")
    private @Nullable Kernels vectorKernels() {
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
            rejected.add("vector: start Java with --add-modules jdk.incubator.vector");
            return null;
        }
        if (!Lanes.mayReadMemory()) {
            rejected.add("vector: native access is not enabled: start Java with --enable-native-access=ALL-UNNAMED");
            return null;
        }
        Arena arena = Arena.ofShared();
        WorkerPool pool = new WorkerPool(options.threads());
        return new Kernels(
                new Backend("vector", "vector" + 32 * Lanes.LENGTH, "classes", options.threads(), rejected),
                pool,
                new VectorLinear(pool),
                new VectorLayer(pool, arena),
                arena);
    }

    // The kernels take the arena over and close it.
    @SuppressWarnings("MustBeClosedChecker")
    private Kernels scalarKernels() {
        WorkerPool pool = new WorkerPool(options.threads());
        return new Kernels(
                new Backend("scalar", "java", "classes", options.threads(), rejected),
                pool,
                new ScalarLinear(pool),
                new ScalarLayer(pool),
                Arena.ofShared());
    }
}
