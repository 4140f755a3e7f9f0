package dev.altiplano.engine.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The backends that can run here. */
final class TestLayers implements AutoCloseable {

    private static final Path LIBRARY = Path.of("target/classes/META-INF/native/linux-x86_64/libaltiplano.so");

    final String name;
    final LayerKernels layer;
    private final Arena arena = Arena.ofShared();
    private final WorkerPool pool;

    TestLayers(String name, int threads) {
        this.name = name;
        pool = new WorkerPool(threads);
        layer = switch (name) {
            case "scalar" -> new ScalarLayer(pool);
            default -> new NativeLayer(SymbolLookup.libraryLookup(LIBRARY, arena), name, pool, arena);
        };
    }

    /** Their names, the one that defines the results first. */
    static Stream<String> all() {
        return Files.exists(LIBRARY) ? Stream.of("scalar", "avx512", "avx2") : Stream.of("scalar");
    }

    @Override
    public void close() {
        pool.close();
        arena.close();
    }
}
