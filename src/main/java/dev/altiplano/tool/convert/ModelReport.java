package dev.altiplano.tool.convert;

import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.checkpoint.ModelSize;
import dev.altiplano.engine.checkpoint.ModelSummary;
import dev.altiplano.engine.checkpoint.TokenizerData;
import dev.altiplano.engine.checkpoint.verify.Verification;
import dev.altiplano.engine.load.CheckpointTokenizer;
import dev.altiplano.engine.tokenizer.Tokenizer;
import dev.altiplano.engine.tokenizer.bytelevel.BytePairTokenizer;
import dev.altiplano.tool.console.ByteText;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;

/** Says in a few lines what a model is. */
public final class ModelReport {

    private ModelReport() {}

    static void print(ModelSummary model, TokenizerData data, Tokenizer tokenizer, PrintWriter out) {
        Hyperparameters h = model.hyperparameters();
        line(out, "format", format(model));
        line(
                out,
                "size",
                model.size().map(ModelSize::label).orElse("none of the published ones")
                        + String.format(Locale.ROOT, ", %,d parameters", model.parameters()));
        line(
                out,
                "shape",
                String.format(
                        Locale.ROOT,
                        "hidden %d, intermediate %d, layers %d, heads %d, KV heads %d, head dim %d",
                        h.hiddenSize(),
                        h.intermediateSize(),
                        h.layers(),
                        h.heads(),
                        h.kvHeads(),
                        h.headDim()));
        line(out, "context", h.contextLength() + " tokens");
        line(out, "RoPE, norm", String.format(Locale.ROOT, "base %.0f, epsilon %s", h.ropeTheta(), h.normEpsilon()));
        line(
                out,
                "weights",
                ByteText.of(model.tensorBytes()) + ": "
                        + model.types().entrySet().stream()
                                .map(type -> type.getValue() + " " + type.getKey())
                                .collect(Collectors.joining(", "))
                        + (model.tiedOutput() ? "; the output is tied to the embedding" : ""));
        Object place = switch (data) {
            case TokenizerData.ModelFile file -> file.file();
            case TokenizerData.HuggingFace folder -> {
                Path file = CheckpointTokenizer.files(folder).model();
                yield file != null ? file : "tokenizer.json";
            }
            case TokenizerData.Pieces pieces -> "inside";
            case TokenizerData.Merges merges -> "inside";
            case TokenizerData.Ruled ruled -> "inside";
        };
        line(out, "tokenizer", kind(tokenizer) + ", " + tokenizer.vocabularySize() + " tokens (" + place + ")");
        for (String note : model.notes()) {
            line(out, "note", note);
        }
    }

    static void print(Verification.Result result, PrintWriter out) {
        String sums = result.md5Files() + " MD5 of files, " + result.crcParts() + " CRC-32 of parts";
        line(out, "checksums", result.md5Files() + result.crcParts() == 0 ? "none are known" : sums + ": all match");
    }

    public static void line(PrintWriter out, String label, String text) {
        out.printf("  %-11s %s%n", label, text);
    }

    static String kind(Tokenizer tokenizer) {
        return tokenizer instanceof BytePairTokenizer ? "byte-level BPE" : "SentencePiece BPE";
    }

    private static String format(ModelSummary model) {
        String name = switch (model.format()) {
            case META -> "Meta";
            case GGUF -> "GGUF";
            case HUGGING_FACE -> "Hugging Face";
        };
        return name + ", " + (model.weightFiles() == 1 ? "1 file" : model.weightFiles() + " files") + " of weights";
    }
}
