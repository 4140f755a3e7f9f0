package dev.altiplano.tool.bench;

import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.ModelSummary;
import dev.altiplano.engine.checkpoint.gguf.GgufWriter;
import dev.altiplano.engine.kernel.BackendName;
import dev.altiplano.engine.kernel.Kernels;
import dev.altiplano.engine.kernel.KvFormat;
import dev.altiplano.engine.kernel.WeightFormat;
import dev.altiplano.engine.kernel.backend.Backends;
import dev.altiplano.engine.kernel.backend.KernelOptions;
import dev.altiplano.engine.kernel.roofline.MachineLimits;
import dev.altiplano.engine.load.Checkpoints;
import dev.altiplano.engine.os.EnergyMeter;
import dev.altiplano.engine.os.ThreadPriorities;
import dev.altiplano.tool.console.ProgressBar;
import dev.altiplano.tool.convert.GgufOutput;
import dev.altiplano.tool.convert.TensorTypes;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures how fast a model runs here, and how near that is to what this machine can do. */
@Command(
        name = "bench",
        description = {
            "Measures a model on this machine: tokens per second, memory, load time, and the part of the machine's own limits"
                    + " that is reached. Without --pp, --tg and --batch: pp512 and tg128.",
            "ppN: prefill of N tokens. tgN: decode of N tokens by one sequence. bdK: decode by K sequences together, in total."
        },
        sortOptions = false,
        mixinStandardHelpOptions = true)
public final class BenchCommand implements Callable<Integer> {

    /** A file, or a shape with random weights. */
    static final class Source {
        @Option(
                names = "--model",
                paramLabel = "PATH",
                description = "Meta's folder, a Hugging Face folder or a .gguf file.")
        private @Nullable Path path;

        @Option(
                names = "--random",
                paramLabel = "SIZE",
                description =
                        "Random weights in the shape of 110M, 1.1B, 7B, 13B, 30B or 65B, or of a mixture of experts, 8x0.8B.")
        private @Nullable String size;
    }

    @ArgGroup(multiplicity = "1")
    private Source source = new Source();

    @Option(
            names = "--weights",
            paramLabel = "TYPE",
            description =
                    "f32, f16, bf16, q8_0, q6_k, q5_k, q4_k or q4_0: what random weights are made of (default: q4_0; any type"
                            + " of GGUF goes, such as iq4_xs or mxfp4), or what"
                            + " a model is to be held in (default: file, as it is stored).")
    private @Nullable String weights;

    @Option(names = "--pure", description = "Random weights: all matrices in the same type.")
    private boolean pure;

    @Option(names = "--pp", paramLabel = "N", split = ",", description = "Prefill of so many tokens; 0 for none.")
    private @Nullable List<Integer> prefill;

    @Option(names = "--tg", paramLabel = "N", split = ",", description = "Decode of so many tokens; 0 for none.")
    private @Nullable List<Integer> decode;

    @Option(names = "--batch", paramLabel = "K", split = ",", description = "Decode by so many sequences; 0 for none.")
    private @Nullable List<Integer> batch;

    @Option(names = "--threads", paramLabel = "N", description = "Threads that compute; all processors by default.")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--repetitions", paramLabel = "N", description = "How often each test is timed (default: 5).")
    private int repetitions = 5;

    @Option(
            names = "--backend",
            paramLabel = "NAME",
            description = "auto, native, vector, scalar, or an instruction set by its name (default: auto).")
    private String backend = "auto";

    @Option(names = "--kv-format", paramLabel = "TYPE", description = "i16, f16, f32 or q8_0 (default: i16).")
    private KvFormat kvFormat = KvFormat.I16;

    @Option(
            names = "--max-batch-tokens",
            paramLabel = "N",
            description = "Token rows of one step; longer prompts are cut (default: 512).")
    private int rows = 512;

    @Option(names = "--json", description = "Print one JSON object and nothing else.")
    private boolean json;

    @Option(
            names = "--save",
            paramLabel = "FILE.gguf",
            description = "Keep the random model as a GGUF file, a new one.")
    private @Nullable Path save;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        // As a service does it: else what Java compiles meanwhile would be measured too.
        ThreadPriorities.lowerCompilerPriority();
        BenchOptions options = options();
        if (save != null) {
            GgufOutput.checkNew(save);
        }
        if (source.size != null) {
            try (RandomCheckpoint checkpoint = random(source.size)) {
                if (save != null) {
                    save(checkpoint, save);
                }
                measure(checkpoint, options);
            }
        } else if (source.path != null) {
            try (Checkpoint checkpoint = Checkpoints.open(source.path)) {
                measure(checkpoint, options);
            }
        }
        return 0;
    }

    /** The arguments, checked; a wrong one prints the usage. */
    private BenchOptions options() {
        require(threads >= 1 && threads <= 1024, "--threads = " + threads + ": must be from 1 to 1024");
        require(repetitions >= 1 && repetitions <= 1000, "--repetitions = " + repetitions + ": must be from 1 to 1000");
        require(rows >= 1 && rows <= 65536, "--max-batch-tokens = " + rows + ": must be from 1 to 65536");
        require(source.size != null || save == null, "--save keeps random weights: it goes with --random");
        require(source.size != null || !pure, "--pure is about random weights: it goes with --random");
        boolean none = prefill == null && decode == null && batch == null;
        List<Workload> workloads = new ArrayList<>();
        try {
            workloads.addAll(Workload.of(Workload.Kind.PREFILL, list(prefill, none ? List.of(512) : List.of())));
            workloads.addAll(Workload.of(Workload.Kind.DECODE, list(decode, none ? List.of(128) : List.of())));
            workloads.addAll(Workload.of(Workload.Kind.BATCH, list(batch, List.of())));
        } catch (IllegalArgumentException e) {
            throw wrong("--pp, --tg or --batch: " + e.getMessage());
        }
        require(!workloads.isEmpty() || save != null, "--pp, --tg and --batch leave nothing to measure");
        WeightFormat held =
                source.size != null || weights == null || weights.equalsIgnoreCase("file") ? null : type(weights);
        return new BenchOptions(workloads, repetitions, threads, backend, kvFormat, held, rows);
    }

    private static List<Integer> list(@Nullable List<Integer> given, List<Integer> otherwise) {
        return given == null ? otherwise : given;
    }

    private void require(boolean holds, String problem) {
        if (!holds) {
            throw wrong(problem);
        }
    }

    private ParameterException wrong(String problem) {
        return new ParameterException(spec.commandLine(), problem);
    }

    private WeightFormat type(String name) {
        try {
            return TensorTypes.type(name);
        } catch (IllegalArgumentException e) {
            throw wrong("--weights = " + e.getMessage());
        }
    }

    /** Any type of GGUF: random weights need not be rounded to it. */
    private WeightFormat randomType(String name) {
        try {
            return WeightFormat.valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            return type(name);
        }
    }

    private RandomCheckpoint random(String size) {
        ModelShape shape;
        try {
            shape = ModelShape.named(size);
        } catch (IllegalArgumentException e) {
            throw wrong("--random = " + e.getMessage());
        }
        WeightFormat format = randomType(weights == null ? "q4_0" : weights);
        TensorTypes types = new TensorTypes(format, shape.hyperparameters().layers(), pure);
        return new RandomCheckpoint("random-" + shape.label() + "-" + format, shape.hyperparameters(), types);
    }

    private void save(RandomCheckpoint checkpoint, Path file) throws IOException {
        GgufWriter writer = new GgufWriter(
                checkpoint.path().toString(),
                checkpoint.hyperparameters(),
                checkpoint.tokenizer(),
                checkpoint.tensors());
        GgufOutput.checkSpace(file, writer.byteSize());
        try (ProgressBar bar = ProgressBar.of("save", spec.commandLine().getErr())) {
            writer.write(file, false, bar);
        }
    }

    private void measure(Checkpoint checkpoint, BenchOptions options) {
        if (options.workloads().isEmpty()) {
            return;
        }
        try (Kernels kernels = kernels()) {
            BenchPlan plan = BenchPlan.of(checkpoint, kernels, options);
            MachineLimits limits = MachineLimits.measure(kernels.backend());
            try (BenchModel model = load(checkpoint, kernels, plan)) {
                BenchRun run = new BenchRun(model, kernels.backend(), limits);
                List<BenchRun.Result> results = new ArrayList<>();
                EnergyMeter energy = new EnergyMeter();
                long resident = ProcessMemory.residentBytes();
                for (Workload workload : options.workloads()) {
                    results.add(run.run(workload, options.repetitions()));
                    resident = Math.max(resident, ProcessMemory.residentBytes());
                    energy.joules();
                }
                report(checkpoint, model, options, kernels, limits, results, resident, energy);
            }
        }
    }

    private Kernels kernels() {
        try {
            return Backends.create(KernelOptions.of(BackendName.labelled(backend), threads));
        } catch (IllegalArgumentException e) {
            throw wrong("--backend = " + backend + ": " + e.getMessage());
        }
    }

    private BenchModel load(Checkpoint checkpoint, Kernels kernels, BenchPlan plan) {
        try (ProgressBar bar = ProgressBar.of("load", spec.commandLine().getErr())) {
            return new BenchModel(checkpoint, kernels, plan, bar);
        }
    }

    private void report(
            Checkpoint checkpoint,
            BenchModel model,
            BenchOptions options,
            Kernels kernels,
            MachineLimits limits,
            List<BenchRun.Result> results,
            long residentBytes,
            EnergyMeter energy) {
        Path file = checkpoint.path().toAbsolutePath().normalize().getFileName();
        BenchReport report = new BenchReport(
                file == null ? checkpoint.path().toString() : file.toString(),
                ModelSummary.of(checkpoint),
                model,
                options,
                kernels.backend(),
                limits,
                results,
                residentBytes,
                energy);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            report.printJson(out);
        } else {
            report.print(out);
        }
    }
}
