package dev.altiplano.engine.checkpoint;

import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.content.JsonObject;
import dev.altiplano.engine.checkpoint.tensor.StoredTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Takes away what wrappers of training put into the names of a model's tensors: {@code module._orig_mod.norm.weight}. */
public final class StateDictNames {

    /** Wrappers that stand anywhere in a name: of compiled, sharded and recomputed layers. */
    private static final Pattern INSIDE =
            Pattern.compile("\\b(_orig_mod|_fsdp_wrapped_module|_checkpoint_wrapped_module|_forward_module)\\.");

    /** What may come before the model's own names. Possessive: a name of a thousand such parts must not take as deep a stack. */
    private static final Pattern BEFORE =
            Pattern.compile("(?:(?:module|model|net|network|transformer|llm|llama)\\.)++");

    private StateDictNames() {}

    /** {@code file} with the names that {@code names} knows; as it is where it has them already. */
    public static TensorFile plain(TensorFile file, TensorNames names) {
        return plain(List.of(file), names).getFirst();
    }

    /** The same for the files of one model, of which one has the embedding, whose name tells what stands before all names. */
    public static List<TensorFile> plain(List<TensorFile> files, TensorNames names) {
        String embedding = names.fromGguf(TensorShape.EMBEDDING);
        List<TensorFile> unwrapped =
                files.stream().map(StateDictNames::unwrapped).toList();
        String prefix = "";
        for (TensorFile file : unwrapped) {
            if (file.tensors().containsKey(embedding)) {
                return unwrapped;
            }
            for (String name : file.tensors().keySet()) {
                String before =
                        name.endsWith("." + embedding) ? name.substring(0, name.length() - embedding.length()) : "";
                if (BEFORE.matcher(before).matches()) {
                    prefix = before;
                }
            }
        }
        List<TensorFile> plain = new ArrayList<>();
        for (TensorFile file : unwrapped) {
            Map<String, StoredTensor> tensors = new LinkedHashMap<>();
            for (Map.Entry<String, StoredTensor> entry : file.tensors().entrySet()) {
                String name = entry.getKey();
                tensors.put(name.startsWith(prefix) ? name.substring(prefix.length()) : name, entry.getValue());
            }
            plain.add(new TensorFile(file.file(), file.bytes(), tensors, file.sums()));
        }
        return plain;
    }

    private static TensorFile unwrapped(TensorFile file) {
        Map<String, StoredTensor> unwrapped = new LinkedHashMap<>();
        for (Map.Entry<String, StoredTensor> entry : file.tensors().entrySet()) {
            String name = INSIDE.matcher(entry.getKey()).replaceAll("");
            if (unwrapped.put(name, entry.getValue()) != null) {
                throw new CheckpointException(
                        file.file(), "has the tensor " + JsonObject.shorten(name) + " twice, under several wrappers");
            }
        }
        return new TensorFile(file.file(), file.bytes(), unwrapped, file.sums());
    }
}
