package dev.altiplano.training.run;

import dev.altiplano.engine.chat.ChatTemplate;
import dev.altiplano.engine.chat.template.text.TemplateException;
import dev.altiplano.engine.checkpoint.ChatTemplateSource;
import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.checkpoint.TokenizerData;
import dev.altiplano.engine.checkpoint.tensor.TensorType;
import dev.altiplano.engine.load.CheckpointTokenizer;
import dev.altiplano.engine.load.Checkpoints;
import dev.altiplano.engine.os.WorkerPool;
import dev.altiplano.engine.tokenizer.Tokenizer;
import dev.altiplano.engine.tokenizer.meta.Tokenizers;
import dev.altiplano.training.TrainingException;
import dev.altiplano.training.export.BaseModel;
import dev.altiplano.training.export.MetaFolder;
import dev.altiplano.training.export.PeftFolder;
import dev.altiplano.training.kernel.NativeTraining;
import dev.altiplano.training.kernel.TrainingKernels;
import dev.altiplano.training.model.FullWeights;
import dev.altiplano.training.model.LoraAdapter;
import dev.altiplano.training.model.ParameterLayout;
import dev.altiplano.training.model.Trainable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Teaches a model to follow instructions: the loss counts on the responses alone. */
public final class Finetuning {

    /**
     * What is to be done.
     *
     * @param base the model to begin with
     * @param examples JSON lines
     * @param rounds how often each example is seen
     * @param rank rank of a LoRA adapter; 0 learns all weights
     * @param alpha scale of the adapter
     * @param template a file with the chat template of conversations; null is the one beside the base
     * @param type of the exported weights
     */
    public record Options(
            Path base,
            Path examples,
            double rounds,
            double rate,
            int sequences,
            int rank,
            double alpha,
            TensorType type,
            long seed,
            @Nullable Path template) {}

    private Finetuning() {}

    /** Runs to the end or until {@code stop}; then the folder has the state, the log, the curve, the model and the adapter. */
    public static void run(Options options, Path folder, int threads, Progress progress, BooleanSupplier stop) {
        try (Arena arena = Arena.ofShared();
                WorkerPool pool = new WorkerPool(threads);
                TrainingKernels kernels = NativeTraining.create(pool);
                Checkpoint checkpoint = Checkpoints.open(options.base())) {
            Files.createDirectories(folder);
            Hyperparameters shape = checkpoint.hyperparameters();
            byte[] model = tokenizer(checkpoint);
            Tokenizer tokenizer = Tokenizers.parse(model);
            BaseModel.check(checkpoint, tokenizer);
            ParameterLayout layout = new ParameterLayout(shape);
            MetaFolder.checkSize(layout, options.type());
            int context = Math.min(shape.contextLength(), 2048);
            String template = template(options, checkpoint);
            Map<String, String> special = CheckpointTokenizer.specialTokens(checkpoint.tokenizer(), tokenizer);
            List<Example> examples =
                    Example.read(options.examples(), tokenizer, context, compiled(options, template, special));
            Recipe recipe = recipe(options, examples, context);
            MemorySegment base = BaseModel.read(checkpoint, layout, arena);
            Fingerprint read = new Fingerprint();
            read.add(options.examples());
            read.add(options.base().toString(), shape.toString(), base);
            read.add("the base's tokenizer.model", model);
            read.add("the chat template", String.valueOf(template).getBytes(StandardCharsets.UTF_8));
            Trainable trainable = options.rank() == 0
                    ? new FullWeights(layout, base, arena)
                    : new LoraAdapter(layout, base, options.rank(), options.alpha(), options.seed(), arena);
            TreeMap<String, String> settings = new TreeMap<>(read.sums());
            settings.put("options", options.toString());
            settings.put("examples", Integer.toString(examples.size()));
            RunFolder files = new RunFolder(
                    folder, layout, BaseModel.multipleOf(shape), model, options.type(), settings, 1.1, 0.385);
            try (Trainer trainer =
                    new Trainer(recipe, layout, trainable, new ExampleData(examples, options.seed()), kernels)) {
                files.train(trainer, kernels, 100, recipe.steps(), progress, stop);
            }
            if (template != null) {
                Files.writeString(files.model().resolve("chat_template.jinja"), template);
            }
            if (trainable instanceof LoraAdapter adapter) {
                Path beside = folder.resolve("adapter");
                PeftFolder.write(beside, shape, adapter, options.alpha());
                progress.note("the adapter is in " + beside + ", merged into the base in " + files.model());
            }
        } catch (IOException e) {
            throw new TrainingException(folder + ": cannot be written: " + e, e);
        }
    }

    private static @Nullable String template(Options options, Checkpoint checkpoint) throws IOException {
        if (options.template() != null) {
            return Files.readString(options.template());
        }
        return checkpoint.tokenizer().chatTemplates().stream()
                .filter(source -> source.name().equals(ChatTemplateSource.DEFAULT))
                .map(ChatTemplateSource::text)
                .findFirst()
                .orElse(null);
    }

    private static @Nullable ChatTemplate compiled(
            Options options, @Nullable String template, Map<String, String> special) {
        if (template == null) {
            return null;
        }
        try {
            return ChatTemplate.compile(template, special);
        } catch (TemplateException e) {
            throw new TrainingException(
                    (options.template() == null ? options.base() + ": its chat template" : options.template())
                            + " cannot be compiled: " + e.getMessage(),
                    e);
        }
    }

    private static Recipe recipe(Options options, List<Example> examples, int context) {
        long tokens = 0;
        for (Example example : examples) {
            tokens += example.tokens().length - 1;
        }
        double perStep = 0.9 * options.sequences() * context; // whole examples leave some rows empty
        int steps = (int) Math.max(1, Math.round(options.rounds() * tokens / perStep));
        int micro = options.sequences() % 2 == 0 ? 2 : 1;
        return new Recipe(
                steps,
                options.sequences(),
                micro,
                context,
                options.rate(),
                Math.min(50, steps / 10),
                0.1,
                0.9,
                0.95,
                options.rank() == 0 ? 0.1 : 0,
                1.0,
                options.seed());
    }

    private static byte[] tokenizer(Checkpoint checkpoint) throws IOException {
        Path file = switch (checkpoint.tokenizer()) {
            case TokenizerData.ModelFile model -> model.file();
            case TokenizerData.HuggingFace files -> files.model();
            case TokenizerData.Pieces pieces -> null;
            case TokenizerData.Merges merges -> null;
            case TokenizerData.Ruled ruled -> null;
        };
        if (file != null) {
            return Files.readAllBytes(file);
        }
        throw new TrainingException(
                checkpoint.path() + ": fine-tuning needs a model with a tokenizer.model, as Meta ships it");
    }
}
