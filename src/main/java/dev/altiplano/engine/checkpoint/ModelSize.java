package dev.altiplano.engine.checkpoint;

import dev.altiplano.engine.checkpoint.content.CheckpointException;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The published sizes of LLaMA (<a href="https://arxiv.org/abs/2302.13971">Touvron et al. 2023</a>, table 2, and the
 * {@code params.json} of each), by the names that their folders have.
 */
public enum ModelSize {
    LLAMA_7B("7B", 4096, 11008, 32, 32, 1, 6_738_415_616L),
    LLAMA_13B("13B", 5120, 13824, 40, 40, 2, 13_015_864_320L),
    /** The paper calls it 33B. */
    LLAMA_30B("30B", 6656, 17920, 60, 52, 4, 32_528_943_616L),
    LLAMA_65B("65B", 8192, 22016, 80, 64, 8, 65_285_660_672L);

    private final String label;
    private final int hiddenSize;
    private final int intermediateSize;
    private final int layers;
    private final int heads;
    private final int shards;
    private final long parameters;

    ModelSize(String label, int hiddenSize, int intermediateSize, int layers, int heads, int shards, long parameters) {
        this.label = label;
        this.hiddenSize = hiddenSize;
        this.intermediateSize = intermediateSize;
        this.layers = layers;
        this.heads = heads;
        this.shards = shards;
        this.parameters = parameters;
    }

    /** The size that has this shape; vocabularies may differ, as fine-tuned models add tokens. */
    public static Optional<ModelSize> of(Hyperparameters h) {
        return Arrays.stream(values()).filter(size -> size.matches(h)).findFirst();
    }

    /** The size called {@code label} ({@code 7B}, in any case); throws {@link IllegalArgumentException} naming all sizes. */
    public static ModelSize named(String label) {
        return Arrays.stream(values())
                .filter(size -> size.label.equalsIgnoreCase(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("\"" + label + "\" is none of the sizes "
                        + Arrays.stream(values()).map(ModelSize::label).collect(Collectors.joining(", "))));
    }

    /** Whether a model of this shape has this size. */
    public boolean matches(Hyperparameters h) {
        return h.hiddenSize() == hiddenSize
                && h.intermediateSize() == intermediateSize
                && h.layers() == layers
                && h.heads() == heads
                && h.kvHeads() == heads;
    }

    /** Refuses a checkpoint of another size than this, which was configured; the message names both. */
    public void require(Checkpoint checkpoint) {
        Hyperparameters h = checkpoint.hyperparameters();
        if (!matches(h)) {
            throw new CheckpointException(
                    checkpoint.path(),
                    "the configured size is " + label + " (hidden size " + hiddenSize + ", " + layers + " layers, "
                            + heads
                            + " heads), but the files hold "
                            + of(h).map(size -> size.label + " (").orElse("another model (")
                            + "hidden size " + h.hiddenSize() + ", " + h.layers() + " layers, " + h.heads()
                            + " heads)");
        }
    }

    public String label() {
        return label;
    }

    public int hiddenSize() {
        return hiddenSize;
    }

    public int intermediateSize() {
        return intermediateSize;
    }

    public int layers() {
        return layers;
    }

    public int heads() {
        return heads;
    }

    /** How many {@code consolidated.0N.pth} files Meta ships. */
    public int shards() {
        return shards;
    }

    /** Number of weights, with the vocabulary of 32000 tokens. */
    public long parameters() {
        return parameters;
    }
}
