package dev.altiplano.tool.convert;

import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.MeasuredDivergence;
import dev.altiplano.engine.checkpoint.TokenizerData;
import dev.altiplano.engine.checkpoint.adapter.AdapterFile;
import dev.altiplano.engine.checkpoint.gguf.GgufDivergence;
import dev.altiplano.engine.checkpoint.gguf.GgufWriter;
import dev.altiplano.engine.checkpoint.tensor.Tensor;
import dev.altiplano.engine.checkpoint.tensor.TensorType;
import dev.altiplano.engine.checkpoint.verify.Verification;
import dev.altiplano.engine.kernel.WeightFormat;
import dev.altiplano.engine.load.Adapters;
import dev.altiplano.engine.load.CheckpointTokenizer;
import dev.altiplano.engine.load.Checkpoints;
import dev.altiplano.engine.os.WorkerPool;
import dev.altiplano.evaluation.EvaluationException;
import dev.altiplano.tool.console.ByteText;
import dev.altiplano.tool.console.ProgressBar;
import dev.altiplano.tool.console.ToolException;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a model with its weights in another type, as a GGUF file. */
@Command(
        name = "quantize",
        description = {
            "Writes a model as a GGUF file with its weights in another type, usually one of fewer bits.",
            "Vectors stay F32. With q4_0, q4_k and q5_k the output matrix becomes q6_k, and with q4_k and q5_k half of the value and"
                    + " down projections as well; --pure keeps to one type."
        },
        sortOptions = false,
        mixinStandardHelpOptions = true)
public final class QuantizeCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "IN", description = "Meta's folder, a Hugging Face folder or a .gguf file.")
    private Path in = Path.of(".");

    @Parameters(index = "1", paramLabel = "OUT.gguf", description = "The file to write.")
    private Path out = Path.of("model.gguf");

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            required = true,
            description = "f32, f16, bf16, q8_0, q6_k, q5_k, q4_k or q4_0.")
    private String type = "";

    @Option(names = "--pure", description = "All matrices in the same type, as far as their rows allow.")
    private boolean pure;

    @Option(names = "--threads", paramLabel = "N", description = "Threads that compute; all processors by default.")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--adapter",
            paramLabel = "DIR",
            description = "Merge this LoRA adapter: PEFT's folder, or a .gguf file.")
    private @Nullable Path adapter;

    @Option(names = "--force", description = "Replace OUT.gguf if it exists.")
    private boolean force;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "What the model is called; its size, or the name of IN, by default.")
    private String name = "";

    @Option(
            names = "--measure",
            paramLabel = "TEXT",
            description =
                    "Measure on a text how far OUT.gguf is from IN, and write it into the file; both must fit into memory.")
    private @Nullable Path text;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        WeightFormat format = format();
        if (text != null && !Files.isReadable(text)) {
            throw new ToolException("--measure: " + text + " cannot be read");
        }
        if (text != null && adapter != null) {
            throw new ToolException("--measure holds the file against IN, which --adapter changes: measure with eval"
                    + " --divergence against a merged model");
        }
        GgufOutput.checkFree(out, force);
        try (Checkpoint checkpoint = Checkpoints.open(in);
                WorkerPool pool = new WorkerPool(threads);
                Arena arena = Arena.ofShared()) {
            AdapterFile opened = adapter == null ? null : Adapters.open(adapter, checkpoint, arena);
            GgufOutput.checkNotRead(out, checkpoint, opened);
            Verification.vocabulary(
                    checkpoint, CheckpointTokenizer.of(checkpoint.tokenizer()).vocabularySize());
            TensorTypes types =
                    new TensorTypes(format, checkpoint.hyperparameters().layers(), pure);
            List<Tensor> tensors = new ArrayList<>();
            for (Tensor tensor : GgufOutput.ownTensors(checkpoint, opened)) {
                tensors.add(QuantizedTensor.of(
                        tensor, types.of(role(tensor, checkpoint), tensor.rows(), tensor.columns()), pool));
            }
            TokenizerData tokenizer = EmbeddedVocabulary.of(checkpoint.tokenizer());
            GgufWriter writer =
                    new GgufWriter(GgufOutput.name(checkpoint, name), checkpoint.hyperparameters(), tokenizer, tensors);
            GgufOutput.checkSpace(out, writer.byteSize());
            try (ProgressBar bar = ProgressBar.of("verify  ", spec.commandLine().getErr())) {
                Verification.checksums(checkpoint.files(), bar);
            }
            try (ProgressBar bar = ProgressBar.of("quantize", spec.commandLine().getErr())) {
                writer.write(out, force, bar, written -> GgufOutput.check(written, checkpoint.hyperparameters()));
            }
            report(checkpoint, types, tensors, writer.byteSize());
            GgufOutput.noteOwnKeys(
                    checkpoint.hyperparameters(), tokenizer, spec.commandLine().getOut());
        }
        if (text != null) {
            MeasuredDivergence divergence;
            try {
                divergence = DivergenceOfFile.measure(in, out, text);
            } catch (EvaluationException e) {
                throw new ToolException(out + " is written, but not measured: " + e.getMessage());
            }
            GgufDivergence.write(out, divergence);
            spec.commandLine().getOut().println("  " + DivergenceOfFile.text(divergence));
            spec.commandLine().getOut().flush();
        }
        return 0;
    }

    private WeightFormat format() {
        if (threads < 1 || threads > 1024) {
            throw new ParameterException(spec.commandLine(), "--threads = " + threads + ": must be from 1 to 1024");
        }
        try {
            return TensorTypes.type(type);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--type = " + e.getMessage());
        }
    }

    /** The name that decides a tensor's type: an embedding that is the output as well counts as the output. */
    private static String role(Tensor tensor, Checkpoint checkpoint) {
        boolean output = checkpoint.tiedOutput() && tensor.name().equals("token_embd.weight");
        return output ? "output.weight" : tensor.name();
    }

    private void report(Checkpoint checkpoint, TensorTypes types, List<Tensor> tensors, long bytes) {
        PrintWriter report = spec.commandLine().getOut();
        Map<TensorType, Integer> perType = new EnumMap<>(TensorType.class);
        long parameters = 0;
        for (Tensor tensor : tensors) {
            perType.merge(tensor.rows() == 1 ? TensorType.F32 : tensor.type(), 1, Integer::sum);
            parameters += (long) tensor.rows() * tensor.columns();
        }
        List<String> counts = new ArrayList<>();
        perType.forEach((tensorType, count) -> counts.add(count + " " + tensorType));
        report.println(out + ": " + ByteText.of(bytes)
                + String.format(Locale.ROOT, " (%.2f bits for each weight), ", 8.0 * bytes / parameters)
                + GgufOutput.size(checkpoint) + ", " + tensors.size() + " tensors: " + String.join(", ", counts));
        noteFallbacks(checkpoint, types, tensors, report);
        noteRounded(checkpoint, tensors, report);
        report.flush();
    }

    private static void noteFallbacks(
            Checkpoint checkpoint, TensorTypes types, List<Tensor> tensors, PrintWriter report) {
        List<Tensor> others = tensors.stream()
                .filter(tensor -> types.fallsBack(role(tensor, checkpoint), tensor.rows(), tensor.columns()))
                .toList();
        if (!others.isEmpty()) {
            Tensor first = others.getFirst();
            report.println("  note: " + others.size()
                    + " tensors have rows that are not a whole number of quant blocks; they are " + first.type()
                    + " instead (the first is " + first.name() + ", " + first.columns() + " columns)");
        }
    }

    private static void noteRounded(Checkpoint checkpoint, List<Tensor> tensors, PrintWriter report) {
        long twice = tensors.stream()
                .filter(tensor -> checkpoint.tensor(tensor.name()).type().elements() > 1
                        && checkpoint.tensor(tensor.name()).type() != tensor.type())
                .count();
        if (twice > 0) {
            report.println(
                    "  note: " + twice + " tensors were rounded before; the model's original weights would lose less");
        }
    }
}
