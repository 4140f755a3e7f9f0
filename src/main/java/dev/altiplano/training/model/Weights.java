package dev.altiplano.training.model;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.altiplano.training.SplitMix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Initial weights. */
public final class Weights {

    private Weights() {}

    /**
     * A vector of weights drawn for {@code seed}: norms 1; matrices and embeddings normal with variance 2 / (5 · hidden size)
     * (Nguyen and Salazar 2019), those that write into the residual stream smaller by √(2 · layers). The output begins as the
     * embedding with its columns rotated by half: so one linear map copies any token, which attention learns much sooner than a
     * map for each token, and no token predicts itself. Both are trained apart.
     */
    public static MemorySegment initial(ParameterLayout layout, long seed, Arena arena) {
        MemorySegment weights = arena.allocate(layout.size() * Float.BYTES, 64);
        double deviation = StrictMath.sqrt(0.4 / layout.shape().hiddenSize());
        double residual = deviation / StrictMath.sqrt(2.0 * layout.shape().layers());
        int stream = 0;
        for (ParameterLayout.Part part : layout.parts()) {
            SplitMix random = SplitMix.of(seed, stream++);
            boolean norm = part.rows() == 1;
            boolean writes = part.name().endsWith("wo.weight") || part.name().endsWith("w2.weight");
            for (long i = 0; i < part.size(); i++) {
                double value = norm ? 1 : random.nextGaussian() * (writes ? residual : deviation);
                weights.setAtIndex(JAVA_FLOAT, part.offset() + i, (float) value);
            }
        }
        ParameterLayout.Part embedding = layout.part("tok_embeddings.weight");
        ParameterLayout.Part output = layout.part("output.weight");
        int columns = output.columns();
        for (long i = 0; i < output.size(); i++) {
            long from = i - i % columns + (i + columns / 2) % columns;
            weights.setAtIndex(
                    JAVA_FLOAT, output.offset() + i, weights.getAtIndex(JAVA_FLOAT, embedding.offset() + from));
        }
        return weights;
    }
}
