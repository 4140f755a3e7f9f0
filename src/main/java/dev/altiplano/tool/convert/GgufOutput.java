package dev.altiplano.tool.convert;

import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.checkpoint.ModelSize;
import dev.altiplano.engine.checkpoint.TokenizerData;
import dev.altiplano.engine.checkpoint.adapter.AdapterFile;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.tensor.Tensor;
import dev.altiplano.engine.checkpoint.verify.Verification;
import dev.altiplano.engine.load.CheckpointTokenizer;
import dev.altiplano.engine.load.Checkpoints;
import dev.altiplano.engine.tokenizer.TokenizerException;
import dev.altiplano.tool.console.ByteText;
import dev.altiplano.tool.console.ToolException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What commands that write a model as a GGUF file have in common. */
public final class GgufOutput {

    private GgufOutput() {}

    /** Throws {@link ToolException} if {@code file} exists, unless it is to be replaced. */
    static void checkFree(Path file, boolean force) {
        if (!force && Files.exists(file)) {
            throw new ToolException(file + " exists already; --force replaces it");
        }
    }

    /** Throws {@link ToolException} if {@code file} exists, of which nobody says that it is to be replaced. */
    public static void checkNew(Path file) {
        if (Files.exists(file)) {
            throw new ToolException(file + " exists already: write to another file, or remove it first");
        }
    }

    /** Throws {@link ToolException} if {@code file} is one of those that are read to write it. */
    static void checkNotRead(Path file, Checkpoint checkpoint, @Nullable AdapterFile adapter) throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        List<Path> read = new ArrayList<>(List.of(checkpoint.path()));
        checkpoint.files().forEach(each -> read.add(each.file()));
        if (adapter != null) {
            read.add(adapter.path());
        }
        for (Path each : read) {
            if (Files.isSameFile(each, file)) {
                throw new ToolException(file + " is what is to be read: write to another file");
            }
        }
    }

    /** Throws {@link ToolException} if the folder of {@code file} does not exist or has less than {@code neededBytes} free. */
    public static void checkSpace(Path file, long neededBytes) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new ToolException("the folder " + folder + " does not exist");
        }
        long free = Files.getFileStore(folder).getUsableSpace();
        if (free < neededBytes) {
            throw new ToolException(folder + " has " + ByteText.of(free) + " free, but " + file.getFileName()
                    + " needs " + ByteText.of(neededBytes));
        }
    }

    /** What the model is called: as asked, or by its published size, or as its file is. */
    static String name(Checkpoint checkpoint, String asked) {
        if (!asked.isEmpty()) {
            return asked;
        }
        Path file = checkpoint.path().toAbsolutePath().normalize().getFileName();
        return ModelSize.of(checkpoint.hyperparameters())
                .map(size -> "LLaMA " + size.label())
                .orElse(file == null ? "LLaMA" : file.toString());
    }

    /** The published size, for a report. */
    static String size(Checkpoint checkpoint) {
        return ModelSize.of(checkpoint.hyperparameters()).map(ModelSize::label).orElse("custom size");
    }

    /** Says what other programs will not read as it is. */
    static void noteOwnKeys(Hyperparameters h, TokenizerData tokenizer, PrintWriter report) {
        if (h.effectiveWindow() > 0) {
            report.println("  note: GGUF's llama has no sliding window: it is under altiplano.attention.sliding_window,"
                    + " and for other programs the model has a context of " + h.effectiveWindow() + " tokens");
        }
        if (tokenizer instanceof TokenizerData.Ruled ruled) {
            report.println("  note: GGUF has no name for the rules of this tokenizer: they are under"
                    + " altiplano.tokenizer.json, which other programs do not read; "
                    + (ruled.near() ? "they encode some texts differently" : "they refuse the file"));
        }
    }

    /** Opens what was written as the service would; throws {@link ToolException} where it would refuse it. */
    static void check(Path written, Hyperparameters h) {
        try (Checkpoint checkpoint = Checkpoints.open(written)) {
            Hyperparameters read = checkpoint.hyperparameters();
            if (!read.equals(h.withArchitecture(read.architecture())
                    .withRope(read.rope())
                    .withSlidingWindow(h.effectiveWindow()))) {
                throw new ToolException(
                        "what was written is not the same model, so it was removed: " + read + " instead of " + h);
            }
            Verification.vocabulary(
                    checkpoint, CheckpointTokenizer.of(checkpoint.tokenizer()).vocabularySize());
        } catch (CheckpointException | TokenizerException e) {
            throw new ToolException("what was written cannot be opened, so it was removed: " + e.getMessage());
        }
    }

    /**
     * A tied output has no bytes of its own: the file does without it, and readers tie it again. What {@code adapter} changes
     * is merged. */
    static List<Tensor> ownTensors(Checkpoint checkpoint, @Nullable AdapterFile adapter) {
        List<Tensor> tensors = new ArrayList<>(checkpoint.tensors());
        if (checkpoint.tiedOutput()) {
            tensors.removeIf(tensor -> tensor.name().equals("output.weight"));
        }
        return adapter == null ? tensors : AdaptedTensor.merge(tensors, adapter);
    }
}
