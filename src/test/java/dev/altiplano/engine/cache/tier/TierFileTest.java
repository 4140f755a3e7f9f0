package dev.altiplano.engine.cache.tier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.cache.KvCache;
import dev.altiplano.engine.cache.PrefixHash;
import dev.altiplano.engine.kernel.KvFormat;
import dev.altiplano.engine.kernel.KvShape;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What comes back from the file is what was written, or nothing, whatever has happened to the file or its disk. */
final class TierFileTest {

    private static final KvShape SHAPE = new KvShape(KvFormat.F32, 2, 24, 16, 1, 4);
    private static final byte[] MODEL = new byte[PrefixHash.BYTES];
    private static final int WRITTEN = 5;
    private static final long MAX_BYTES = 1 << 20;

    @TempDir
    private Path folder;

    private final Arena arena = Arena.ofShared();
    private final KvCache kv = new KvCache(SHAPE, arena.allocate(SHAPE.byteSize(), 64));
    private final int[] tokens =
            new Random(1).ints(16 * SHAPE.blocks(), 0, 1000).toArray();

    @AfterEach
    void free() {
        arena.close();
    }

    private void fill(int block, long seed) {
        Random random = new Random(seed);
        for (int layer = 0; layer < SHAPE.layers(); layer++) {
            byte[] bytes = new byte[(int) SHAPE.layerBlockBytes()];
            random.nextBytes(bytes);
            MemorySegment.copy(bytes, 0, kv.memory(), ValueLayout.JAVA_BYTE, SHAPE.offset(layer, block), bytes.length);
        }
    }

    private boolean holds(int block, long seed) {
        Random random = new Random(seed);
        for (int layer = 0; layer < SHAPE.layers(); layer++) {
            byte[] bytes = new byte[(int) SHAPE.layerBlockBytes()];
            random.nextBytes(bytes);
            if (kv.memory().asSlice(SHAPE.offset(layer, block), bytes.length).mismatch(MemorySegment.ofArray(bytes))
                    >= 0) {
                return false;
            }
        }
        return true;
    }

    /** The writer is a matter of microseconds here: asked often, or the test is mostly waiting. */
    private static ConditionFactory soon() {
        return Awaitility.await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1));
    }

    private HostTier open(Path path) {
        return HostTier.open(path, MAX_BYTES, MODEL, kv);
    }

    /** Tells {@code tier} of a prefix of {@code count} blocks, and waits until it has written them or will not. */
    private void store(HostTier tier, int count) {
        PrefixHash parent = tier.root("salt");
        for (int block = 0; block < count; block++) {
            fill(block, block);
            PrefixHash hash = parent.next(tokens, 16 * block, 16);
            tier.used(parent, hash, block);
            parent = hash;
        }
        soon().until(() -> !tier.counts().active()
                || tier.counts().writes() + tier.counts().skipped() >= count);
    }

    /** Reads the prefix back into other blocks; returns how many have come, all of which are what was written. */
    private int load(HostTier tier) {
        List<PrefixHash> held = tier.held("salt", tokens, 0, 16 * WRITTEN, 16);
        int[] blocks = new int[held.size()];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = 10 + i;
            fill(blocks[i], -1);
        }
        if (blocks.length == 0) {
            return 0;
        }
        TierLoad load = tier.load(held, blocks, () -> {});
        soon().until(load::over);
        for (int i = 0; i < load.loaded(); i++) {
            assertThat(holds(blocks[i], i)).as("block %d", i).isTrue();
        }
        return load.loaded();
    }

    private Path written() {
        Path file = folder.resolve("file.kv");
        try (HostTier tier = open(file)) {
            store(tier, WRITTEN);
            assertThat(tier.counts().writes()).isEqualTo(WRITTEN);
        }
        return file;
    }

    private int loadedFrom(Path file) {
        try (HostTier tier = open(file)) {
            return load(tier);
        }
    }

    @Test
    void whatWasWrittenComesBack() throws IOException {
        Path file = written();
        assertThat(loadedFrom(file)).isEqualTo(WRITTEN);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        try (HostTier tier = open(folder)) {
            assertThat(tier.held("salt", tokens, 0, 16 * WRITTEN, 16)).isEmpty();
            assertThat(folder.resolve(HostTier.FILE)).exists();
        }
    }

    @Test
    void aForeignFileKeepsItsPermissionsAndAnOwnOneIsItsUsersAlone() throws IOException {
        Path foreign = Files.writeString(folder.resolve("notes"), "what somebody wrote down");
        Path own = written();
        for (Path file : List.of(foreign, own)) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
            assertThat(loadedFrom(file)).isEqualTo(file.equals(own) ? WRITTEN : 0);
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(foreign)))
                .isEqualTo("rw-r--r--");
        assertThat(foreign).hasContent("what somebody wrote down");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(own)))
                .isEqualTo("rw-------");
    }

    @Test
    void aTierThatGetsNoThreadHoldsNothingAndLeavesItsFileToOthers() {
        Path file = written();
        HostTier tier = HostTier.open(() -> LockedFile.open(file), "file", MAX_BYTES, MODEL, kv)
                .start(thread -> {
                    throw new OutOfMemoryError("unable to create native thread");
                });
        assertThat(tier.counts().active()).isFalse();
        assertThat(load(tier)).isZero();
        tier.close();
        assertThat(loadedFrom(file)).isEqualTo(WRITTEN);
    }

    @Test
    void aFileThatIsCutAnywhereGivesWhatIsBeforeTheCut() throws IOException {
        byte[] whole = Files.readAllBytes(written());
        int slot = (int) slotBytes();
        for (int cut : List.of(
                0,
                3,
                8,
                50,
                4095,
                4096,
                4096 + 10,
                4096 + 128,
                4096 + 700,
                4096 + slot,
                4096 + slot + 200,
                4096 + 3 * slot + 1151,
                whole.length - 1)) {
            Path file = folder.resolve("cut");
            Files.write(file, java.util.Arrays.copyOf(whole, cut));
            int complete = cut < 4096 ? 0 : Math.min(WRITTEN, (cut - 4096 + slot - 128 - 1024) / slot);
            assertThat(loadedFrom(file)).as("cut at %d", cut).isEqualTo(complete);
        }
    }

    private long slotBytes() {
        return new TierFile(new MemoryDisk(), MAX_BYTES, MODEL, kv).slotBytes();
    }

    @Test
    void aByteThatIsFlippedAnywhereCostsItsBlockAlone() throws IOException {
        byte[] whole = Files.readAllBytes(written());
        Random random = new Random(5);
        int slot = (int) slotBytes();
        List<Integer> places = new ArrayList<>(List.of(0, 8, 12, 20, 51, 52));
        for (int part : new int[] {0, 31, 32, 63, 64, 67, 68, 71, 128, 128 + 511, 128 + 512, 128 + 1023}) {
            places.add(4096 + random.nextInt(WRITTEN) * slot + part);
        }
        for (int place : places) {
            byte[] flipped = whole.clone();
            flipped[place] ^= (byte) (1 << random.nextInt(8));
            Path file = folder.resolve("flipped");
            Files.write(file, flipped);
            int block = place < 4096 ? 0 : (place - 4096) / slot;
            assertThat(loadedFrom(file)).as("flipped at %d", place).isEqualTo(block);
            // What was ignored is written again, and then there is all.
            if (place >= 8) {
                try (HostTier tier = open(file)) {
                    assertThat(load(tier)).isEqualTo(block);
                    PrefixHash parent = tier.root("salt");
                    for (int i = 0; i < WRITTEN; i++) {
                        fill(i, i);
                        PrefixHash hash = parent.next(tokens, 16 * i, 16);
                        tier.used(parent, hash, i);
                        parent = hash;
                    }
                }
                assertThat(loadedFrom(file)).isEqualTo(WRITTEN);
            }
        }
    }

    /** A whole slot in the place of another, and a content in the place of another. */
    @Test
    void slotsThatAreMovedGiveNoWrongBlock() throws IOException {
        byte[] whole = Files.readAllBytes(written());
        int slot = (int) slotBytes();
        byte[] moved = whole.clone();
        System.arraycopy(whole, 4096 + slot, moved, 4096, 128 + 1024);
        Path file = folder.resolve("moved");
        Files.write(file, moved);
        assertThat(loadedFrom(file)).isZero();
        System.arraycopy(whole, 4096, moved, 4096, 128);
        Files.write(file, moved);
        assertThat(loadedFrom(file)).isZero();
    }

    @Test
    void whatAnotherModelOrVersionWroteBeginsEmpty() throws IOException {
        byte[] whole = Files.readAllBytes(written());
        byte[] other = MODEL.clone();
        other[7] = 1;
        Path file = folder.resolve("other");
        Files.write(file, whole);
        try (HostTier tier = HostTier.open(file, MAX_BYTES, other, kv)) {
            assertThat(tier.counts().active()).isTrue();
            assertThat(tier.counts().blocks()).isZero();
        }
        KvShape half = new KvShape(KvFormat.F16, 2, 24, 16, 1, 4);
        Files.write(file, whole);
        try (HostTier tier = HostTier.open(
                file, MAX_BYTES, MODEL, new KvCache(half, kv.memory().asSlice(0, half.byteSize())))) {
            assertThat(tier.counts().active()).isTrue();
            assertThat(tier.counts().blocks()).isZero();
        }
        whole[8]++;
        Files.write(file, whole);
        assertThat(loadedFrom(file)).isZero();
    }

    @Test
    void whatCannotBeUsedIsGoneWithout() throws IOException {
        Path file = written();
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        Path notes = Files.writeString(folder.resolve("notes"), "not ours");
        for (Path path : List.of(link, notes, notes.resolve("below"), Path.of("/dev/null"))) {
            try (HostTier tier = open(path)) {
                assertThat(tier.counts().active()).as("%s", path).isFalse();
                assertThat(tier.counts().errors()).isEqualTo(1);
                PrefixHash root = tier.root("salt");
                tier.used(root, root.next(tokens, 0, 16), 0);
                assertThat(load(tier)).isZero();
                assertThat(tier.load(List.of(root), new int[] {1}, () -> {}).over())
                        .isTrue();
            }
        }
        assertThat(notes).hasContent("not ours");
        try (HostTier first = open(file);
                HostTier second = open(file)) {
            assertThat(first.counts().active()).isTrue();
            assertThat(second.counts().active()).isFalse();
        }
        assertThat(loadedFrom(file)).isEqualTo(WRITTEN);
        try (HostTier tiny = HostTier.open(folder.resolve("tiny"), 4096 + 100, MODEL, kv)) {
            assertThat(tiny.counts().active()).isFalse();
        }
    }

    @Test
    void theFileStaysWithinItsBoundAndKeepsWhatWasUsedLast() throws IOException {
        long bound = 4096 + 3 * slotBytes() + 17;
        Path file = folder.resolve("small");
        try (HostTier tier = HostTier.open(file, bound, MODEL, kv)) {
            store(tier, WRITTEN);
            assertThat(tier.counts().blocks()).isEqualTo(3);
        }
        assertThat(Files.size(file)).isLessThanOrEqualTo(bound);
        Path large = written();
        try (HostTier tier = HostTier.open(large, bound, MODEL, kv)) {
            assertThat(tier.counts().blocks()).isEqualTo(3);
            assertThat(load(tier)).isEqualTo(3);
        }
        assertThat(Files.size(large)).isLessThanOrEqualTo(bound);
    }

    /** A block that is evicted before it has been written whole is not there. */
    @Test
    void aBlockThatChangesWhileItIsWrittenIsLeftOut() throws IOException {
        MemoryDisk disk = new MemoryDisk();
        HostTier[] tier = new HostTier[1];
        disk.beforeWrite = (source, position) -> {
            if (position > 4096 && tier[0] != null) {
                tier[0].evicted(0);
                fill(0, 77);
            }
        };
        tier[0] = HostTier.on(disk, "memory", MAX_BYTES, MODEL, kv).start();
        store(tier[0], 1);
        assertThat(tier[0].counts().skipped()).isEqualTo(1);
        assertThat(load(tier[0])).isZero();
        tier[0].close();
        disk.beforeWrite = (source, position) -> {};
        try (HostTier again = HostTier.on(disk, "memory", MAX_BYTES, MODEL, kv).start()) {
            assertThat(again.counts().blocks()).isZero();
        }
    }

    /** A disk that gives and takes a byte at a time, fails, or stops in the middle: the tier ends, and nothing wrong comes back. */
    @Test
    void aDiskThatFailsEndsTheTierAndNothingElse() throws IOException {
        Random random = new Random(9);
        for (int round = 0; round < 200; round++) {
            MemoryDisk disk = new MemoryDisk();
            disk.shortest = 1 + random.nextInt(300);
            disk.writesLeft = random.nextInt(3) == 0 ? Integer.MAX_VALUE : random.nextInt(120);
            try (HostTier tier =
                    HostTier.on(disk, "memory", MAX_BYTES, MODEL, kv).start()) {
                store(tier, WRITTEN);
                assertThat(tier.counts().errors()).isEqualTo(tier.counts().active() ? 0 : 1);
                load(tier);
            } catch (IOException noRoomForTheHeader) {
                assertThat(disk.writesLeft).isLessThanOrEqualTo(0);
            }
            disk.writesLeft = Integer.MAX_VALUE;
            disk.readsLeft = random.nextBoolean() ? Integer.MAX_VALUE : 100 + random.nextInt(2000);
            try (HostTier again =
                    HostTier.on(disk, "memory", MAX_BYTES, MODEL, kv).start()) {
                assertThat(load(again)).isLessThanOrEqualTo(WRITTEN);
            } catch (IOException unreadable) {
                assertThat(disk.readsLeft).isLessThanOrEqualTo(0);
            }
        }
    }

    /** A file in memory that fails as it is told to. */
    private static final class MemoryDisk implements Disk {

        @FunctionalInterface
        private interface Watcher {
            void writing(ByteBuffer source, long position);
        }

        private byte[] bytes = new byte[0];
        private int shortest = Integer.MAX_VALUE;
        private int writesLeft = Integer.MAX_VALUE;
        private int readsLeft = Integer.MAX_VALUE;
        private Watcher beforeWrite = (source, position) -> {};

        @Override
        public long size() {
            return bytes.length;
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            if (readsLeft-- <= 0) {
                throw new IOException("Input/output error");
            }
            int count = Math.min(Math.min(shortest, target.remaining()), (int) (bytes.length - position));
            if (count <= 0) {
                return -1;
            }
            target.put(bytes, (int) position, count);
            return count;
        }

        @Override
        public int write(ByteBuffer source, long position) throws IOException {
            beforeWrite.writing(source, position);
            if (writesLeft-- <= 0) {
                throw new IOException("No space left on device");
            }
            int count = Math.min(shortest, source.remaining());
            if (position + count > bytes.length) {
                bytes = java.util.Arrays.copyOf(bytes, (int) position + count);
            }
            source.get(bytes, (int) position, count);
            return count;
        }

        @Override
        public void truncate(long size) {
            bytes = java.util.Arrays.copyOf(bytes, (int) Math.min(size, bytes.length));
        }

        @Override
        public void close() {}
    }
}
