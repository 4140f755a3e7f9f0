package dev.altiplano.server.lifecycle;

import dev.altiplano.engine.ModelException;
import dev.altiplano.engine.checkpoint.MeasuredDivergence;
import dev.altiplano.engine.checkpoint.gguf.GgufDivergence;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The bar that a model's measured divergence must not pass, for who wants no model served whose format has cost too much. */
record DivergenceBar(double maxMean) {

    private static final String SETTING = "altiplano.model.max-divergence";

    /**
     * Refuses a model that was measured beyond the bar, or of which its file does not say what was measured.
     *
     * @throws ModelException with both numbers, or how a file comes to say it
     */
    void check(Path model) {
        Path file = file(model);
        Optional<MeasuredDivergence> measured = GgufDivergence.read(file);
        if (measured.isEmpty()) {
            throw new ModelException(file + " does not say how far it is from the model that it was made from, and "
                    + SETTING + " = " + maxMean
                    + ": measure it while it is made (quantize --measure TEXT), or leave the setting out");
        }
        // Not the other way round: a NaN must not pass.
        if (!(measured.get().mean() <= maxMean)) {
            throw new ModelException(file + " has a mean divergence of "
                    + measured.get().mean() + " nats, measured on "
                    + measured.get().text() + ", and " + SETTING
                    + " = " + maxMean + ": take a format of more bits, or raise the setting");
        }
    }

    /** The GGUF file of a folder that holds one model. */
    private static Path file(Path model) {
        if (!Files.isDirectory(model)) {
            return model;
        }
        try (Stream<Path> files = Files.list(model)) {
            List<Path> gguf = files.filter(file -> file.toString().endsWith(".gguf"))
                    .sorted()
                    .toList();
            return gguf.isEmpty() ? model : gguf.getFirst();
        } catch (IOException e) {
            throw new UncheckedIOException(model + " cannot be listed", e);
        }
    }
}
