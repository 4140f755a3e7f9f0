package dev.altiplano.training.run;

import dev.altiplano.engine.checkpoint.TensorType;
import dev.altiplano.engine.kernel.TrainingKernels;
import dev.altiplano.training.TrainingException;
import dev.altiplano.training.export.MetaFolder;
import dev.altiplano.training.model.ParameterLayout;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** The files of a run: {@code state.bin}, {@code log.csv}, {@code curve.svg} and the model as it is in {@code model/}. */
final class RunFolder {

    private final Path folder;
    private final ParameterLayout layout;
    private final int multipleOf;
    private final byte[] tokenizer;
    private final TensorType type;
    private final Map<String, String> settings;

    RunFolder(
            Path folder,
            ParameterLayout layout,
            int multipleOf,
            byte[] tokenizer,
            TensorType type,
            Map<String, String> settings) {
        this.folder = folder;
        this.layout = layout;
        this.multipleOf = multipleOf;
        this.tokenizer = tokenizer;
        this.type = type;
        this.settings = settings;
    }

    private Path state() {
        return folder.resolve("state.bin");
    }

    Path model() {
        return folder.resolve("model");
    }

    /**
     * Makes the steps that are left, from the last checkpoint if there is one.
     *
     * @param lastStep ends earlier than the recipe, as if interrupted
     * @param stop asked before each step; where it says true the run is saved and ends
     */
    void train(
            Trainer trainer,
            TrainingKernels kernels,
            int saveSteps,
            int lastStep,
            Progress progress,
            BooleanSupplier stop) {
        if (Files.exists(state())) {
            RunState.restore(state(), trainer, settings);
            progress.note("goes on after step " + trainer.step() + " of " + state());
        }
        progress.note(layout.size() + " weights, " + kernels.backend().name() + " kernels ("
                + kernels.backend().instructionSet() + "), " + kernels.backend().threads() + " threads; "
                + trainer.data().describe());
        TrainingLog log = new TrainingLog(folder.resolve("log.csv"), trainer.step());
        int saved = trainer.step();
        while (!trainer.done() && trainer.step() < lastStep && !stop.getAsBoolean()) {
            StepReport report;
            try {
                report = trainer.next();
            } catch (TrainingException failure) {
                throw new TrainingException(
                        failure.getMessage() + "; the checkpoint of step " + saved + " is kept", failure);
            }
            log.add(report);
            progress.step(report);
            if (trainer.step() % saveSteps == 0) {
                save(trainer, log);
                saved = trainer.step();
            }
        }
        if (saved != trainer.step() || !Files.exists(model())) {
            save(trainer, log);
        }
        progress.note("saved step " + trainer.step() + " in " + folder);
    }

    private void save(Trainer trainer, TrainingLog log) {
        RunState.save(state(), trainer, settings);
        try {
            MetaFolder.write(model(), layout, multipleOf, trainer.trainable().weights(), type, tokenizer);
            Files.writeString(
                    folder.resolve("curve.svg"),
                    LossCurve.svg("Loss (nats per token)", log.losses()),
                    StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new TrainingException(
                    folder + ": the model cannot be written: " + e + "; " + state() + " is kept", e);
        }
    }
}
