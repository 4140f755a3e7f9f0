package dev.altiplano.tool.convert;

import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.TokenizerData;
import dev.altiplano.engine.checkpoint.adapter.AdapterFile;
import dev.altiplano.engine.checkpoint.gguf.GgufWriter;
import dev.altiplano.engine.checkpoint.verify.Verification;
import dev.altiplano.engine.load.Adapters;
import dev.altiplano.engine.load.CheckpointTokenizer;
import dev.altiplano.engine.load.Checkpoints;
import dev.altiplano.tool.console.ByteText;
import dev.altiplano.tool.console.ProgressBar;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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
            "Weights keep their type and every bit; the tokenizer goes into the file.",
            "With --adapter the matrices that a LoRA adapter changes are merged with it, and written as F32."
        },
        mixinStandardHelpOptions = true)
public final class MergeCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "IN", description = "Meta's folder, a Hugging Face folder or a .gguf file.")
    private Path in = Path.of(".");

    @Parameters(index = "1", paramLabel = "OUT.gguf", description = "The file to write.")
    private Path out = Path.of("model.gguf");

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
            description = "What the model is called; the folder's name by default.")
    private String name = "";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        GgufOutput.checkFree(out, force);
        try (Checkpoint checkpoint = Checkpoints.open(in);
                Arena arena = Arena.ofShared()) {
            AdapterFile opened = adapter == null ? null : Adapters.open(adapter, checkpoint, arena);
            GgufOutput.checkNotRead(out, checkpoint, opened);
            Verification.vocabulary(
                    checkpoint, CheckpointTokenizer.of(checkpoint.tokenizer()).vocabularySize());
            TokenizerData tokenizer = EmbeddedVocabulary.of(checkpoint.tokenizer());
            GgufWriter writer = new GgufWriter(
                    GgufOutput.name(checkpoint, name),
                    checkpoint.hyperparameters(),
                    tokenizer,
                    GgufOutput.ownTensors(checkpoint, opened));
            GgufOutput.checkSpace(out, writer.byteSize());
            try (ProgressBar bar = ProgressBar.of("verify", spec.commandLine().getErr())) {
                Verification.checksums(checkpoint.files(), bar);
            }
            try (ProgressBar bar = ProgressBar.of("merge ", spec.commandLine().getErr())) {
                writer.write(out, force, bar, written -> GgufOutput.check(written, checkpoint.hyperparameters()));
            }
            spec.commandLine()
                    .getOut()
                    .println(out + ": " + ByteText.of(writer.byteSize()) + ", " + GgufOutput.size(checkpoint) + ", "
                            + checkpoint.tensors().size() + " tensors");
            GgufOutput.noteOwnKeys(
                    checkpoint.hyperparameters(), tokenizer, spec.commandLine().getOut());
        }
        return 0;
    }
}
