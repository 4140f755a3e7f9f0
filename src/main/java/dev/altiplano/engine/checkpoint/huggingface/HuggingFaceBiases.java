package dev.altiplano.engine.checkpoint.huggingface;

import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.tensor.StoredTensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Holds the biases that a configuration announces against those that the files hold: neither may be without the other, except
 * that biases of zeros, which tools for quantizing add to every layer, are left out.
 */
final class HuggingFaceBiases {

    private static final List<String> ATTENTION = List.of("attn_q", "attn_k", "attn_v", "attn_output");
    private static final List<String> MLP = List.of("ffn_gate", "ffn_up", "ffn_down");

    private HuggingFaceBiases() {}

    /** Checks the tensors by their GGUF names, and takes away what is without effect; {@code folder} is named in errors. */
    static void check(
            Path folder,
            HuggingFaceConfig config,
            Hyperparameters h,
            Map<String, StoredTensor> tensors,
            List<String> notes) {
        int before = tensors.size();
        tensors.entrySet()
                .removeIf(each ->
                        isUnannounced(each.getKey(), config) && each.getValue().isZero());
        if (tensors.size() < before) {
            notes.add((before - tensors.size()) + " biases of zeros, which " + HuggingFaceReader.CONFIG
                    + " does not announce, are left out: they change nothing");
        }
        check(folder, config, h, tensors.keySet(), "attention_bias", ATTENTION);
        check(folder, config, h, tensors.keySet(), "mlp_bias", MLP);
    }

    private static boolean isUnannounced(String tensor, HuggingFaceConfig config) {
        return tensor.endsWith(".bias") && !config.hasBias(tensor.contains(".ffn_") ? "mlp_bias" : "attention_bias");
    }

    private static void check(
            Path folder,
            HuggingFaceConfig config,
            Hyperparameters h,
            Set<String> tensors,
            String key,
            List<String> names) {
        boolean announced = config.hasBias(key);
        for (int layer = 0; layer < h.layers(); layer++) {
            for (String name : names) {
                String tensor = "blk." + layer + "." + name + ".bias";
                if (tensors.contains(tensor) != announced) {
                    throw new CheckpointException(
                            folder,
                            announced
                                    ? "config.json says " + key + ", but the bias of layer " + layer + " is missing ("
                                            + tensor + ")"
                                    : "holds biases (" + tensor + "), but config.json does not say " + key
                                            + ": set it to true if the model was trained with them");
                }
            }
        }
    }
}
