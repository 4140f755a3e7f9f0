package dev.altiplano.server.api.resume;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/**
 * What an answer is drawn from where its request leaves it open.
 *
 * @param answer where its ids and, without a seed of the client's, its random numbers come from
 * @param created when it began, seconds since 1970
 */
public record Beginning(UUID answer, long created) {

    /** The one that follows from {@code bytes}. */
    static Beginning of(byte[] bytes, long created) {
        try {
            ByteBuffer digest =
                    ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(bytes));
            return new Beginning(new UUID(digest.getLong(), digest.getLong()), created);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
