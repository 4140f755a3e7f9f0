package dev.altiplano.engine.kernel.backend;

import dev.altiplano.engine.kernel.BackendName;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Which backend to use.
 *
 * @param threads threads that compute, the engine thread included
 * @param nativeLibrary the library to load instead of the one inside the jar
 */
public record KernelOptions(
        BackendName backend, int threads, @Nullable Path nativeLibrary) {

    public KernelOptions {
        if (threads < 1 || threads > 1024) {
            throw new IllegalArgumentException("threads = " + threads + ": must be from 1 to 1024");
        }
    }

    /** The best backend with {@code threads} threads. */
    public static KernelOptions auto(int threads) {
        return new KernelOptions(BackendName.AUTO, threads, null);
    }

    /** A backend by its name. */
    public static KernelOptions of(BackendName backend, int threads) {
        return new KernelOptions(backend, threads, null);
    }
}
