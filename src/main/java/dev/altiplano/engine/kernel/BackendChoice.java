package dev.altiplano.engine.kernel;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/** Chooses a backend; why a better one was not chosen is kept as text. */
final class BackendChoice {

    private BackendChoice() {}

    // The kernels take the arena over and close it.
    @SuppressWarnings("MustBeClosedChecker")
    static Kernels create(KernelOptions options) {
        List<String> rejected = new ArrayList<>();
        WorkerPool pool = new WorkerPool(options.threads());
        return new ComposedKernels(
                new Backend("scalar", "java", "classes", options.threads(), rejected),
                pool,
                new ScalarLinear(pool),
                new ScalarLayer(pool),
                Arena.ofShared());
    }
}
