package dev.altiplano.engine.kernel.backend;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Which backend to use.
 *
 * @param backend {@code auto}, {@code native}, {@code vector}, {@code scalar}, or an instruction set of the native backend such as
 *     {@code avx512-vnni}
 * @param threads threads that compute, the engine thread included
 * @param nativeLibrary the library to load instead of the one inside the jar
 */
public record KernelOptions(
        String backend, int threads, @Nullable Path nativeLibrary) {

    public KernelOptions {
        if (threads < 1 || threads > 1024) {
            throw new IllegalArgumentException("threads = " + threads + ": must be from 1 to 1024");
        }
    }

    /** The best backend with {@code threads} threads. */
    public static KernelOptions auto(int threads) {
        return new KernelOptions("auto", threads, null);
    }

    /** A backend by its name. */
    public static KernelOptions of(String backend, int threads) {
        return new KernelOptions(backend, threads, null);
    }
}
