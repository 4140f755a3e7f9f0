package dev.altiplano.engine.checkpoint.huggingface;

import dev.altiplano.engine.checkpoint.IgnoredTensors;
import dev.altiplano.engine.checkpoint.TensorNames;
import dev.altiplano.engine.checkpoint.architecture.Experts;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.content.JsonObject;
import dev.altiplano.engine.checkpoint.tensor.StoredTensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Collects the tensors of a folder under GGUF's names. Besides those of a whole model it knows the names of the bare one, which
 * lack {@code model.} in front, and the experts of a layer in two tensors, as transformers holds them since version 5.
 */
final class FolderTensors {

    private static final String PREFIX = "model.";
    private static final Pattern MERGED =
            Pattern.compile("model\\.layers\\.(0|[1-9][0-9]{0,8})\\.mlp\\.experts\\.(gate_up|down)_proj");
    private static final String ROUTER = ".mlp.gate.weight";

    private final Experts experts;
    private final List<String> notes;
    private final Map<String, StoredTensor> tensors = new LinkedHashMap<>();

    /** None yet; {@code notes} gets what is left out. */
    FolderTensors(Experts experts, List<String> notes) {
        this.experts = experts;
        this.notes = notes;
    }

    /** The tensors so far, by GGUF name. */
    Map<String, StoredTensor> tensors() {
        return tensors;
    }

    /** Whether a model of the family has a tensor that a folder calls {@code name}. */
    static boolean isKnown(String name) {
        return gguf(name) != null
                || MERGED.matcher(name).matches()
                || MERGED.matcher(PREFIX + name).matches();
    }

    private static @Nullable String gguf(String name) {
        String usual = name.endsWith(ROUTER)
                ? name.substring(0, name.length() - ROUTER.length()) + ".block_sparse_moe.gate.weight"
                : name;
        String gguf = TensorNames.HUGGING_FACE.toGguf(usual);
        return gguf != null ? gguf : TensorNames.HUGGING_FACE.toGguf(PREFIX + usual);
    }

    /** Adds what {@code file} calls {@code name}; throws {@link CheckpointException} for what would change results and is not known. */
    void add(Path file, String name, StoredTensor tensor) {
        String gguf = gguf(name);
        Matcher merged = MERGED.matcher(name.startsWith(PREFIX) ? name : PREFIX + name);
        if (gguf != null) {
            put(file, gguf, name, tensor);
        } else if (merged.matches()) {
            takeApart(file, merged.group(1), merged.group(2).equals("down"), tensor);
        } else if (!name.endsWith("rotary_emb.inv_freq")) {
            IgnoredTensors.check(file, name, notes);
        }
    }

    /** Experts one behind the other: down as it is, gate and up with the rows of gate first. */
    private void takeApart(Path file, String layer, boolean down, StoredTensor tensor) {
        if (tensor.dimensions() != 3
                || tensor.size(0) != experts.count()
                || (!down && tensor.size(1) % 2 != 0)
                || tensor.type().elements() > 1) {
            throw new CheckpointException(
                    file,
                    tensor.name() + " should hold one matrix for each of " + experts.count()
                            + " experts, but has the shape " + tensor.shapeText());
        }
        for (int expert = 0; expert < experts.count(); expert++) {
            StoredTensor own = tensor.part(expert, tensor.name());
            String end = "." + expert + ".weight";
            if (down) {
                put(file, "blk." + layer + ".ffn_down" + end, tensor.name(), own);
            } else {
                long rows = tensor.size(1) / 2;
                put(file, "blk." + layer + ".ffn_gate" + end, tensor.name(), own.rows(0, rows, tensor.name()));
                put(file, "blk." + layer + ".ffn_up" + end, tensor.name(), own.rows(rows, rows, tensor.name()));
            }
        }
    }

    private void put(Path file, String gguf, String name, StoredTensor tensor) {
        if (tensors.put(gguf, tensor) != null) {
            throw new CheckpointException(
                    file, "has " + JsonObject.shorten(name) + " a second time, under another name");
        }
    }
}
