package dev.altiplano.engine.checkpoint.gguf;

import dev.altiplano.engine.checkpoint.TensorNames;
import dev.altiplano.engine.checkpoint.adapter.AdapterFile;
import dev.altiplano.engine.checkpoint.adapter.LowRank;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.content.JsonObject;
import dev.altiplano.engine.checkpoint.tensor.StoredTensor;
import dev.altiplano.engine.checkpoint.tensor.Tensor;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Reads a LoRA adapter as llama.cpp has it: a GGUF file whose {@code general.type} is adapter, with tensors
 * {@code blk.0.attn_q.weight.lora_a} [rank, inputs] and {@code .lora_b} [outputs, rank]; the scale is
 * {@code adapter.lora.alpha} / rank, or 1 where that key is absent or 0.
 */
public final class GgufAdapterReader {

    private static final String A = ".lora_a";
    private static final String B = ".lora_b";

    private GgufAdapterReader() {}

    /** Maps {@code file} into {@code arena}. */
    public static AdapterFile read(Path file, Arena arena) {
        GgufFile opened = new GgufFile(file, arena);
        GgufMetadata keys = opened.keys();
        require(keys, "general.type", "adapter", "this is not an adapter");
        require(keys, "adapter.type", "lora", "only LoRA is read");
        require(keys, "general.architecture", "llama", "only adapters of llama are read");
        if (keys.has("adapter.alora.invocation_tokens")) {
            throw new CheckpointException(
                    file, "has adapter.alora.invocation_tokens: adapters that begin at a token are not supported");
        }
        double alpha = keys.number("adapter.lora.alpha", -1e9, 1e9, 0);
        List<LowRank> parts = new ArrayList<>();
        for (Map.Entry<String, StoredTensor> entry : opened.tensors().entrySet()) {
            String name = entry.getKey();
            String target = name.substring(0, Math.max(0, name.length() - A.length()));
            if (!(name.endsWith(A) || name.endsWith(B))
                    || !target.startsWith("blk.")
                    || target.endsWith("norm.weight")
                    || TensorNames.GGUF.toGguf(target) == null) {
                throw new CheckpointException(
                        file,
                        "has the tensor " + JsonObject.shorten(name)
                                + ", which is not a LoRA matrix of a projection of a layer");
            }
            String other = target + (name.endsWith(A) ? B : A);
            StoredTensor counterpart = opened.tensors().get(other);
            if (counterpart == null) {
                throw new CheckpointException(file, "has " + name + ", but not " + other);
            }
            if (name.endsWith(A)) {
                Tensor a = entry.getValue().matrix(name);
                parts.add(
                        new LowRank(target, a, counterpart.matrix(other), alpha == 0 ? 1 : (float) (alpha / a.rows())));
            }
        }
        return AdapterFile.of(file, parts);
    }

    private static void require(GgufMetadata keys, String key, String value, String otherwise) {
        if (!keys.has(key)) {
            throw new CheckpointException(keys.file(), "has no " + key + ": " + otherwise);
        }
        if (!keys.text(key).equals(value)) {
            throw new CheckpointException(
                    keys.file(),
                    key + " is \"" + JsonObject.shorten(keys.text(key)) + "\", expected \"" + value + "\": "
                            + otherwise);
        }
    }
}
