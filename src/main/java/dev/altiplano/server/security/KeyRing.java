package dev.altiplano.server.security;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All keys that are in force, as hashes; finding the caller of one takes the same time whichever it is, and for none. Immutable. */
final class KeyRing {

    /** A key's hash and whose it is. */
    static final class Held {

        private final byte[] hash;
        private final Caller caller;

        Held(byte[] hash, Caller caller) {
            this.hash = hash;
            this.caller = caller;
        }
    }

    private final List<Held> keys;

    KeyRing(List<Held> keys) {
        this.keys = List.copyOf(keys);
    }

    int size() {
        return keys.size();
    }

    /**
     * The caller with this key, or null. Compares hashes, so that the time of a comparison says nothing about the key, and
     * goes on after the right one, so that its place says nothing either.
     */
    @Nullable
    Caller find(String key) {
        byte[] hash = sha256(key);
        Caller found = null;
        for (Held held : keys) {
            if (MessageDigest.isEqual(hash, held.hash)) {
                found = held.caller;
            }
        }
        return found;
    }

    /** The SHA-256 of a key; a header's characters are bytes. */
    static byte[] sha256(String key) {
        return sha256(key.getBytes(StandardCharsets.ISO_8859_1));
    }

    static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
