package dev.altiplano.engine.checkpoint.gguf;

import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.tensor.StoredTensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Experts as llama.cpp has written them since 2024: those of a layer merged in one tensor of three dimensions
 * ({@code ffn_gate_exps}), which is taken apart into the tensors of before ({@code ffn_gate.3}).
 */
final class GgufExperts {

    private static final String MERGED = "_exps.weight";

    private GgufExperts() {}

    /** {@code tensors} with each merged one in its parts; {@code experts} is how many a layer must have. */
    static Map<String, StoredTensor> takenApart(Path file, Map<String, StoredTensor> tensors, int experts) {
        Map<String, StoredTensor> apart = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> {
            if (!name.endsWith(MERGED)) {
                apart.put(name, tensor);
                return;
            }
            if (tensor.dimensions() != 3 || tensor.size(0) != experts) {
                throw new CheckpointException(
                        file,
                        name + " should hold one matrix for each of " + experts + " experts, but has the shape "
                                + tensor.shapeText());
            }
            for (int i = 0; i < experts; i++) {
                String part = name.substring(0, name.length() - MERGED.length()) + "." + i + ".weight";
                if (apart.put(part, tensor.part(i, part)) != null) {
                    throw new CheckpointException(file, "has " + part + " as well as " + name);
                }
            }
        });
        return apart;
    }
}
