package dev.altiplano.engine.os;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Native memory for weights and the KV cache. Large pieces come straight from Linux, in huge pages where it grants them (decode
 * reads 5 % faster), and are given out untouched, so that the threads that fill them also place them.
 */
public final class LargeMemory {

    private static final long WORTH_MAPPING = 4L << 20;
    private static final long HUGE_PAGE = 2L << 20;

    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_PRIVATE_ANONYMOUS_NORESERVE = 0x4022;
    private static final int MADV_HUGEPAGE = 14;

    private static final @Nullable MethodHandle MMAP =
            find("mmap", FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final @Nullable MethodHandle MADVISE =
            find("madvise", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final @Nullable MethodHandle MUNMAP =
            find("munmap", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG));

    private LargeMemory() {}

    private static @Nullable MethodHandle find(String name, FunctionDescriptor descriptor) {
        if (!System.getProperty("os.name").equals("Linux")) {
            return null;
        }
        try {
            Optional<MemorySegment> function =
                    Linker.nativeLinker().defaultLookup().find(name);
            return function.isPresent() ? Linker.nativeLinker().downcallHandle(function.get(), descriptor) : null;
        } catch (UnsupportedOperationException | IllegalCallerException e) {
            return null;
        }
    }

    /** Zero-filled memory of {@code bytes} bytes at a multiple of 64, owned by the arena. */
    public static MemorySegment allocate(long bytes, Arena arena) {
        if (bytes < WORTH_MAPPING || MMAP == null || MADVISE == null || MUNMAP == null) {
            return arena.allocate(bytes, 64);
        }
        long length = (bytes + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE + HUGE_PAGE;
        MemorySegment start = map(length);
        if (start.address() == -1) {
            throw new OutOfMemoryError("no " + bytes + " bytes of native memory");
        }
        MemorySegment whole = start.reinterpret(length, arena, segment -> unmap(segment.address(), length));
        return whole.asSlice(untilHugePage(start.address()), bytes);
    }

    /** Bytes from an address to the next one at which a huge page can begin. */
    private static long untilHugePage(long address) {
        return (HUGE_PAGE - address % HUGE_PAGE) % HUGE_PAGE;
    }

    /** New memory, asked to be in huge pages; at address -1 when there is none. */
    private static MemorySegment map(long length) {
        MethodHandle map = MMAP;
        MethodHandle advise = MADVISE;
        if (map == null || advise == null) {
            return MemorySegment.ofAddress(-1);
        }
        try {
            MemorySegment start = (MemorySegment) map.invokeExact(
                    MemorySegment.NULL, length, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS_NORESERVE, -1, 0L);
            if (start.address() != -1) {
                int ignored = (int) advise.invokeExact(start, length, MADV_HUGEPAGE);
            }
            return start;
        } catch (Throwable thrown) {
            throw rethrown(thrown);
        }
    }

    private static void unmap(long address, long length) {
        MethodHandle unmap = MUNMAP;
        if (unmap != null && length > 0) {
            try {
                int ignored = (int) unmap.invokeExact(MemorySegment.ofAddress(address), length);
            } catch (Throwable thrown) {
                throw rethrown(thrown);
            }
        }
    }

    private static RuntimeException rethrown(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        return new IllegalStateException("native memory", thrown);
    }
}
