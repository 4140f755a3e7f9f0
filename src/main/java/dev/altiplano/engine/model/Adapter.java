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
     * What is added to a site's product: {@code y += B · (scale · (A · x))} for each of its projections.
     *
     * @param a [ranks, inputs]: the A of all projections, one below the other
     * @param projections what becomes of the ranks
     * @param width outputs of the site, those included to which nothing is added
     */
    public record Product(PackedMatrix a, List<Projection> projections, int width) {

        public Product {
            projections = List.copyOf(projections);
        }

        int ranks() {
            return a.rows();
        }

        int inputs() {
            return a.columns();
        }
    }

    /**
     * A projection of a site: query, key or value, gate or up, or all of it.
     *
     * @param b [outputs, ranks]
     * @param scale alpha divided by the number of ranks, or by its root
     * @param firstRank where its ranks begin in those of the site
     * @param firstOutput where its outputs begin in those of the site
     */
    public record Projection(PackedMatrix b, float scale, int firstRank, int firstOutput) {

        int ranks() {
            return b.columns();
        }

        int outputs() {
            return b.rows();
        }
    }

    public Adapter {
        layers = List.copyOf(layers);
    }
}
