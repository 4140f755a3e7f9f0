package dev.altiplano.engine.checkpoint;

import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.content.JsonObject;
import dev.altiplano.engine.checkpoint.tensor.StoredTensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** Takes away what wrappers of training put into the names of a model's tensors: {@code module._orig_mod.norm.weight}. */
public final class StateDictNames {

    /** Wrappers that stand anywhere in a name: of compiled, sharded and recomputed layers. */
    private static final Pattern INSIDE =
            Pattern.compile("\\b(_orig_mod|_fsdp_wrapped_module|_checkpoint_wrapped_module|_forward_module)\\.");

    /** What may come before the model's own names. */
    private static final Pattern BEFORE = Pattern.compile("((module|model|net|network|transformer|llm|llama)\\.)+");

    private StateDictNames() {}

    /** {@code file} with the names that {@code names} knows; itself where it has them already. */
    public static TensorFile plain(TensorFile file, TensorNames names) {
        String embedding = names.fromGguf(TensorShape.EMBEDDING);
        if (file.tensors().containsKey(embedding)) {
            return file;
        }
        String prefix = "";
        Map<String, StoredTensor> unwrapped = new LinkedHashMap<>();
        for (Map.Entry<String, StoredTensor> entry : file.tensors().entrySet()) {
            String name = INSIDE.matcher(entry.getKey()).replaceAll("");
            if (unwrapped.put(name, entry.getValue()) != null) {
                throw new CheckpointException(
                        file.file(), "has the tensor " + JsonObject.shorten(name) + " twice, under several wrappers");
            }
            String before = name.endsWith("." + embedding) ? name.substring(0, name.length() - embedding.length()) : "";
            if (BEFORE.matcher(before).matches()) {
                prefix = before;
            }
        }
        Map<String, StoredTensor> plain = new LinkedHashMap<>();
        for (Map.Entry<String, StoredTensor> entry : unwrapped.entrySet()) {
            String name = entry.getKey();
            plain.put(name.startsWith(prefix) ? name.substring(prefix.length()) : name, entry.getValue());
        }
        return new TensorFile(file.file(), file.bytes(), plain, file.sums());
    }
}
