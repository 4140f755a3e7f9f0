package dev.altiplano.tool.eval;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What {@code eval} is told about texts. */
final class TextOptions {

    @Option(names = "--perplexity", description = "The perplexity of TEXT, in chunks as llama-perplexity cuts it.")
    boolean perplexity;

    @Option(names = "--divergence", description = "How far MODEL is from --reference on TEXT; all logits are compared.")
    boolean divergence;

    @Option(names = "--reference", paramLabel = "MODEL", description = "The reference; MODEL itself by default.")
    @Nullable
    Path reference;

    @Option(
            names = "--reference-weights",
            paramLabel = "FORMAT",
            description = "How its weights are held (default: file).")
    String referenceWeights = "file";

    @Option(
            names = "--reference-kv-format",
            paramLabel = "FORMAT",
            description = "Its keys and values (default: auto).")
    String referenceKv = "auto";

    @Option(names = "--reference-backend", paramLabel = "NAME", description = "What computes it (default: auto).")
    String referenceBackend = "auto";

    @Option(names = "--context", paramLabel = "N", description = "Tokens of a chunk (default: ${DEFAULT-VALUE}).")
    int context = 512;

    @Option(names = "--stride", paramLabel = "N", description = "Tokens between chunks; 0 cuts them side by side.")
    int stride;

    @Option(names = "--chunks", paramLabel = "N", description = "Only the first chunks.")
    int chunks = Integer.MAX_VALUE;
}
