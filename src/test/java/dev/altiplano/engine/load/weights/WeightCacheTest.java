package dev.altiplano.engine.load.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WeightCacheTest {

    /** Three chunks, the last of them short. */
    private static final int BYTES = 2 * WeightCache.CHUNK_BYTES + 12_352;

    private static final int DATA_AT = 4096;

    @TempDir
    private Path folder;

    private final byte[] key = new byte[32];
    private final Arena arena = Arena.ofShared();
    private MemorySegment weights = MemorySegment.NULL;
    private Path file = Path.of("");

    @BeforeEach
    void write() throws Exception {
        byte[] random = new byte[BYTES];
        new Random(1).nextBytes(random);
        weights = arena.allocate(BYTES, 64);
        weights.copyFrom(MemorySegment.ofArray(random));
        new Random(2).nextBytes(key);
        file = folder.resolve("deep/model.packed");
        new WeightCache(file, key).write(weights, true);
    }

    @AfterEach
    void free() {
        arena.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    void whatWasWrittenIsRead(int threads) throws Exception {
        long[] told = {0};
        MemorySegment read = arena.allocate(BYTES, 64);
        WeightCache.State state = new WeightCache(file, key).read(read, threads, bytes -> told[0] += bytes);
        assertThat(state).isEqualTo(WeightCache.State.READ_VERIFIED);
        assertThat(read.mismatch(weights)).isEqualTo(-1);
        assertThat(told[0]).isEqualTo(BYTES);
        assertThat(folder.resolve("deep").toFile().list()).containsExactly("model.packed");
    }

    @Test
    void itSaysWhetherChecksumsHadBeenCompared() throws Exception {
        new WeightCache(file, key).write(weights, false);
        assertThat(state(BYTES)).isEqualTo(WeightCache.State.READ);
    }

    @Test
    void otherFilesOrAnotherSizeMakeItStale() throws Exception {
        assertThat(state(BYTES - 64)).isEqualTo(WeightCache.State.STALE);
        key[31]++;
        assertThat(state(BYTES)).isEqualTo(WeightCache.State.STALE);
    }

    /** What is in memory does not change with the file: a mapping would end the process here. */
    @Test
    void aFileThatVanishesLaterChangesNothing() throws Exception {
        MemorySegment read = arena.allocate(BYTES, 64);
        new WeightCache(file, key).read(read, 2, bytes -> {});
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(0);
        }
        assertThat(read.mismatch(weights)).isEqualTo(-1);
    }

    @Test
    void noFileIsNoError() throws Exception {
        Files.delete(file);
        assertThat(state(BYTES)).isEqualTo(WeightCache.State.ABSENT);
    }

    @Test
    void anyChangedByteIsFound() throws Exception {
        byte[] good = Files.readAllBytes(file);
        Random random = new Random(3);
        for (int i = 0; i < 80; i++) {
            // Half of them in the header; between its end and the weights nothing is read.
            int at = i % 2 == 0 ? random.nextInt(72) : DATA_AT + random.nextInt(BYTES);
            byte[] bad = good.clone();
            bad[at] ^= (byte) (1 << random.nextInt(8));
            Files.write(file, bad);
            assertThat(state(BYTES)).as("byte " + at).isIn(WeightCache.State.DAMAGED, WeightCache.State.STALE);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7, 56, 71, DATA_AT, DATA_AT + 1, DATA_AT + BYTES - 1})
    void aTruncatedFileIsDamaged(int length) throws Exception {
        byte[] good = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(good, length));
        assertThat(state(BYTES)).isEqualTo(WeightCache.State.DAMAGED);
    }

    /** The second thread may not touch the memory and ends at its first chunk, while the first waits. */
    @Test
    void aThreadThatDiesLeavesNothingUnread() throws Exception {
        try (Arena own = Arena.ofConfined()) {
            MemorySegment read = own.allocate(BYTES, 64);
            boolean[] waited = {false};
            WeightCache.State state = new WeightCache(file, key).read(read, 2, bytes -> {
                if (!waited[0]) {
                    waited[0] = true;
                    pause();
                }
            });
            assertThat(state == WeightCache.State.READ_VERIFIED).isEqualTo(read.mismatch(weights) < 0);
        }
    }

    private static void pause() {
        try {
            Thread.sleep(200);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aLongerFileIsDamaged() throws Exception {
        byte[] good = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(good, good.length + 1));
        assertThat(state(BYTES)).isEqualTo(WeightCache.State.DAMAGED);
    }

    @Test
    void whatAKilledProcessLeftIsRemoved() throws Exception {
        Path old = Files.createFile(file.resolveSibling(".model.packed.1.part"));
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofHours(2))));
        Path young = Files.createFile(file.resolveSibling(".model.packed.2.part"));
        new WeightCache(file, key).write(weights, true);
        assertThat(old).doesNotExist();
        assertThat(young).exists();
    }

    @Test
    void aPlaceThatCannotBeWrittenIsSaid() {
        Path below = file.resolve("not-a-folder.packed");
        assertThatThrownBy(() -> new WeightCache(below, key).write(weights, true))
                .isInstanceOf(IOException.class);
        assertThat(file).exists();
    }

    private WeightCache.State state(long bytes) throws IOException {
        return new WeightCache(file, key).read(arena.allocate(bytes, 64), 2, more -> {});
    }
}
