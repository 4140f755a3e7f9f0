package dev.altiplano.engine.model;

import dev.altiplano.engine.kernel.PackedMatrix;
import java.util.List;
import java.util.Map;

/**
 * A LoRA adapter in memory: what it adds to the products of each transformer layer.
 *
 * @param name what requests call it
 * @param digest differs where its weights do
 * @param layers what it adds in each layer; empty where it changes nothing
 */
public record Adapter(String name, String digest, List<Map<Site, Product>> layers) {

    /** A product of a layer that adapters add to. */
    public enum Site {
        QKV,
        ATTENTION_OUTPUT,
        GATE_UP,
        DOWN
    }

    /**
     * Two matrices through which {@code y += (x · Aᵀ) · Bᵀ}. Where a site has several projections, A holds theirs one below the
     * other and B on its diagonal, so that each output sees the ranks of its own projection alone.
     *
     * @param a F32 [ranks, inputs]
     * @param b F32 [outputs, ranks], times the adapter's scale
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Product(PackedMatrix[] a, PackedMatrix[] b) {

        int ranks() {
            return a[0].rows();
        }

        int inputs() {
            return a[0].columns();
        }

        int outputs() {
            return b[0].rows();
        }
    }

    public Adapter {
        layers = List.copyOf(layers);
    }
}
