package dev.altiplano.engine.checkpoint;

import java.util.Collections;
import java.util.List;

/**
 * What may differ from layer to layer of one model: its heads and the width of its feed-forward layer, as in models that were pruned.
 *
 * @param heads number of query heads
 * @param kvHeads number of key and value heads; divides {@code heads}
 * @param intermediateSize width of the feed-forward layer
 */
public record LayerWidths(int heads, int kvHeads, int intermediateSize) {

    /** The same for every layer of {@code h}. */
    static List<LayerWidths> alike(Hyperparameters h) {
        return Collections.nCopies(h.layers(), new LayerWidths(h.heads(), h.kvHeads(), h.intermediateSize()));
    }

    /** Query heads that share one key head. */
    int group() {
        return heads / kvHeads;
    }

    /**
     * The smallest widths that hold all of {@code layers}: as many query heads as the widest has, in groups of a size that divides the
     * groups of each.
     */
    public static LayerWidths holding(List<LayerWidths> layers) {
        int heads = 1;
        int intermediateSize = 1;
        int group = 0;
        for (LayerWidths layer : layers) {
            heads = Math.max(heads, layer.heads);
            intermediateSize = Math.max(intermediateSize, layer.intermediateSize);
            group = greatestCommonDivisor(layer.group(), group);
        }
        return new LayerWidths(heads, heads / Math.max(1, group), intermediateSize);
    }

    private static int greatestCommonDivisor(int a, int b) {
        return b == 0 ? a : greatestCommonDivisor(b, a % b);
    }
}
