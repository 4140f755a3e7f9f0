package dev.altiplano.tool;

import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.checkpoint.Progress;
import dev.altiplano.engine.checkpoint.gguf.GgufWriter;
import dev.altiplano.engine.kernel.WeightFormat;
import dev.altiplano.tool.bench.RandomCheckpoint;
import dev.altiplano.tool.convert.TensorTypes;
import java.io.IOException;
import java.nio.file.Path;

/** Small models with random weights. */
public final class TestModels {

    private static final Hyperparameters SHAPE = new Hyperparameters(256, 512, 2, 4, 2, 64, 512, 256, 1e-5f, 10_000);

    private TestModels() {}

    /** Two layers, hidden size 256, a vocabulary of 512. */
    public static void save(Path file, WeightFormat format) throws IOException {
        try (RandomCheckpoint model =
                new RandomCheckpoint("test", SHAPE, new TensorTypes(format, SHAPE.layers(), true))) {
            new GgufWriter("test", SHAPE, model.tokenizer(), model.tensors()).write(file, true, Progress.NONE);
        }
    }
}
