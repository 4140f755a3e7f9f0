package dev.altiplano.training.model;

import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.training.TrainingException;
import dev.altiplano.training.kernel.TrainingKernels;
import java.util.ArrayList;
import java.util.List;

/**
 * Where each tensor lies in the flat vector of weights. Query, key and value weights lie one below the other, and so do gate
 * (w1) and up (w3), so that each group is one matrix.
 */
public final class ParameterLayout {

    /**
     * One tensor.
     *
     * @param name Meta's name
     * @param offset of its first element in the vector
     * @param rows 1 for a vector
     * @param decays whether weight decay applies: to matrices, not to norms and embeddings
     */
    public record Part(String name, long offset, int rows, int columns, boolean decays) {

        /** Number of elements. */
        public long size() {
            return (long) rows * columns;
        }
    }

    /** Offsets of one layer's tensors. */
    record Layer(long qkv, long output, long gateUp, long down, long attentionNorm, long ffnNorm) {}

    private final Hyperparameters shape;
    private final ArrayList<Part> parts = new ArrayList<>();
    private final Layer[] layers;
    private long size;

    public ParameterLayout(Hyperparameters shape) {
        check(shape);
        this.shape = shape;
        int hidden = shape.hiddenSize();
        int keys = shape.kvHeads() * shape.headDim();
        int queries = shape.heads() * shape.headDim();
        add("tok_embeddings.weight", shape.vocabularySize(), hidden, false);
        add("norm.weight", 1, hidden, false);
        add("output.weight", shape.vocabularySize(), hidden, true);
        layers = new Layer[shape.layers()];
        for (int i = 0; i < layers.length; i++) {
            String layer = "layers." + i + ".";
            long qkv = add(layer + "attention.wq.weight", queries, hidden, true);
            add(layer + "attention.wk.weight", keys, hidden, true);
            add(layer + "attention.wv.weight", keys, hidden, true);
            long output = add(layer + "attention.wo.weight", hidden, queries, true);
            long gateUp = add(layer + "feed_forward.w1.weight", shape.intermediateSize(), hidden, true);
            add(layer + "feed_forward.w3.weight", shape.intermediateSize(), hidden, true);
            long down = add(layer + "feed_forward.w2.weight", hidden, shape.intermediateSize(), true);
            long attentionNorm = add(layer + "attention_norm.weight", 1, hidden, false);
            long ffnNorm = add(layer + "ffn_norm.weight", 1, hidden, false);
            layers[i] = new Layer(qkv, output, gateUp, down, attentionNorm, ffnNorm);
        }
    }

    private static void check(Hyperparameters shape) {
        multiple("hidden size", shape.hiddenSize());
        multiple("intermediate size", shape.intermediateSize());
        multiple("head dim", shape.headDim());
        multiple("vocabulary size", shape.vocabularySize());
        multiple("context length", shape.contextLength());
        if (shape.headDim() > TrainingKernels.MAX_HEAD_DIM) {
            throw new TrainingException(
                    "head dim " + shape.headDim() + ": training takes at most " + TrainingKernels.MAX_HEAD_DIM);
        }
        if (shape.layers() < 1 || shape.kvHeads() < 1 || shape.heads() % shape.kvHeads() != 0) {
            throw new TrainingException(shape.layers() + " layers, " + shape.heads() + " heads, " + shape.kvHeads()
                    + " KV heads: at least one of each, and KV heads must divide heads");
        }
    }

    private static void multiple(String what, int value) {
        if (value < TrainingKernels.LANES || value % TrainingKernels.LANES != 0) {
            throw new TrainingException(
                    what + " " + value + ": training needs a positive multiple of " + TrainingKernels.LANES);
        }
    }

    private long add(String name, int rows, int columns, boolean decays) {
        Part part = new Part(name, size, rows, columns, decays);
        parts.add(part);
        size += part.size();
        return part.offset();
    }

    public Hyperparameters shape() {
        return shape;
    }

    /** All tensors in the order in which they lie. */
    public List<Part> parts() {
        return List.copyOf(parts);
    }

    /** Number of weights. */
    public long size() {
        return size;
    }

    Layer layer(int index) {
        return layers[index];
    }

    /** The part called {@code name}. */
    public Part part(String name) {
        for (Part part : parts) {
            if (part.name().equals(name)) {
                return part;
            }
        }
        throw new TrainingException("no tensor " + name);
    }
}
