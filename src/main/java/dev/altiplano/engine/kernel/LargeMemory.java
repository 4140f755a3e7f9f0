package dev.altiplano.engine.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Native memory for weights. */
final class LargeMemory {

    private LargeMemory() {}

    /** Memory of {@code bytes} bytes at a multiple of 64, owned by the arena. */
    static MemorySegment allocate(long bytes, Arena arena) {
        return arena.allocate(bytes, 64);
    }
}
