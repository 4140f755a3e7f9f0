package dev.altiplano.engine.checkpoint;

import dev.altiplano.engine.checkpoint.TensorShape.Split;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.tensor.JoinedTensor;
import dev.altiplano.engine.checkpoint.tensor.StoredTensor;
import dev.altiplano.engine.checkpoint.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** Makes the tensors of a model from what its files hold: checks every shape, joins shards, ties the output if it may. */
public final class TensorAssembly {

    /** One shard: its file, which errors name, and its tensors by GGUF name. */
    public record Shard(Path file, Map<String, StoredTensor> tensors) {}

    private final List<Shard> shards;
    private final TensorNames names;

    private TensorAssembly(List<Shard> shards, TensorNames names) {
        this.shards = shards;
        this.names = names;
    }

    /**
     * The tensors that a model of shape {@code h} needs, by GGUF name in the first shard's order. A missing output becomes
     * the embedding where {@code mayTie}; errors call tensors by {@code names}.
     */
    public static SequencedMap<String, Tensor> assemble(
            Hyperparameters h, List<Shard> shards, TensorNames names, boolean mayTie) {
        return assemble(h, LayerWidths.alike(h), shards, names, mayTie);
    }

    /** The same, each layer as wide as {@code layers} says. */
    public static SequencedMap<String, Tensor> assemble(
            Hyperparameters h, List<LayerWidths> layers, List<Shard> shards, TensorNames names, boolean mayTie) {
        return new TensorAssembly(shards, names).run(h, layers, mayTie);
    }

    private SequencedMap<String, Tensor> run(Hyperparameters h, List<LayerWidths> layers, boolean mayTie) {
        Shard first = shards.getFirst();
        Map<String, Tensor> assembled = new HashMap<>();
        for (TensorShape shape : TensorShape.all(h, layers)) {
            boolean tied =
                    mayTie && shape.name().equals(TensorShape.OUTPUT) && !first.tensors.containsKey(shape.name());
            assembled.put(shape.name(), tied ? tiedOutput(shape) : join(shape));
        }
        for (TensorShape shape : TensorShape.biases(h, layers)) {
            if (first.tensors.containsKey(shape.name())) {
                assembled.put(shape.name(), join(shape));
            }
        }
        SequencedMap<String, Tensor> inOrder = new LinkedHashMap<>();
        for (String name : first.tensors.keySet()) {
            Tensor tensor = assembled.get(name);
            if (tensor == null) {
                throw new CheckpointException(
                        first.file,
                        "has " + names.fromGguf(name) + ", but the model is said to have " + h.layers() + " layers"
                                + (h.experts().any() ? " of " + h.experts().count() + " experts" : ""));
            }
            inOrder.put(name, tensor);
        }
        Tensor output = assembled.get(TensorShape.OUTPUT);
        if (output != null) {
            inOrder.putIfAbsent(TensorShape.OUTPUT, output);
        }
        return inOrder;
    }

    private Tensor tiedOutput(TensorShape shape) {
        List<StoredTensor> embedding = parts(shape, TensorShape.EMBEDDING);
        return exact(shape, embedding.getFirst()).matrix(TensorShape.OUTPUT);
    }

    private Tensor join(TensorShape shape) {
        List<StoredTensor> parts = parts(shape, shape.name());
        StoredTensor first = parts.getFirst();
        int count = parts.size();
        Split split = shape.split();
        if (split == Split.EITHER) {
            split = first.dimensions() == 2 && first.size(1) == shape.columns() ? Split.ROWS : Split.COLUMNS;
        }
        if (count == 1 || split == Split.NONE) {
            parts.forEach(part -> exact(shape, part));
            return first.matrix(shape.name());
        }
        boolean sideBySide = split == Split.COLUMNS;
        long rows = sideBySide ? shape.rows() : shape.rows() / count;
        long columns = sideBySide ? shape.columns() / count : shape.columns();
        List<Tensor> joined = new ArrayList<>();
        for (StoredTensor part : parts) {
            boolean divides = sideBySide ? columns * count == shape.columns() : rows * count == shape.rows();
            if (!divides || !part.hasShape(rows, columns)) {
                throw new CheckpointException(
                        part.file(),
                        part.name() + " has the shape " + part.shapeText() + "; as one of " + count + " shards of "
                                + shape.text() + " it should have [" + rows + ", " + columns + "]");
            }
            if (part.type() != first.type()) {
                throw new CheckpointException(
                        part.file(),
                        part.name() + " is " + part.type() + ", in "
                                + first.file().getFileName() + " it is " + first.type());
            }
            joined.add(part.matrix(shape.name()));
        }
        return new JoinedTensor(joined, sideBySide);
    }

    private List<StoredTensor> parts(TensorShape shape, String name) {
        List<StoredTensor> parts = new ArrayList<>();
        for (Shard shard : shards) {
            StoredTensor part = shard.tensors.get(name);
            if (part == null) {
                throw new CheckpointException(
                        shard.file, "lacks the tensor " + names.fromGguf(name) + " " + shape.text());
            }
            parts.add(part);
        }
        return parts;
    }

    private StoredTensor exact(TensorShape shape, StoredTensor stored) {
        if (!stored.hasShape(shape.rows(), shape.columns())) {
            throw new CheckpointException(
                    stored.file(),
                    stored.name() + " has the shape " + stored.shapeText() + ", the model needs " + shape.text()
                            + hint(shape, stored));
        }
        return stored;
    }

    private String hint(TensorShape shape, StoredTensor stored) {
        if (names != TensorNames.META || stored.dimensions() != 2 || shape.split() == Split.NONE) {
            return "";
        }
        boolean fewerRows = stored.size(1) == shape.columns() && shape.rows() % stored.size(0) == 0;
        boolean fewerColumns = stored.size(0) == shape.rows() && shape.columns() % stored.size(1) == 0;
        return fewerRows || fewerColumns ? " (is a shard missing?)" : "";
    }
}
