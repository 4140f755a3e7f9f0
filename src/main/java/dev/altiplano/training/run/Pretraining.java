package dev.altiplano.training.run;

import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.load.Checkpoints;
import dev.altiplano.engine.os.WorkerPool;
import dev.altiplano.engine.tokenizer.Tokenizer;
import dev.altiplano.engine.tokenizer.meta.Tokenizers;
import dev.altiplano.training.TrainingException;
import dev.altiplano.training.export.BaseModel;
import dev.altiplano.training.export.MetaFolder;
import dev.altiplano.training.kernel.NativeTraining;
import dev.altiplano.training.kernel.TrainingKernels;
import dev.altiplano.training.model.FullWeights;
import dev.altiplano.training.model.ParameterLayout;
import dev.altiplano.training.model.Weights;
import dev.altiplano.training.vocabulary.PieceTrainer;
import dev.altiplano.training.vocabulary.TokenizerModel;
import dev.altiplano.training.vocabulary.WordCounts;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/** Trains a model from nothing, by a configuration, into a folder; or goes on with what the folder has. */
public final class Pretraining {

    private Pretraining() {}

    /**
     * Runs until the recipe's last step, {@code lastStep} or {@code stop}; then the folder has the state, the log, the curve
     * and the model.
     */
    public static void run(
            RunConfig config, Path folder, int threads, int lastStep, Progress progress, BooleanSupplier stop) {
        List<Mixture.Part> sources = Sources.open(config);
        byte[] model = tokenizer(config, folder, sources, progress);
        Tokenizer tokenizer = Tokenizers.parse(model);
        Recipe recipe = config.recipe();
        ParameterLayout layout = new ParameterLayout(config.shape(tokenizer.vocabularySize()));
        MetaFolder.checkSize(layout, config.exportType());
        Mixture data = new Mixture(sources, tokenizer, recipe.context());
        Fingerprint read = new Fingerprint();
        Sources.files(config).forEach(read::add);
        read.add("tokenizer.model", model);
        try (Arena arena = Arena.ofShared();
                WorkerPool pool = new WorkerPool(threads);
                TrainingKernels kernels = NativeTraining.create(pool)) {
            MemorySegment weights = weights(config, tokenizer, layout, arena);
            if (!config.initialModel().isEmpty()) {
                read.add(config.initialModel(), "", weights);
            }
            TreeMap<String, String> settings = new TreeMap<>(config.settings());
            settings.putAll(read.sums());
            RunFolder files = new RunFolder(
                    folder,
                    layout,
                    config.multipleOf(),
                    model,
                    config.exportType(),
                    settings,
                    config.pue(),
                    config.carbonFactor());
            try (Trainer trainer =
                    new Trainer(recipe, layout, new FullWeights(layout, weights, arena), data, kernels)) {
                files.train(trainer, kernels, config.saveSteps(), lastStep, progress, stop);
            }
        }
    }

    private static MemorySegment weights(RunConfig config, Tokenizer tokenizer, ParameterLayout layout, Arena arena) {
        if (config.initialModel().isEmpty()) {
            return Weights.initial(layout, config.recipe().seed(), arena);
        }
        try (Checkpoint checkpoint = Checkpoints.open(Path.of(config.initialModel()))) {
            if (!checkpoint.hyperparameters().equals(layout.shape())) {
                throw new TrainingException(config.initialModel() + ": has another shape, "
                        + checkpoint.hyperparameters() + ", than the configuration, " + layout.shape());
            }
            BaseModel.check(checkpoint, tokenizer);
            return BaseModel.read(checkpoint, layout, arena);
        }
    }

    private static String given(RunConfig config) {
        return config.tokenizerFile().isEmpty() && !config.initialModel().isEmpty()
                ? Path.of(config.initialModel(), "tokenizer.model").toString()
                : config.tokenizerFile();
    }

    /** The tokenizer of the folder where its run goes on, else the given one, else one learned from the sources. */
    private static byte[] tokenizer(RunConfig config, Path folder, List<Mixture.Part> sources, Progress progress) {
        Path own = folder.resolve("tokenizer.model");
        try {
            Files.createDirectories(folder);
            // Without a state the run begins, and a configuration that was mended since must count.
            if (Files.exists(own) && Files.exists(RunFolder.state(folder))) {
                return Files.readAllBytes(own);
            }
            byte[] model = given(config).isEmpty()
                    ? learn(config, sources, progress)
                    : Files.readAllBytes(Path.of(given(config)));
            // As a whole or not at all: a run that was killed here would go on with half a vocabulary.
            Path part = folder.resolve("tokenizer.model.part");
            Files.write(part, model);
            Files.move(part, own, StandardCopyOption.REPLACE_EXISTING);
            return model;
        } catch (IOException e) {
            throw new TrainingException(own + ": the tokenizer cannot be read or written: " + e, e);
        }
    }

    private static byte[] learn(RunConfig config, List<Mixture.Part> sources, Progress progress) {
        progress.note("learning a vocabulary of " + config.vocabulary());
        double shares = sources.stream().mapToDouble(Mixture.Part::share).sum();
        WordCounts counts = new WordCounts();
        for (Mixture.Part part : sources) {
            long documents = Math.round(config.vocabularyDocuments() * part.share() / shares);
            for (long i = 0; i < documents; i++) {
                counts.add(part.source().text(i));
            }
        }
        return TokenizerModel.write(PieceTrainer.train(counts, config.vocabulary() - TokenizerModel.RESERVED));
    }
}
