package dev.altiplano.tool;

import dev.altiplano.engine.CheckpointTokenizer;
import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.Checkpoints;
import dev.altiplano.engine.checkpoint.GgufWriter;
import dev.altiplano.engine.checkpoint.ModelSize;
import dev.altiplano.engine.checkpoint.ModelSummary;
import dev.altiplano.engine.checkpoint.Tensor;
import dev.altiplano.engine.checkpoint.Verification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Joins a model's shards and its tokenizer into one GGUF file, every weight bit for bit. */
@Command(
        name = "merge",
        description = {
            "Writes a model of several files (Meta's shards, Hugging Face's parts) as one GGUF file.",
            "Weights keep their type and every bit; the tokenizer goes into the file."
        },
        mixinStandardHelpOptions = true)
final class MergeCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "IN", description = "Meta's folder, a Hugging Face folder or a .gguf file.")
    private Path in = Path.of(".");

    @Parameters(index = "1", paramLabel = "OUT.gguf", description = "The file to write.")
    private Path out = Path.of("model.gguf");

    @Option(names = "--force", description = "Replace OUT.gguf if it exists.")
    private boolean force;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "What the model is called; the folder's name by default.")
    private String name = "";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        if (!force && Files.exists(out)) {
            throw new ToolException(out + " exists already; --force replaces it");
        }
        try (Checkpoint checkpoint = Checkpoints.open(in)) {
            Verification.vocabulary(
                    checkpoint, CheckpointTokenizer.of(checkpoint.tokenizer()).vocabularySize());
            GgufWriter writer = new GgufWriter(
                    name(checkpoint),
                    checkpoint.hyperparameters(),
                    EmbeddedVocabulary.of(checkpoint.tokenizer()),
                    ownTensors(checkpoint));
            OutputFile.check(out, writer.byteSize());
            try (ProgressBar bar = ProgressBar.of("verify", spec.commandLine().getErr())) {
                Verification.checksums(checkpoint.files(), bar);
            }
            try (ProgressBar bar = ProgressBar.of("merge ", spec.commandLine().getErr())) {
                writer.write(out, force, bar);
            }
            spec.commandLine()
                    .getOut()
                    .println(out + ": " + ByteText.of(writer.byteSize()) + ", "
                            + ModelSummary.of(checkpoint)
                                    .size()
                                    .map(ModelSize::label)
                                    .orElse("custom size") + ", "
                            + checkpoint.tensors().size() + " tensors");
        }
        return 0;
    }

    private String name(Checkpoint checkpoint) {
        if (!name.isEmpty()) {
            return name;
        }
        Path file = checkpoint.path().toAbsolutePath().normalize().getFileName();
        return ModelSize.of(checkpoint.hyperparameters())
                .map(size -> "LLaMA " + size.label())
                .orElse(file == null ? "LLaMA" : file.toString());
    }

    /** A tied output has no bytes of its own: the file does without it, and readers tie it again. */
    private static List<Tensor> ownTensors(Checkpoint checkpoint) {
        List<Tensor> tensors = new ArrayList<>(checkpoint.tensors());
        if (checkpoint.tiedOutput()) {
            tensors.removeIf(tensor -> tensor.name().equals("output.weight"));
        }
        return tensors;
    }
}
