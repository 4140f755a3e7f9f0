package dev.altiplano.engine.checkpoint.gguf;

import dev.altiplano.engine.checkpoint.CheckedFile;
import dev.altiplano.engine.checkpoint.CheckpointFormat;
import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.checkpoint.IgnoredTensors;
import dev.altiplano.engine.checkpoint.LayerWidths;
import dev.altiplano.engine.checkpoint.OpenCheckpoint;
import dev.altiplano.engine.checkpoint.TensorAssembly;
import dev.altiplano.engine.checkpoint.TensorAssembly.Shard;
import dev.altiplano.engine.checkpoint.TensorNames;
import dev.altiplano.engine.checkpoint.TensorShape;
import dev.altiplano.engine.checkpoint.WidenedLayers;
import dev.altiplano.engine.checkpoint.tensor.StoredTensor;
import dev.altiplano.engine.checkpoint.tensor.Tensor;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/** Reads a model from one GGUF file, or from the parts of a split one, whichever of them is named. */
public final class GgufReader {

    public static final int MAGIC = 0x46554747; // "GGUF"

    /** Read with the hyperparameters. */
    private static final Set<String> ROPE = Set.of(GgufRope.FREQUENCIES, GgufRope.LONG, GgufRope.SHORT);

    private GgufReader() {}

    /** Maps the files of a model into {@code arena} and reads their headers; the tensors' data is not touched. */
    public static OpenCheckpoint.Contents read(Path file, Arena arena) {
        List<GgufFile> parts = GgufParts.open(file, arena);
        GgufFile first = parts.getFirst();
        List<String> notes = new ArrayList<>();
        List<CheckedFile> files = new ArrayList<>();
        for (GgufFile part : parts) {
            files.add(new CheckedFile(part.file(), part.byteSize(), true, null, null, List.of()));
        }
        Map<String, StoredTensor> all = GgufParts.tensors(parts);
        GgufModel model = new GgufModel(first.keys(), all, notes);
        List<LayerWidths> layers = model.layers();
        Hyperparameters h = model.hyperparameters(layers);
        Map<String, StoredTensor> stored = known(
                first.file(),
                GgufExperts.takenApart(first.file(), all, h.experts().count()),
                notes);
        SequencedMap<String, Tensor> tensors =
                TensorAssembly.assemble(h, layers, List.of(new Shard(first.file(), stored)), TensorNames.GGUF, true);
        if (layers.stream().distinct().count() > 1) {
            tensors = WidenedLayers.of(first.file(), tensors, layers, h.headDim());
        }
        boolean tied = !stored.containsKey(TensorShape.OUTPUT);
        return new OpenCheckpoint.Contents(
                first.file(),
                CheckpointFormat.GGUF,
                h,
                model.tokenizer(notes),
                tensors,
                tied,
                List.copyOf(files),
                List.copyOf(notes));
    }

    private static Map<String, StoredTensor> known(Path file, Map<String, StoredTensor> stored, List<String> notes) {
        Map<String, StoredTensor> known = new LinkedHashMap<>();
        stored.forEach((name, tensor) -> {
            if (TensorNames.GGUF.toGguf(name) != null) {
                known.put(name, tensor);
            } else if (!ROPE.contains(name)) {
                IgnoredTensors.check(file, name, notes);
            }
        });
        return known;
    }
}
