package dev.altiplano.engine.cache.tier;

import dev.altiplano.engine.cache.KvCache;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.SplittableRandom;

/** A file in memory on a disk that is slow, full or broken, and that others change and cut, as its plan says. */
public final class SimulatedDisk implements Disk {

    /** Writes that may be lost in part when all stops: those that the system has not yet brought to the disk. */
    private static final int MAX_UNSAFE_WRITES = 32;

    private static final int BLOCK_BYTES = 1 << 16;

    private record Overwritten(int position, byte[] bytes, int sizeBefore) {}

    private final DiskPlan plan;
    private final SplittableRandom chance;
    private final Deque<Overwritten> unsafe = new ArrayDeque<>();
    private byte[] bytes = {};
    private int size;
    private Runnable meanwhile = () -> {};

    public SimulatedDisk(DiskPlan plan, long seed) {
        this.plan = plan;
        chance = new SplittableRandom(seed);
    }

    /**
     * A tier on this disk, which holds nothing where the disk cannot be used.
     *
     * @param during runs before each read and write, as what happens at the same time
     */
    public SteppedTier tier(byte[] fingerprint, KvCache kv, Runnable during) {
        meanwhile = during;
        long slotBytes = new TierFile(this, 0, fingerprint, kv).slotBytes();
        long maxBytes = TierFile.HEADER_BYTES + plan.slots() * slotBytes;
        return new SteppedTier(HostTier.open(() -> this, "simulated", maxBytes, fingerprint, kv));
    }

    /** The machine stops; what was written last may be lost in part. */
    public void stop() {
        meanwhile = () -> {};
        while (!unsafe.isEmpty()) {
            Overwritten last = unsafe.removeLast();
            if (plan.torn() && chance.nextInt(3) == 0) {
                int kept = chance.nextInt(last.bytes.length + 1);
                System.arraycopy(last.bytes, kept, bytes, last.position + kept, last.bytes.length - kept);
                size = kept == 0 ? Math.min(size, Math.max(last.sizeBefore, last.position)) : size;
            }
        }
    }

    private void happens(String failure) throws IOException {
        meanwhile.run();
        if (plan.damages() > 0 && chance.nextInt(10_000) < plan.damages() && size > 0) {
            damage();
        }
        if (plan.failures() > 0 && chance.nextInt(10_000) < plan.failures()) {
            throw new IOException(failure);
        }
    }

    /** Somebody else writes to the file. */
    private void damage() {
        int at = chance.nextInt(size);
        int count = Math.min(size - at, chance.nextInt(1, 600));
        switch (chance.nextInt(4)) {
            case 0 -> size = at;
            case 1 -> bytes[at] ^= (byte) (1 << chance.nextInt(8));
            case 2 -> Arrays.fill(bytes, at, at + count, (byte) 0);
            default -> System.arraycopy(bytes, chance.nextInt(size - count + 1), bytes, at, count);
        }
        unsafe.clear();
    }

    private int some(int remaining) {
        int most = Math.min(remaining, plan.longest());
        return most <= 1 || plan.longest() == Integer.MAX_VALUE ? most : chance.nextInt(1, most + 1);
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        happens("Input/output error");
        int count = some(Math.min(target.remaining(), (int) (size - position)));
        if (count <= 0) {
            return -1;
        }
        target.put(bytes, (int) position, count);
        return count;
    }

    @Override
    public int write(ByteBuffer source, long position) throws IOException {
        happens("No space left on device");
        int at = (int) position;
        int count = some(source.remaining());
        if (at + count > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(at + count, Math.min(2 * bytes.length, BLOCK_BYTES)));
        }
        if (at > size) {
            Arrays.fill(bytes, size, at, (byte) 0);
        }
        if (plan.torn()) {
            unsafe.add(new Overwritten(at, Arrays.copyOfRange(bytes, at, at + count), size));
            if (unsafe.size() > MAX_UNSAFE_WRITES) {
                unsafe.removeFirst();
            }
        }
        source.get(bytes, at, count);
        size = Math.max(size, at + count);
        return count;
    }

    @Override
    public void truncate(long to) {
        size = (int) Math.min(size, to);
        unsafe.clear();
    }

    @Override
    public void close() {
        // It stays for the next one.
    }
}
