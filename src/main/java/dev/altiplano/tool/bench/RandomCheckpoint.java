package dev.altiplano.tool.bench;

import dev.altiplano.engine.checkpoint.CheckedFile;
import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.CheckpointFormat;
import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.checkpoint.TensorShape;
import dev.altiplano.engine.checkpoint.TokenizerData;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.tensor.Tensor;
import dev.altiplano.engine.checkpoint.tensor.TensorType;
import dev.altiplano.tool.convert.TensorTypes;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedCollection;

/**
 * A model of a given shape with seeded random weights, which takes no memory until its tensors are read. It computes as fast as
 * a trained one and says nothing sensible.
 */
public final class RandomCheckpoint implements Checkpoint {

    private static final float DEVIATION = 0.02f;

    private final String name;
    private final Hyperparameters hyperparameters;
    private final TensorTypes types;
    private final Map<TensorType, RandomPieces> pieces = new EnumMap<>(TensorType.class);
    private final RandomPieces norms = RandomPieces.of(TensorType.F32, 1, 0.1f, 1);
    private final LinkedHashMap<String, Tensor> tensors = new LinkedHashMap<>();

    public RandomCheckpoint(String name, Hyperparameters hyperparameters, TensorTypes types) {
        this.name = name;
        this.hyperparameters = hyperparameters;
        this.types = types;
        Hyperparameters h = hyperparameters;
        int queries = h.heads() * h.headDim();
        int keys = h.kvHeads() * h.headDim();
        add("token_embd.weight", h.vocabularySize(), h.hiddenSize());
        for (int layer = 0; layer < h.layers(); layer++) {
            String prefix = "blk." + layer + ".";
            add(prefix + "attn_norm.weight", 1, h.hiddenSize());
            add(prefix + "attn_q.weight", queries, h.hiddenSize());
            add(prefix + "attn_k.weight", keys, h.hiddenSize());
            add(prefix + "attn_v.weight", keys, h.hiddenSize());
            add(prefix + "attn_output.weight", h.hiddenSize(), queries);
            add(prefix + "ffn_norm.weight", 1, h.hiddenSize());
            if (h.experts().any()) {
                add(prefix + TensorShape.ROUTER, h.experts().count(), h.hiddenSize());
            }
            for (int expert = 0; expert < Math.max(1, h.experts().count()); expert++) {
                String number = h.experts().any() ? "." + expert : "";
                add(prefix + "ffn_gate" + number + ".weight", h.intermediateSize(), h.hiddenSize());
                add(prefix + "ffn_up" + number + ".weight", h.intermediateSize(), h.hiddenSize());
                add(prefix + "ffn_down" + number + ".weight", h.hiddenSize(), h.intermediateSize());
            }
        }
        add("output_norm.weight", 1, h.hiddenSize());
        add("output.weight", h.vocabularySize(), h.hiddenSize());
    }

    private void add(String tensor, int rows, int columns) {
        TensorType type = types.of(tensor, rows, columns);
        RandomPieces made = rows == 1
                ? norms
                : pieces.computeIfAbsent(type, wanted -> RandomPieces.of(wanted, 0, DEVIATION, wanted.id()));
        tensors.put(tensor, new RandomTensor(tensor, type, rows, columns, made));
    }

    @Override
    public Path path() {
        return Path.of(name);
    }

    @Override
    public CheckpointFormat format() {
        return CheckpointFormat.GGUF;
    }

    @Override
    public Hyperparameters hyperparameters() {
        return hyperparameters;
    }

    @Override
    public TokenizerData tokenizer() {
        return RandomVocabulary.of(hyperparameters.vocabularySize());
    }

    @Override
    public SequencedCollection<Tensor> tensors() {
        return Collections.unmodifiableSequencedCollection(tensors.sequencedValues());
    }

    @Override
    public boolean tiedOutput() {
        return false;
    }

    @Override
    public List<CheckedFile> files() {
        return List.of();
    }

    @Override
    public List<String> notes() {
        return List.of("its weights are random");
    }

    @Override
    public Tensor tensor(String tensor) {
        Tensor found = tensors.get(tensor);
        if (found == null) {
            throw new CheckpointException(path(), "has no tensor called " + tensor);
        }
        return found;
    }

    @Override
    public void close() {
        // There is nothing behind it.
    }
}
