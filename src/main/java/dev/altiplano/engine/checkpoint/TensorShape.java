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

    /** All tensors of a model, in Meta's order. */
    static List<TensorShape> all(Hyperparameters h) {
        List<TensorShape> all = new ArrayList<>();
        long dim = h.hiddenSize();
        long queries = (long) h.heads() * h.headDim();
        long keys = (long) h.kvHeads() * h.headDim();
        all.add(new TensorShape(EMBEDDING, h.vocabularySize(), dim, Split.EITHER));
        all.add(new TensorShape("output_norm.weight", 1, dim, Split.NONE));
        all.add(new TensorShape(OUTPUT, h.vocabularySize(), dim, Split.ROWS));
        for (int layer = 0; layer < h.layers(); layer++) {
            String prefix = "blk." + layer + ".";
            all.add(new TensorShape(prefix + QUERY, queries, dim, Split.ROWS));
            all.add(new TensorShape(prefix + KEY, keys, dim, Split.ROWS));
            all.add(new TensorShape(prefix + "attn_v.weight", keys, dim, Split.ROWS));
            all.add(new TensorShape(prefix + "attn_output.weight", dim, queries, Split.COLUMNS));
            all.add(new TensorShape(prefix + "ffn_gate.weight", h.intermediateSize(), dim, Split.ROWS));
            all.add(new TensorShape(prefix + "ffn_down.weight", dim, h.intermediateSize(), Split.COLUMNS));
            all.add(new TensorShape(prefix + "ffn_up.weight", h.intermediateSize(), dim, Split.ROWS));
            all.add(new TensorShape(prefix + "attn_norm.weight", 1, dim, Split.NONE));
            all.add(new TensorShape(prefix + "ffn_norm.weight", 1, dim, Split.NONE));
        }
        return all;
    }

    String text() {
        return rows == 1 ? "[" + columns + "]" : "[" + rows + ", " + columns + "]";
    }
}
