package dev.altiplano.tool.train;

import dev.altiplano.tool.console.Interruption;
import dev.altiplano.training.run.Pretraining;
import dev.altiplano.training.run.RunConfig;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains a small LLaMA from nothing. */
@Command(
        name = "train",
        description = {
            "Trains a small LLaMA from nothing, by a configuration; without one, the embedded model's.",
            "Started again on the same folder it goes on where it stopped, to the same result; Ctrl-C saves first."
        },
        mixinStandardHelpOptions = true)
public final class TrainCommand implements Callable<Integer> {

    @Option(names = "--config", paramLabel = "FILE", description = "A properties file; see docs/training.md.")
    private @Nullable Path config;

    @Option(
            names = "--out",
            paramLabel = "FOLDER",
            description = "Where state, log, curve and model go (default: ${DEFAULT-VALUE}).")
    private Path out = Path.of("training-run");

    @Option(names = "--threads", paramLabel = "N", description = "Threads that compute (default: all).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--until", paramLabel = "STEP", description = "Stop and save after this step.")
    private int until = Integer.MAX_VALUE;

    @Option(names = "--measure", description = "Only measure the matrix products of this configuration.")
    private boolean measure;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        OptionCheck.threads(threads);
        RunConfig run = config == null ? RunConfig.demo() : RunConfig.read(config);
        if (measure) {
            int rows = run.recipe().microSequences() * run.recipe().context();
            TrainingSpeed.print(
                    run.shape(run.vocabulary()),
                    rows,
                    threads,
                    spec.commandLine().getOut());
            return 0;
        }
        try (Interruption interruption = new Interruption()) {
            Pretraining.run(
                    run,
                    out,
                    threads,
                    until,
                    TrainingProgress.of(spec.commandLine().getErr()),
                    interruption);
        }
        return 0;
    }
}
