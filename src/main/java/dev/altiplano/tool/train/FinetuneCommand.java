package dev.altiplano.tool.train;

import dev.altiplano.engine.checkpoint.tensor.TensorType;
import dev.altiplano.tool.console.Interruption;
import dev.altiplano.tool.console.ToolException;
import dev.altiplano.training.run.Finetuning;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Teaches a model to follow instructions. */
@Command(
        name = "finetune",
        description = {
            "Fine-tunes a model on instructions and responses; the loss counts on the responses alone.",
            "EXAMPLES are JSON lines: {\"instruction\": \"...\", \"response\": \"...\"}, \"input\" optional, or",
            "conversations as OpenAI writes them: {\"messages\": [...], \"tools\": [...]}."
        },
        mixinStandardHelpOptions = true)
public final class FinetuneCommand implements Callable<Integer> {

    @Parameters(
            index = "0",
            paramLabel = "BASE",
            description = "The model to begin with, with F32, F16 or BF16 weights.")
    private Path base = Path.of(".");

    @Parameters(index = "1", paramLabel = "EXAMPLES.jsonl", description = "What is to be learned.")
    private Path examples = Path.of(".");

    @Option(
            names = "--out",
            paramLabel = "FOLDER",
            description = "Where state, log, curve and model go (default: ${DEFAULT-VALUE}).")
    private Path out = Path.of("finetune-run");

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "How often each example is seen (default: ${DEFAULT-VALUE}).")
    private double rounds = 2;

    @Option(names = "--rate", paramLabel = "R", description = "Largest learning rate (default: ${DEFAULT-VALUE}).")
    private double rate = 5e-4;

    @Option(names = "--sequences", paramLabel = "N", description = "Sequences of a step (default: ${DEFAULT-VALUE}).")
    private int sequences = 8;

    @Option(
            names = "--lora-rank",
            paramLabel = "R",
            description = "Learn a LoRA adapter of this rank; 0 learns all weights.")
    private int rank;

    @Option(names = "--lora-alpha", paramLabel = "A", description = "Scale of the adapter (default: ${DEFAULT-VALUE}).")
    private double alpha = 16;

    @Option(names = "--type", paramLabel = "TYPE", description = "F16, BF16 or F32 (default: ${DEFAULT-VALUE}).")
    private TensorType type = TensorType.F16;

    @Option(names = "--seed", paramLabel = "N", description = "Order of the examples (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(
            names = "--template",
            paramLabel = "FILE",
            description = "The chat template of conversations; it goes into the model (default: the base's).")
    private @Nullable Path template;

    @Option(names = "--threads", paramLabel = "N", description = "Threads that compute (default: all).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        if (rank < 0) {
            throw new ToolException("--lora-rank " + rank + ": must be 0 or more");
        }
        try (Interruption interruption = new Interruption()) {
            Finetuning.run(
                    new Finetuning.Options(base, examples, rounds, rate, sequences, rank, alpha, type, seed, template),
                    out,
                    threads,
                    TrainingProgress.of(spec.commandLine().getErr()),
                    interruption);
        }
        return 0;
    }
}
