package dev.altiplano.engine.cache.tier;

import dev.altiplano.engine.cache.KvCache;
import dev.altiplano.engine.cache.PrefixHash;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import java.util.zip.CRC32C;

/**
 * The file: KV blocks as they lie in memory, in slots of one size.
 *
 * <p>It begins with eight letters, the version of this format, bytes of a block, a fingerprint of 32 bytes (model, formats, shape and
 * arithmetic), and a CRC-32C of these; integers are little-endian. From byte 4096 on slots follow, each a multiple of 512 bytes: a
 * {@link SlotHeader} and a block, layer after layer.
 *
 * <p>Nothing that is read is believed: a block counts whose header and content have their checksums and which has the hash that
 * is wanted. Used by one thread at a time.
 */
final class TierFile implements AutoCloseable {

    static final int VERSION = 1;
    static final int HEADER_BYTES = 4096;

    private static final byte[] MAGIC = {'A', 'L', 'T', 'I', 'P', 'F', 'I', 'X'};
    private static final int USED_BYTES = MAGIC.length + Integer.BYTES + Long.BYTES + PrefixHash.BYTES;
    private static final int SLOT_UNIT = 512;
    private static final int MAX_SLOTS = 1 << 20;

    /** What an existing file was found to be. */
    enum State {
        /** There was none, or an empty one. */
        NEW,
        /** It was made by this version for this model and these settings. */
        OURS,
        /** It was made by another version, for another model or with other settings, or its header is damaged. */
        STALE,
        /** It is something else. */
        FOREIGN
    }

    private final Disk disk;
    private final byte[] fingerprint;
    private final KvCache kv;
    private final long blockBytes;
    private final long slotBytes;
    private final int slots;

    /**
     * @param maxBytes the most that the file may take
     * @param kv the KV memory, of which blocks are written and into which they are read
     */
    TierFile(Disk disk, long maxBytes, byte[] fingerprint, KvCache kv) {
        this.disk = disk;
        this.fingerprint = fingerprint.clone();
        this.kv = kv;
        blockBytes = kv.shape().blockBytes();
        slotBytes = Math.ceilDiv(SlotHeader.BYTES + blockBytes, (long) SLOT_UNIT) * SLOT_UNIT;
        slots = (int) Math.clamp((maxBytes - HEADER_BYTES) / slotBytes, 0, MAX_SLOTS);
    }

    /** Slots that there is room for. */
    int slots() {
        return slots;
    }

    /** Bytes that a block takes in the file. */
    long slotBytes() {
        return slotBytes;
    }

    /** Looks at the beginning, and makes a new file of what is {@link State#NEW} or {@link State#STALE}. */
    State begin() throws IOException {
        State state = state();
        if (state != State.FOREIGN) {
            disk.protect();
        }
        if (state == State.NEW || state == State.STALE) {
            disk.truncate(0);
            write(header(), 0);
        } else if (state == State.OURS) {
            disk.truncate(Math.min(disk.size(), position(slots)));
        }
        return state;
    }

    private State state() throws IOException {
        if (disk.size() == 0) {
            return State.NEW;
        }
        ByteBuffer found = ByteBuffer.allocate(HEADER_BYTES);
        boolean whole = fill(found, 0);
        int letters = Math.min(MAGIC.length, found.position());
        if (!Arrays.equals(found.array(), 0, letters, MAGIC, 0, letters)) {
            return State.FOREIGN;
        }
        return whole && found.clear().equals(header()) ? State.OURS : State.STALE;
    }

    private ByteBuffer header() {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        header.put(MAGIC).putInt(VERSION).putLong(blockBytes).put(fingerprint);
        CRC32C sum = new CRC32C();
        sum.update(header.array(), 0, USED_BYTES);
        return header.putInt((int) sum.getValue()).clear();
    }

    /** Puts all blocks whose headers are whole into {@code index}; returns how many slots hold something else. */
    int scan(TierIndex index) throws IOException {
        long size = disk.size();
        boolean[] filled = new boolean[slots];
        int damaged = 0;
        for (int i = 0; i < slots; i++) {
            // Slots are handed out in order at first, and afterwards back as they come.
            int slot = index.take();
            filled[slot] = true;
            ByteBuffer bytes = ByteBuffer.allocate(SlotHeader.BYTES);
            boolean there = position(slot) + SlotHeader.BYTES <= size && fill(bytes, position(slot));
            SlotHeader header = there ? SlotHeader.read(bytes) : null;
            if (header != null
                    && position(slot) + SlotHeader.BYTES + blockBytes <= size
                    && !index.contains(header.hash())) {
                index.put(header.hash(), header.parent(), slot);
                filled[slot] = false;
            } else if (there && !SlotHeader.isEmpty(bytes)) {
                damaged++;
            }
        }
        for (int slot = slots - 1; slot >= 0; slot--) {
            if (filled[slot]) {
                index.release(slot);
            }
        }
        return damaged;
    }

    /** Reads a block into the KV memory; false where the slot does not hold that block, whole. */
    boolean read(int slot, PrefixHash hash, int block) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(SlotHeader.BYTES);
        SlotHeader header = fill(bytes, position(slot)) ? SlotHeader.read(bytes) : null;
        if (header == null || !header.hash().equals(hash)) {
            return false;
        }
        CRC32C sum = SlotHeader.sum(hash);
        long position = position(slot) + SlotHeader.BYTES;
        for (int layer = 0; layer < kv.shape().layers(); layer++) {
            ByteBuffer content = content(layer, block);
            if (!fill(content, position)) {
                return false;
            }
            position += content.capacity();
            sum.update(content.clear());
        }
        return (int) sum.getValue() == header.contentSum();
    }

    /**
     * Writes a block of the KV memory.
     *
     * @param unchanged asked when its content has been written: whether it has been what it is all the time
     * @return whether it has been, and the slot now holds it
     */
    boolean write(int slot, PrefixHash hash, PrefixHash parent, int block, BooleanSupplier unchanged)
            throws IOException {
        // What the slot held goes first: a header never stands before another block's content for long.
        write(ByteBuffer.allocate(SlotHeader.BYTES), position(slot));
        CRC32C sum = SlotHeader.sum(hash);
        long position = position(slot) + SlotHeader.BYTES;
        for (int layer = 0; layer < kv.shape().layers(); layer++) {
            ByteBuffer content = content(layer, block);
            sum.update(content.duplicate());
            write(content, position);
            position += content.capacity();
        }
        if (!unchanged.getAsBoolean()) {
            return false;
        }
        write(new SlotHeader(hash, parent, (int) sum.getValue()).bytes(), position(slot));
        return true;
    }

    private ByteBuffer content(int layer, int block) {
        return kv.memory()
                .asSlice(kv.shape().offset(layer, block), kv.shape().layerBlockBytes())
                .asByteBuffer();
    }

    private long position(int slot) {
        return HEADER_BYTES + slot * slotBytes;
    }

    private boolean fill(ByteBuffer target, long position) throws IOException {
        long at = position;
        while (target.hasRemaining()) {
            int count = disk.read(target, at);
            if (count < 0) {
                return false;
            }
            at += count;
        }
        return true;
    }

    private void write(ByteBuffer source, long position) throws IOException {
        long at = position;
        while (source.hasRemaining()) {
            at += disk.write(source, at);
        }
    }

    @Override
    public void close() throws IOException {
        disk.close();
    }
}
