package dev.altiplano.training.run;

import dev.altiplano.engine.checkpoint.tensor.TensorType;
import dev.altiplano.engine.os.EnergyMeter;
import dev.altiplano.training.TrainingException;
import dev.altiplano.training.export.MetaFolder;
import dev.altiplano.training.kernel.TrainingKernels;
import dev.altiplano.training.model.ParameterLayout;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** The files of a run: {@code state.bin}, {@code log.csv}, {@code curve.svg} and the model as it is in {@code model/}. */
final class RunFolder {

    /** The counters of the hardware start over after some minutes of full load. */
    private static final int ENERGY_STEPS = 20;

    private final Path folder;
    private final ParameterLayout layout;
    private final int multipleOf;
    private final byte[] tokenizer;
    private final TensorType type;
    private final Map<String, String> settings;
    private final double pue;
    private final double carbonFactor;

    RunFolder(
            Path folder,
            ParameterLayout layout,
            int multipleOf,
            byte[] tokenizer,
            TensorType type,
            Map<String, String> settings,
            double pue,
            double carbonFactor) {
        this.folder = folder;
        this.layout = layout;
        this.multipleOf = multipleOf;
        this.tokenizer = tokenizer;
        this.type = type;
        this.settings = settings;
        this.pue = pue;
        this.carbonFactor = carbonFactor;
    }

    private Path state() {
        return state(folder);
    }

    static Path state(Path folder) {
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
        EnergyMeter energy = new EnergyMeter();
        TrainingLog log = new TrainingLog(folder.resolve("log.csv"), trainer.step());
        int saved = trainer.step();
        boolean exported = false;
        while (!trainer.done() && trainer.step() < lastStep && !stop.getAsBoolean()) {
            StepReport report;
            try {
                report = trainer.next();
            } catch (TrainingException failure) {
                throw new TrainingException(
                        failure.getMessage()
                                + (saved == 0
                                        ? "; nothing had been saved"
                                        : "; the checkpoint of step " + saved + " is kept"),
                        failure);
            }
            log.add(report);
            progress.step(report);
            if (trainer.step() % ENERGY_STEPS == 0) {
                energy.joules();
            }
            if (trainer.step() % saveSteps == 0) {
                save(trainer, log);
                saved = trainer.step();
                exported = true;
            }
        }
        if (saved != trainer.step() || !Files.exists(state())) {
            save(trainer, log);
        } else if (!exported) {
            // The run before may have ended between its state and its model.
            export(trainer, log);
        }
        progress.note(energy.report(pue, carbonFactor));
        progress.note("saved step " + trainer.step() + " in " + folder);
    }

    private void save(Trainer trainer, TrainingLog log) {
        RunState.save(state(), trainer, settings);
        export(trainer, log);
    }

    private void export(Trainer trainer, TrainingLog log) {
        try {
            MetaFolder.write(model(), layout, multipleOf, trainer.trainable().weights(), type, tokenizer);
            Files.writeString(
                    folder.resolve("curve.svg"),
                    LossCurve.svg("Loss (nats per token)", log.losses()),
                    StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new TrainingException(
                    folder + ": the model cannot be written: " + e + "; " + state()
                            + " is kept: start again to write it from there",
                    e);
        }
    }
}
