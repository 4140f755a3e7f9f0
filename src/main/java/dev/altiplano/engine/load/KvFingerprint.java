package dev.altiplano.engine.load;

import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.kernel.Backend;
import dev.altiplano.engine.kernel.KvShape;
import dev.altiplano.engine.kernel.Numerics;
import dev.altiplano.engine.kernel.PackedLayout;
import dev.altiplano.engine.load.weights.WeightPlan;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.zip.CRC32C;

/**
 * All that keys and values depend on beside tokens and adapters, in 32 bytes: every weight, the model's shape, the KV blocks' layout,
 * and what computes. Two engines of one fingerprint compute the same bits.
 */
final class KvFingerprint {

    private static final int CHUNK_BYTES = 1 << 20;

    private KvFingerprint() {}

    /**
     * The fingerprint; reads all weights.
     *
     * @param weights all of them, packed
     * @param oneRule whether every backend computes the same
     */
    static byte[] of(
            MemorySegment weights,
            WeightPlan plan,
            Hyperparameters config,
            KvShape kv,
            Backend backend,
            boolean oneRule) {
        KvShape oneBlock = new KvShape(kv.format(), kv.layers(), 1, kv.blockTokens(), kv.kvHeads(), kv.headDim());
        String computes = oneRule ? "one rule" : backend.name() + " " + backend.instructionSet();
        String text = String.join(
                "\n",
                "numerics " + Numerics.VERSION,
                PackedLayout.NAME,
                String.valueOf(config),
                plan.text(),
                String.valueOf(oneBlock),
                computes);
        MessageDigest digest = ContentDigest.sha256();
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        for (long at = 0; at < weights.byteSize(); at += CHUNK_BYTES) {
            CRC32C sum = new CRC32C();
            sum.update(weights.asSlice(at, Math.min(CHUNK_BYTES, weights.byteSize() - at))
                    .asByteBuffer());
            digest.update(ByteBuffer.allocate(Integer.BYTES)
                    .putInt((int) sum.getValue())
                    .flip());
        }
        return digest.digest();
    }
}
