package dev.altiplano.engine.checkpoint.gguf;

import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.checkpoint.Tensor;
import dev.altiplano.engine.checkpoint.TensorType;
import dev.altiplano.engine.checkpoint.TokenizerData;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The beginning of a GGUF file under construction: key-value pairs first, then the list of tensors. */
@SuppressWarnings("ByteBufferBackingArray") // little() makes buffers whose array is all theirs
final class GgufHeader {

    private final ByteArrayOutputStream keys = new ByteArrayOutputStream();
    private final ByteArrayOutputStream start = new ByteArrayOutputStream();
    private int keyCount;

    /** Writes all keys of a model; comes before {@link #begin}. */
    void metadata(String name, Hyperparameters h, TokenizerData tokenizer, List<Tensor> tensors) {
        text("general.architecture", "llama");
        text("general.name", name);
        TensorType type = mostBytes(tensors);
        u32("general.file_type", fileType(type));
        if (type.elements() > 1) {
            u32("general.quantization_version", 2);
        }
        u32("llama.vocab_size", h.vocabularySize());
        u32("llama.context_length", h.contextLength());
        u32("llama.embedding_length", h.hiddenSize());
        u32("llama.block_count", h.layers());
        u32("llama.feed_forward_length", h.intermediateSize());
        u32("llama.rope.dimension_count", h.rope().dimensions());
        f32("llama.rope.freq_base", (float) h.ropeTheta());
        scaling(GgufRopeOutput.of(h.rope()));
        u32("llama.attention.head_count", h.heads());
        u32("llama.attention.head_count_kv", h.kvHeads());
        if (h.headDim() * h.heads() != h.hiddenSize()) {
            u32("llama.attention.key_length", h.headDim());
            u32("llama.attention.value_length", h.headDim());
        }
        f32("llama.attention.layer_norm_rms_epsilon", h.normEpsilon());
        switch (tokenizer) {
            case TokenizerData.Pieces pieces -> pieces(pieces);
            case TokenizerData.Merges merges -> merges(merges);
            case TokenizerData.ModelFile file ->
                throw new IllegalArgumentException("a GGUF file holds the vocabulary itself, not " + file.file());
        }
    }

    private void scaling(GgufRopeOutput rope) {
        if (!rope.type().isEmpty()) {
            text("llama.rope.scaling.type", rope.type());
        }
        rope.numbers().forEach((name, value) -> {
            if (value instanceof Integer number) {
                u32("llama.rope.scaling." + name, number);
            } else {
                f32("llama.rope.scaling." + name, value.floatValue());
            }
        });
    }

    /** Writes magic number, version and counts, and the keys. */
    void begin(int tensorCount) {
        start.writeBytes(little(4).putInt(GgufReader.MAGIC).array());
        start.writeBytes(little(4).putInt(3).array());
        start.writeBytes(little(8).putLong(tensorCount).array());
        start.writeBytes(little(8).putLong(keyCount).array());
        start.writeBytes(keys.toByteArray());
        keys.reset();
    }

    /** Adds a tensor whose data begins {@code offset} bytes into the data. */
    void tensor(Tensor tensor, long offset) {
        start.writeBytes(string(tensor.name()));
        if (tensor.rows() == 1) {
            start.writeBytes(little(4).putInt(1).array());
        } else {
            start.writeBytes(little(4).putInt(2).array());
        }
        start.writeBytes(little(8).putLong(tensor.columns()).array());
        if (tensor.rows() > 1) {
            start.writeBytes(little(8).putLong(tensor.rows()).array());
        }
        start.writeBytes(little(4).putInt(tensor.type().id()).array());
        start.writeBytes(little(8).putLong(offset).array());
    }

    /** The header, up to where the data begins. */
    byte[] padded(int alignment) {
        start.writeBytes(new byte[(alignment - start.size() % alignment) % alignment]);
        return start.toByteArray();
    }

    private void pieces(TokenizerData.Pieces pieces) {
        text("tokenizer.ggml.model", "llama");
        texts("tokenizer.ggml.tokens", pieces.pieces());
        array("tokenizer.ggml.scores", GgufMetadata.F32, pieces.scores().length);
        ByteBuffer scores = little(4 * pieces.scores().length);
        for (float score : pieces.scores()) {
            scores.putFloat(score);
        }
        keys.writeBytes(scores.array());
        kinds(pieces.kinds());
        id("bos", pieces.bos());
        id("eos", pieces.eos());
        id("unknown", pieces.unknown());
        flag("tokenizer.ggml.add_bos_token", pieces.addsBos());
        flag("tokenizer.ggml.add_eos_token", false);
        flag("tokenizer.ggml.add_space_prefix", pieces.addsDummyPrefix());
    }

    private void merges(TokenizerData.Merges merges) {
        text("tokenizer.ggml.model", "gpt2");
        text("tokenizer.ggml.pre", merges.preTokenizer());
        texts("tokenizer.ggml.tokens", merges.tokens());
        kinds(merges.kinds());
        texts("tokenizer.ggml.merges", merges.merges());
        id("bos", merges.bos());
        id("eos", merges.eos());
        if (merges.ends().length > 0) {
            id("eot", merges.ends()[0]);
        }
        if (merges.ends().length > 1) {
            id("eom", merges.ends()[1]);
        }
        flag("tokenizer.ggml.add_bos_token", merges.addsBos());
        flag("tokenizer.ggml.add_eos_token", false);
    }

    private void kinds(int[] kinds) {
        array("tokenizer.ggml.token_type", GgufMetadata.I32, kinds.length);
        ByteBuffer bytes = little(4 * kinds.length);
        for (int kind : kinds) {
            bytes.putInt(kind);
        }
        keys.writeBytes(bytes.array());
    }

    private void id(String name, int id) {
        if (id >= 0) {
            u32("tokenizer.ggml." + name + "_token_id", id);
        }
    }

    private void text(String name, String value) {
        key(name, GgufMetadata.STRING);
        keys.writeBytes(string(value));
    }

    private void texts(String name, List<String> values) {
        array(name, GgufMetadata.STRING, values.size());
        for (String value : values) {
            keys.writeBytes(string(value));
        }
    }

    private void u32(String name, int value) {
        key(name, GgufMetadata.U32);
        keys.writeBytes(little(4).putInt(value).array());
    }

    private void f32(String name, float value) {
        key(name, GgufMetadata.F32);
        keys.writeBytes(little(4).putFloat(value).array());
    }

    private void flag(String name, boolean value) {
        key(name, GgufMetadata.BOOL);
        keys.write(value ? 1 : 0);
    }

    private void array(String name, int type, int count) {
        key(name, GgufMetadata.ARRAY);
        keys.writeBytes(little(12).putInt(type).putLong(count).array());
    }

    private void key(String name, int type) {
        keyCount++;
        keys.writeBytes(string(name));
        keys.writeBytes(little(4).putInt(type).array());
    }

    private static byte[] string(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return little(8 + utf8.length).putLong(utf8.length).put(utf8).array();
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static TensorType mostBytes(List<Tensor> tensors) {
        Map<TensorType, Long> bytes = new EnumMap<>(TensorType.class);
        TensorType most = TensorType.F32;
        for (Tensor tensor : tensors) {
            long sum = bytes.merge(tensor.type(), tensor.byteSize(), Long::sum);
            most = sum > bytes.getOrDefault(most, 0L) ? tensor.type() : most;
        }
        return most;
    }

    /** llama.cpp's number for a file whose tensors are mostly of one type. */
    private static int fileType(TensorType type) {
        return switch (type) {
            case F32 -> 0;
            case F16 -> 1;
            case Q4_0 -> 2;
            case Q4_1 -> 3;
            case Q8_0 -> 7;
            case Q5_0 -> 8;
            case Q5_1 -> 9;
            case Q2_K -> 10;
            case Q3_K -> 12;
            case Q4_K -> 15;
            case Q5_K -> 17;
            case Q6_K -> 18;
            case IQ2_XXS -> 19;
            case IQ2_XS -> 20;
            case IQ3_XXS -> 23;
            case IQ1_S -> 24;
            case IQ4_NL -> 25;
            case IQ3_S -> 26;
            case IQ2_S -> 28;
            case IQ4_XS -> 30;
            case IQ1_M -> 31;
            case BF16 -> 32;
            case TQ1_0 -> 36;
            case TQ2_0 -> 37;
            case MXFP4 -> 38;
            // There is none for it: as if mixed from what it is nearest to.
            case Q8_K -> 7;
        };
    }
}
