package dev.altiplano.tool.doctor;

import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.ModelSummary;
import dev.altiplano.engine.kernel.Backend;
import dev.altiplano.engine.kernel.BackendName;
import dev.altiplano.engine.kernel.Kernels;
import dev.altiplano.engine.kernel.backend.Backends;
import dev.altiplano.engine.kernel.backend.KernelOptions;
import dev.altiplano.engine.load.Checkpoints;
import dev.altiplano.tool.console.ByteText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A model's files, and the backend that would compute with them. */
final class ModelFacts {

    private static final int MAX_FILES = 100;

    private ModelFacts() {}

    /** @param model a path, or an address as {@code altiplano.model.path} takes it; null for the model inside the jar */
    static void model(@Nullable String model, Report.Section to) throws IOException {
        if (model == null || model.isBlank()) {
            to.add("path", "none: the embedded model");
            return;
        }
        to.add("path", model);
        if (model.startsWith("hf:") || model.contains("://")) {
            to.add("files", "fetched at the start");
            return;
        }
        Path path = Path.of(model);
        try (Stream<Path> files = Files.walk(path, 2)) {
            for (Path file :
                    files.filter(Files::isRegularFile).sorted().limit(MAX_FILES).toList()) {
                to.add(
                        "file " + (file.equals(path) ? file.getFileName() : path.relativize(file)),
                        ByteText.of(Files.size(file)) + ", changed " + Files.getLastModifiedTime(file));
            }
        }
        try (Checkpoint checkpoint = Checkpoints.open(path)) {
            ModelSummary summary = ModelSummary.of(checkpoint);
            to.add("format", summary.format());
            to.add("parameters", summary.parameters());
            to.add("shape", summary.hyperparameters());
            to.add("weights", ByteText.of(summary.tensorBytes()) + ": " + summary.types());
            summary.notes().forEach(note -> to.add("note", note));
        }
    }

    static void backend(String name, Report.Section to) {
        BackendName asked = BackendName.labelled(name);
        try (Kernels kernels =
                Backends.create(KernelOptions.of(asked, Runtime.getRuntime().availableProcessors()))) {
            Backend backend = kernels.backend();
            to.add("asked", name);
            to.add("used", backend.name() + " " + backend.instructionSet());
            to.add("from", backend.source());
            to.add("threads", backend.threads());
            int number = 1;
            for (String reason : backend.rejected()) {
                to.add("not used " + number++, reason);
            }
        }
    }
}
