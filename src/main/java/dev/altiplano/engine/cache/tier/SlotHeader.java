package dev.altiplano.engine.cache.tier;

import dev.altiplano.engine.cache.PrefixHash;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What stands before a block in the file: the block's hash and its parent's (32 bytes each), the CRC-32C of hash and content, and one of
 * the header itself.
 *
 * @param contentSum what {@link #sum} over the content comes to
 */
record SlotHeader(PrefixHash hash, PrefixHash parent, int contentSum) {

    /** Its size in the file. */
    static final int BYTES = 128;

    private static final int USED = 2 * PrefixHash.BYTES + 2 * Integer.BYTES;

    /** The beginning of the checksum of the content of a block called {@code hash}: another block's content has another one. */
    static CRC32C sum(PrefixHash hash) {
        ByteBuffer bytes = ByteBuffer.allocate(PrefixHash.BYTES);
        hash.put(bytes);
        CRC32C sum = new CRC32C();
        sum.update(bytes.array());
        return sum;
    }

    /** Its bytes. */
    ByteBuffer bytes() {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        hash.put(bytes);
        parent.put(bytes);
        bytes.putInt(contentSum);
        bytes.putInt(checksum(bytes));
        return bytes.clear();
    }

    /** Reads what {@link #bytes} made; null where it is anything else. */
    static @Nullable SlotHeader read(ByteBuffer bytes) {
        ByteBuffer from = bytes.clear().order(ByteOrder.LITTLE_ENDIAN);
        SlotHeader header = new SlotHeader(PrefixHash.read(from), PrefixHash.read(from), from.getInt());
        return from.getInt() == checksum(from) ? header : null;
    }

    private static int checksum(ByteBuffer bytes) {
        CRC32C sum = new CRC32C();
        sum.update(bytes.duplicate().position(0).limit(USED - Integer.BYTES));
        return (int) sum.getValue();
    }

    /** Whether there is nothing: a slot that was never written, or was given up. */
    static boolean isEmpty(ByteBuffer bytes) {
        return bytes.clear().equals(ByteBuffer.allocate(BYTES));
    }
}
