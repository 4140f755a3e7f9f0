package dev.altiplano.training.export;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.checkpoint.architecture.RopeScaling;
import dev.altiplano.engine.checkpoint.tensor.Tensor;
import dev.altiplano.engine.load.CheckpointTokenizer;
import dev.altiplano.engine.tokenizer.Tokenizer;
import dev.altiplano.training.TrainingException;
import dev.altiplano.training.model.ParameterLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads the weights of a checkpoint, to go on with training. */
public final class BaseModel {

    private BaseModel() {}

    /**
     * Throws where training would compute another model than {@code checkpoint}, or where what is written could not say all of it.
     *
     * @param tokenizer of the {@code tokenizer.model} that is written with the weights
     */
    public static void check(Checkpoint checkpoint, Tokenizer tokenizer) {
        Hyperparameters shape = checkpoint.hyperparameters();
        if (!(shape.rope().scaling() instanceof RopeScaling.None)) {
            throw refused(
                    checkpoint,
                    "its positions are scaled for long contexts ("
                            + shape.rope().scaling().getClass().getSimpleName() + ")");
        }
        if (shape.rope().dimensions() != shape.headDim()) {
            throw refused(
                    checkpoint,
                    "positions turn " + shape.rope().dimensions() + " of the " + shape.headDim()
                            + " dimensions of its heads");
        }
        if (shape.effectiveWindow() > 0) {
            throw refused(checkpoint, "its attention sees a window of " + shape.effectiveWindow() + " positions");
        }
        if (shape.experts().any()) {
            throw refused(checkpoint, "it has " + shape.experts().count() + " experts");
        }
        if (shape.heads() * shape.headDim() != shape.hiddenSize()) {
            throw refused(
                    checkpoint,
                    shape.heads() + " heads of " + shape.headDim() + " are not its hidden size, " + shape.hiddenSize());
        }
        Set<String> computed = new ParameterLayout(shape)
                .parts().stream().map(part -> name(part.name())).collect(Collectors.toSet());
        for (Tensor tensor : checkpoint.tensors()) {
            if (!computed.contains(tensor.name())) {
                throw refused(checkpoint, "it has the tensor " + tensor.name());
            }
        }
        checkTokens(checkpoint, tokenizer);
    }

    private static TrainingException refused(Checkpoint checkpoint, String what) {
        return new TrainingException(checkpoint.path() + ": " + what
                + ", which training does not compute: begin with a plain LLaMA, as Llama 1, 2 and 3 are");
    }

    private static void checkTokens(Checkpoint checkpoint, Tokenizer tokenizer) {
        int embeddings = checkpoint.hyperparameters().vocabularySize();
        if (embeddings != tokenizer.vocabularySize()) {
            throw new TrainingException(
                    checkpoint.path() + ": has embeddings for " + embeddings
                            + " tokens, its tokenizer.model " + tokenizer.vocabularySize()
                            + ": those that other files add (added_tokens.json, tokenizer.json, tokenizer_config.json), or"
                            + " places that nothing fills, would be lost: begin with a model whose tokens are all in tokenizer.model");
        }
        Tokenizer whole = CheckpointTokenizer.of(checkpoint.tokenizer());
        if (whole.bos() != tokenizer.bos() || whole.eos() != tokenizer.eos()) {
            throw new TrainingException(
                    checkpoint.path() + ": its texts are between the tokens " + whole.bos() + " and "
                            + whole.eos() + ", those of its tokenizer.model between " + tokenizer.bos() + " and "
                            + tokenizer.eos() + ": begin with a model whose other files name no others");
        }
    }

    /** The weights of {@code checkpoint} as F32, laid out as {@code layout} says. */
    public static MemorySegment read(Checkpoint checkpoint, ParameterLayout layout, Arena arena) {
        MemorySegment weights = arena.allocate(layout.size() * Float.BYTES, 64);
        for (ParameterLayout.Part part : layout.parts()) {
            Tensor tensor = checkpoint.tensor(name(part.name()));
            MemorySegment stored = MemorySegment.ofArray(new byte[Math.toIntExact(tensor.byteSize())]);
            tensor.read(0, tensor.rows(), stored, 0);
            for (long i = 0; i < part.size(); i++) {
                weights.setAtIndex(JAVA_FLOAT, part.offset() + i, value(tensor, stored, i));
            }
        }
        return weights;
    }

    private static float value(Tensor tensor, MemorySegment stored, long index) {
        return switch (tensor.type()) {
            case F32 -> stored.get(JAVA_FLOAT.withByteAlignment(1), index * Float.BYTES);
            case F16 -> Float.float16ToFloat(stored.get(JAVA_SHORT_UNALIGNED, index * Short.BYTES));
            case BF16 -> Float.intBitsToFloat(stored.get(JAVA_SHORT_UNALIGNED, index * Short.BYTES) << 16);
            default ->
                throw new TrainingException(tensor.name() + " is quantized (" + tensor.type()
                        + "): fine-tuning needs the F32, F16 or BF16 weights");
        };
    }

    /** The multiple that makes Meta's rule give the intermediate size: the largest, as published models have it. */
    public static int multipleOf(Hyperparameters shape) {
        int size = 8 * shape.hiddenSize() / 3;
        for (int multiple = 4096; multiple > 1; multiple /= 2) {
            if ((size + multiple - 1) / multiple * multiple == shape.intermediateSize()) {
                return multiple;
            }
        }
        throw new TrainingException("an intermediate size of " + shape.intermediateSize()
                + " does not follow from a hidden size of " + shape.hiddenSize()
                + " by Meta's rule: such a model cannot be written in Meta's layout");
    }

    /** GGUF's name for Meta's. */
    private static String name(String meta) {
        return switch (meta) {
            case "tok_embeddings.weight" -> "token_embd.weight";
            case "norm.weight" -> "output_norm.weight";
            case "output.weight" -> "output.weight";
            default -> {
                String[] words = meta.split("\\.");
                String tail = meta.substring(words[0].length() + words[1].length() + 2);
                yield "blk." + words[1] + "."
                        + switch (tail) {
                            case "attention.wq.weight" -> "attn_q.weight";
                            case "attention.wk.weight" -> "attn_k.weight";
                            case "attention.wv.weight" -> "attn_v.weight";
                            case "attention.wo.weight" -> "attn_output.weight";
                            case "feed_forward.w1.weight" -> "ffn_gate.weight";
                            case "feed_forward.w2.weight" -> "ffn_down.weight";
                            case "feed_forward.w3.weight" -> "ffn_up.weight";
                            case "attention_norm.weight" -> "attn_norm.weight";
                            case "ffn_norm.weight" -> "ffn_norm.weight";
                            default -> throw new IllegalStateException(meta);
                        };
            }
        };
    }
}
