package dev.altiplano.tool.bench;

import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.checkpoint.ModelSize;
import dev.altiplano.engine.checkpoint.architecture.Experts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A shape that a model with random weights can have.
 *
 * @param label what it is called on the command line
 */
record ModelShape(String label, Hyperparameters hyperparameters) {

    private static final int VOCABULARY = 32_000;
    private static final int CONTEXT = 2048;

    /**
     * The published sizes, and two small ones: <a href="https://arxiv.org/abs/2401.02385">TinyLlama</a>'s and one of 110M; and Mixtral's with a
     * quarter of everything but its eight experts.
     */
    static List<ModelShape> all() {
        List<ModelShape> all = new ArrayList<>();
        all.add(of("110M", 768, 2048, 12, 12, 12));
        all.add(of("1.1B", 2048, 5632, 22, 32, 4));
        for (ModelSize size : ModelSize.values()) {
            all.add(of(
                    size.label(),
                    size.hiddenSize(),
                    size.intermediateSize(),
                    size.layers(),
                    size.heads(),
                    size.heads()));
        }
        all.add(new ModelShape(
                "8x0.8B", of("8x0.8B", 2048, 5632, 16, 32, 8).hyperparameters.withExperts(new Experts(8, 2))));
        return all;
    }

    /** The shape called {@code label}, in any case; throws {@link IllegalArgumentException} naming all. */
    static ModelShape named(String label) {
        for (ModelShape shape : all()) {
            if (shape.label.equalsIgnoreCase(label)) {
                return shape;
            }
        }
        throw new IllegalArgumentException("\"" + label + "\" is none of "
                + String.join(", ", all().stream().map(ModelShape::label).toList()));
    }

    private static ModelShape of(String label, int hidden, int intermediate, int layers, int heads, int kvHeads) {
        return new ModelShape(
                label.toUpperCase(Locale.ROOT),
                new Hyperparameters(
                        hidden,
                        intermediate,
                        layers,
                        heads,
                        kvHeads,
                        hidden / heads,
                        VOCABULARY,
                        CONTEXT,
                        1e-5f,
                        10_000));
    }
}
