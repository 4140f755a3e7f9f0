package dev.altiplano.engine.cache;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * SHA-256 of all that the numbers in a KV block depend on: what computes them, the salt that separates those who must not share, and
 * the tokens from the beginning to the block's end.
 */
public record PrefixHash(long first, long second, long third, long fourth) {

    /** Bytes that {@link #put} writes. */
    public static final int BYTES = 32;

    /**
     * What the hashes of all blocks of a salt begin with.
     *
     * @param fingerprint of model, formats and arithmetic
     */
    public static PrefixHash root(byte[] fingerprint, String salt) {
        // As UTF-16: in UTF-8 unpaired surrogates, of which a salt may have some, would all be the same.
        ByteBuffer bytes = ByteBuffer.allocate(fingerprint.length + Character.BYTES * salt.length());
        bytes.put(fingerprint).asCharBuffer().put(salt);
        return of(bytes);
    }

    /** The hash of a block that holds {@code count} of {@code tokens} from {@code from} on, behind this one. */
    public PrefixHash next(int[] tokens, int from, int count) {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES + Integer.BYTES * count);
        put(bytes);
        bytes.asIntBuffer().put(tokens, from, count);
        return of(bytes);
    }

    /** Writes {@link #BYTES} bytes. */
    public void put(ByteBuffer target) {
        target.putLong(first).putLong(second).putLong(third).putLong(fourth);
    }

    /** Reads what {@link #put} wrote. */
    public static PrefixHash read(ByteBuffer source) {
        return new PrefixHash(source.getLong(), source.getLong(), source.getLong(), source.getLong());
    }

    private static PrefixHash of(ByteBuffer bytes) {
        try {
            return read(ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(bytes.array())));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
