package dev.altiplano.engine.os;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A mapped file becomes memory under the eyes of those who read it. */
class HugePagesTest {

    /** More than two pieces, and no multiple of anything. */
    private static final int BYTES = 70 * 1024 * 1024 + 4321;

    private static final int FILE_AT = 4096;

    @TempDir
    private Path folder;

    private Path file = Path.of("");
    private final byte[] content = new byte[BYTES];

    @BeforeEach
    void write() throws IOException {
        new Random(1).nextBytes(content);
        file = folder.resolve("weights");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(content), FILE_AT);
        }
    }

    @Test
    void bytesAreTheSameBeforeWhileAndAfter() throws Exception {
        MemorySegment expected = MemorySegment.ofArray(content);
        try (Arena arena = Arena.ofShared()) {
            MemorySegment mapped = map(arena);
            AtomicBoolean over = new AtomicBoolean();
            AtomicInteger differences = new AtomicInteger();
            Thread reader = Thread.ofPlatform().start(() -> {
                while (!over.get()) {
                    if (mapped.mismatch(expected) != -1) {
                        differences.incrementAndGet();
                    }
                }
            });
            try (HugePages pages = HugePages.move(mapped)) {
                pages.await();
                assertThat(pages.moved())
                        .isGreaterThan(BYTES - 2 * LargeMemory.HUGE_PAGE)
                        .isLessThanOrEqualTo(BYTES);
            } finally {
                over.set(true);
                reader.join();
            }
            assertThat(differences).hasValue(0);
            assertThat(mapped.mismatch(expected)).isEqualTo(-1);
            // What happens to the file now happens to the file alone.
            Files.write(file, new byte[FILE_AT + BYTES]);
            long inside = LargeMemory.untilHugePage(mapped.address());
            assertThat(mapped.asSlice(inside, 64L << 20).mismatch(expected.asSlice(inside, 64L << 20)))
                    .isEqualTo(-1);
        }
    }

    @Test
    void closingInTheMiddleLeavesAllBytesInPlace() throws Exception {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment mapped = map(arena);
            HugePages.move(mapped).close();
            assertThat(mapped.mismatch(MemorySegment.ofArray(content))).isEqualTo(-1);
        }
    }

    private MemorySegment map(Arena arena) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, FILE_AT, BYTES, arena);
        }
    }
}
