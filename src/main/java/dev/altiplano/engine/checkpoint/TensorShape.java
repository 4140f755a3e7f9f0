package dev.altiplano.engine.checkpoint;

import java.util.ArrayList;
import java.util.List;

/**
 * One tensor that a LLaMA model needs, under its GGUF name.
 *
 * @param rows 1 for a vector
 * @param split how Meta's shards divide it
 */
public record TensorShape(String name, long rows, long columns, Split split) {

    /** How model-parallel shards divide a tensor. */
    enum Split {
        /** Every shard has all of it. */
        NONE,
        ROWS,
        COLUMNS,
        /** LLaMA 1 and 2 divide the embedding by columns, Llama 3 by rows: the shape tells. */
        EITHER
    }

    public static final String EMBEDDING = "token_embd.weight";
    public static final String OUTPUT = "output.weight";
    public static final String QUERY = "attn_q.weight";
    public static final String KEY = "attn_k.weight";

    /** What chooses a token's experts. */
    public static final String ROUTER = "ffn_gate_inp.weight";

    /** Tensors that a model has only where its file holds them: what is added to the products of a layer. */
    static List<TensorShape> biases(Hyperparameters h, List<LayerWidths> layers) {
        List<TensorShape> all = new ArrayList<>();
        for (int layer = 0; layer < h.layers(); layer++) {
            String prefix = "blk." + layer + ".";
            LayerWidths widths = layers.get(layer);
            all.add(bias(prefix + "attn_q.bias", (long) widths.heads() * h.headDim()));
            all.add(bias(prefix + "attn_k.bias", (long) widths.kvHeads() * h.headDim()));
            all.add(bias(prefix + "attn_v.bias", (long) widths.kvHeads() * h.headDim()));
            all.add(bias(prefix + "attn_output.bias", h.hiddenSize()));
            if (!h.experts().any()) {
                all.add(bias(prefix + "ffn_gate.bias", widths.intermediateSize()));
                all.add(bias(prefix + "ffn_up.bias", widths.intermediateSize()));
                all.add(bias(prefix + "ffn_down.bias", h.hiddenSize()));
            }
        }
        return all;
    }

    private static TensorShape bias(String name, long size) {
        return new TensorShape(name, 1, size, Split.NONE);
    }

    /** All tensors that a model needs, in Meta's order. */
    static List<TensorShape> all(Hyperparameters h, List<LayerWidths> layers) {
        List<TensorShape> all = new ArrayList<>();
        long dim = h.hiddenSize();
        all.add(new TensorShape(EMBEDDING, h.vocabularySize(), dim, Split.EITHER));
        all.add(new TensorShape("output_norm.weight", 1, dim, Split.NONE));
        all.add(new TensorShape(OUTPUT, h.vocabularySize(), dim, Split.ROWS));
        for (int layer = 0; layer < h.layers(); layer++) {
            String prefix = "blk." + layer + ".";
            LayerWidths widths = layers.get(layer);
            long queries = (long) widths.heads() * h.headDim();
            long keys = (long) widths.kvHeads() * h.headDim();
            long intermediate = widths.intermediateSize();
            all.add(new TensorShape(prefix + QUERY, queries, dim, Split.ROWS));
            all.add(new TensorShape(prefix + KEY, keys, dim, Split.ROWS));
            all.add(new TensorShape(prefix + "attn_v.weight", keys, dim, Split.ROWS));
            all.add(new TensorShape(prefix + "attn_output.weight", dim, queries, Split.COLUMNS));
            if (h.experts().any()) {
                all.add(new TensorShape(prefix + ROUTER, h.experts().count(), dim, Split.NONE));
            }
            for (int expert = 0; expert < Math.max(1, h.experts().count()); expert++) {
                String end = h.experts().any() ? "." + expert + ".weight" : ".weight";
                all.add(new TensorShape(prefix + "ffn_gate" + end, intermediate, dim, Split.ROWS));
                all.add(new TensorShape(prefix + "ffn_down" + end, dim, intermediate, Split.COLUMNS));
                all.add(new TensorShape(prefix + "ffn_up" + end, intermediate, dim, Split.ROWS));
            }
            all.add(new TensorShape(prefix + "attn_norm.weight", 1, dim, Split.NONE));
            all.add(new TensorShape(prefix + "ffn_norm.weight", 1, dim, Split.NONE));
        }
        return all;
    }

    String text() {
        return rows == 1 ? "[" + columns + "]" : "[" + rows + ", " + columns + "]";
    }
}
