package dev.altiplano.tool.convert;

import dev.altiplano.engine.checkpoint.CheckedFile;
import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.ModelSummary;
import dev.altiplano.engine.checkpoint.gguf.GgufDivergence;
import dev.altiplano.engine.checkpoint.verify.Verification;
import dev.altiplano.engine.load.CheckpointTokenizer;
import dev.altiplano.engine.load.Checkpoints;
import dev.altiplano.engine.load.weights.FiniteWeights;
import dev.altiplano.engine.load.weights.WeightPlan;
import dev.altiplano.engine.tokenizer.Tokenizer;
import dev.altiplano.engine.tokenizer.meta.Tokenizers;
import dev.altiplano.tool.console.ProgressBar;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Checks model files as the service does at its start, and says what they are. */
@Command(
        name = "verify",
        description = {
            "Checks a model: structure, sizes, every checksum that comes with it, and that all weights are numbers.",
            "Prints what the model is and exits with 0, or names the file and the reason and exits with 1."
        },
        mixinStandardHelpOptions = true)
public final class VerifyCommand implements Callable<Integer> {

    @Parameters(
            paramLabel = "PATH",
            description = "Meta's folder, a Hugging Face folder, a .gguf file, or a tokenizer.model alone.")
    private Path path = Path.of(".");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        if (isTokenizer(path)) {
            verifyTokenizer();
        } else {
            verifyModel();
        }
        return 0;
    }

    private void verifyModel() {
        PrintWriter out = spec.commandLine().getOut();
        try (Checkpoint checkpoint = Checkpoints.open(path)) {
            Tokenizer tokenizer = CheckpointTokenizer.of(checkpoint.tokenizer());
            Verification.vocabulary(checkpoint, tokenizer.vocabularySize());
            // Refuses what cannot be held in memory.
            WeightPlan ignored = WeightPlan.of(checkpoint, null);
            Verification.Result result = checksums(checkpoint.files());
            FiniteWeights.check(checkpoint);
            out.println(path + ": ok");
            ModelReport.print(ModelSummary.of(checkpoint), checkpoint.tokenizer(), tokenizer, out);
            ModelReport.print(result, out);
            GgufDivergence.read(path)
                    .ifPresent(divergence -> ModelReport.line(out, "divergence", DivergenceOfFile.text(divergence)));
        }
        out.flush();
    }

    private void verifyTokenizer() {
        PrintWriter out = spec.commandLine().getOut();
        Tokenizer tokenizer = Tokenizers.load(path);
        Verification.Result result = checksums(List.of(Verification.tokenizerFile(path)));
        out.println(path + ": ok");
        ModelReport.line(out, "tokenizer", ModelReport.kind(tokenizer) + ", " + tokenizer.vocabularySize() + " tokens");
        ModelReport.print(result, out);
        out.flush();
    }

    private Verification.Result checksums(List<CheckedFile> files) {
        try (ProgressBar bar = ProgressBar.of("verify", spec.commandLine().getErr())) {
            return Verification.checksums(files, bar);
        }
    }

    /** Models are folders or begin with their format's letters; what is called a tokenizer, or is neither, is taken for one. */
    private static boolean isTokenizer(Path path) throws IOException {
        if (!Files.isRegularFile(path)) {
            return false;
        }
        String name = String.valueOf(path.getFileName());
        if (name.equals("tokenizer.model")) {
            return true;
        }
        try (var in = Files.newInputStream(path)) {
            String start = new String(in.readNBytes(4), StandardCharsets.ISO_8859_1);
            return name.endsWith(".model") && !start.equals("GGUF") && !start.startsWith("PK");
        }
    }
}
