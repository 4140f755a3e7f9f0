package dev.altiplano.engine.load;

import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.tensor.Tensor;
import dev.altiplano.engine.kernel.KvFormat;
import dev.altiplano.engine.kernel.Numerics;
import dev.altiplano.engine.load.weights.WeightPlan;
import dev.altiplano.engine.tokenizer.Tokenizer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What a model's answers come from, in 16 hexadecimal digits: the definition of what is computed, the model's shape, a row from the
 * middle of every tensor, the formats in which weights, keys and values are held, its tokens and where they end an answer, and its chat
 * templates. Two services of the same digest hold the same model in the same way, wherever its files lie.
 */
final class ContentDigest {

    private static final int BYTES = 8;

    private ContentDigest() {}

    /** The digest; reads some megabytes of the model. {@code templates} are empty for a model that does not chat. */
    static String of(Checkpoint checkpoint, WeightPlan plan, KvFormat kv, Tokenizer tokenizer, String templates) {
        MessageDigest digest = sha256();
        String text = "numerics " + Numerics.VERSION + "\n" + checkpoint.hyperparameters() + "\n" + plan.text() + kv
                + "\n" + tokenizer.prefixIds() + tokenizer.suffixIds() + "\n" + templates;
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        for (int id = 0; id < tokenizer.vocabularySize(); id++) {
            byte[] bytes = tokenizer.bytes(id);
            digest.update((id + (tokenizer.isEnd(id) ? " ends " : " ") + bytes.length + "\n")
                    .getBytes(StandardCharsets.UTF_8));
            digest.update(bytes);
        }
        for (Tensor tensor : checkpoint.tensors()) {
            digest.update((tensor.name() + ' ' + tensor.type() + '\n').getBytes(StandardCharsets.UTF_8));
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment row = arena.allocate(tensor.rowBytes(), 64);
                tensor.read(tensor.rows() / 2, 1, row, 0);
                digest.update(row.asByteBuffer());
            }
        }
        return HexFormat.of().formatHex(digest.digest(), 0, BYTES);
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
