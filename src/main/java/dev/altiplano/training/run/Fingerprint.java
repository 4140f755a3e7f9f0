package dev.altiplano.training.run;

import dev.altiplano.training.TrainingException;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a run is made from beside its options, by SHA-256: a run that went on with another file under an old name would end as none
 * that was not interrupted.
 */
final class Fingerprint {

    /** Before the name of what was read, in the settings of a state. */
    static final String PREFIX = "sha256 of ";

    private static final int CHUNK = 1 << 24;

    private final TreeMap<String, String> sums = new TreeMap<>();

    /** Adds the content of {@code file}. */
    void add(Path file) {
        MessageDigest digest = sha256();
        try (OutputStream sum = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
            Files.copy(file, sum);
        } catch (IOException e) {
            throw new TrainingException(file + ": cannot be read: " + e, e);
        }
        put(file.toString(), digest);
    }

    void add(String name, byte[] content) {
        MessageDigest digest = sha256();
        digest.update(content);
        put(name, digest);
    }

    /** Adds weights and what is not in them: shape and the like, as text. */
    void add(String name, String shape, MemorySegment weights) {
        MessageDigest digest = sha256();
        digest.update(shape.getBytes(StandardCharsets.UTF_8));
        for (long at = 0; at < weights.byteSize(); at += CHUNK) {
            digest.update(weights.asSlice(at, Math.min(CHUNK, weights.byteSize() - at))
                    .asByteBuffer());
        }
        put(name, digest);
    }

    private void put(String name, MessageDigest digest) {
        sums.put(PREFIX + name, HexFormat.of().formatHex(digest.digest()));
    }

    /** The sums by {@link #PREFIX} and name. */
    Map<String, String> sums() {
        return Map.copyOf(sums);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
