package dev.altiplano.engine.checkpoint.adapter;

import dev.altiplano.engine.checkpoint.tensor.Tensor;

/**
 * What an adapter adds to one matrix of a model: {@code scale · B · A} (Hu et al. 2021).
 *
 * @param target the changed tensor by its GGUF name
 * @param a [rank, inputs]
 * @param b [outputs, rank], rows in the official order
 * @param scale alpha / rank, or what else the adapter states
 */
public record LowRank(String target, Tensor a, Tensor b, float scale) {

    public int rank() {
        return a.rows();
    }
}
