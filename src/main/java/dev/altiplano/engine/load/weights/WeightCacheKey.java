package dev.altiplano.engine.load.weights;

import dev.altiplano.engine.checkpoint.CheckedFile;
import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.tensor.Tensor;
import dev.altiplano.engine.kernel.PackedLayout;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * What packed weights were made of, in 32 bytes: the files' names, sizes and times of change, the model's shape, a row from the
 * middle of every tensor, where each tensor lies and how, and the kernels' layout.
 */
public final class WeightCacheKey {

    private WeightCacheKey() {}

    /** SHA-256 over all of it; reads some megabytes of the model. */
    public static byte[] of(Checkpoint checkpoint, WeightPlan plan) throws IOException {
        MessageDigest digest = sha256();
        StringBuilder text = new StringBuilder(PackedLayout.NAME).append('\n');
        text.append(checkpoint.hyperparameters()).append('\n').append(plan.text());
        for (CheckedFile file : checkpoint.files()) {
            if (file.weights()) {
                text.append(file.file().getFileName())
                        .append(' ')
                        .append(file.bytes())
                        .append(' ');
                text.append(Files.getLastModifiedTime(file.file())).append('\n');
            }
        }
        digest.update(text.toString().getBytes(StandardCharsets.UTF_8));
        for (Tensor tensor : checkpoint.tensors()) {
            digest.update((tensor.name() + ' ' + tensor.type() + '\n').getBytes(StandardCharsets.UTF_8));
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment row = arena.allocate(tensor.rowBytes(), 64);
                tensor.read(tensor.rows() / 2, 1, row, 0);
                digest.update(row.asByteBuffer());
            }
        }
        return digest.digest();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
