package dev.altiplano.tool.train;

import dev.altiplano.engine.checkpoint.adapter.AdapterFile;
import dev.altiplano.engine.checkpoint.tensor.TensorType;
import dev.altiplano.tool.console.Interruption;
import dev.altiplano.training.run.Finetuning;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
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

    /** What Meta's layout holds weights in. */
    private static final Set<TensorType> EXPORTED = EnumSet.of(TensorType.F16, TensorType.BF16, TensorType.F32);

    private static final int MAX_ROUNDS = 1_000_000;

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
        OptionCheck.require(EXPORTED.contains(type), "--type", type, "F16, BF16 or F32");
        OptionCheck.require(
                rank >= 0 && rank <= AdapterFile.MAX_RANK, "--lora-rank", rank, "from 0 to " + AdapterFile.MAX_RANK);
        OptionCheck.require(Double.isFinite(alpha) && alpha > 0, "--lora-alpha", alpha, "a number above 0");
        OptionCheck.require(
                rounds > 0 && rounds <= MAX_ROUNDS, "--rounds", rounds, "a number above 0, at most " + MAX_ROUNDS);
        OptionCheck.require(rate > 0 && rate <= 10, "--rate", rate, "a number above 0, at most 10");
        OptionCheck.require(sequences >= 1 && sequences <= 65536, "--sequences", sequences, "from 1 to 65536");
        OptionCheck.threads(threads);
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
