package dev.altiplano.engine.checkpoint.gguf;

import dev.altiplano.engine.checkpoint.ChatTemplateSource;
import dev.altiplano.engine.checkpoint.EndToken;
import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.checkpoint.TokenizerData;
import dev.altiplano.engine.checkpoint.tensor.Tensor;
import dev.altiplano.engine.checkpoint.tensor.TensorType;
import dev.altiplano.engine.json.JsonText;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The beginning of a GGUF file under construction: key-value pairs first, then the list of tensors. */
@SuppressWarnings("ByteBufferBackingArray") // little() makes buffers whose array is all theirs
final class GgufHeader {

    /** The kind of a piece that no text has. */
    private static final int UNUSED = 5;

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
        // GGUF's llama has no sliding window: other programs compute the same within one.
        u32("llama.context_length", h.effectiveWindow() == 0 ? h.contextLength() : h.effectiveWindow());
        if (h.effectiveWindow() > 0) {
            u32(GgufModel.WINDOW, h.effectiveWindow());
            u32(GgufModel.CONTEXT, h.contextLength());
        }
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
        if (h.experts().any()) {
            u32("llama.expert_count", h.experts().count());
            u32("llama.expert_used_count", h.experts().used());
        }
        switch (tokenizer) {
            case TokenizerData.Pieces pieces -> pieces(pieces, "llama", h.vocabularySize());
            case TokenizerData.Merges merges -> merges(merges, "gpt2", h.vocabularySize());
            case TokenizerData.Ruled ruled -> ruled(ruled, h.vocabularySize());
            case TokenizerData.ModelFile file ->
                throw new IllegalArgumentException("a GGUF file holds the vocabulary itself, not " + file.file());
            case TokenizerData.HuggingFace files ->
                throw new IllegalArgumentException("a GGUF file holds the vocabulary itself, not " + files.folder());
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
        List<Integer> sizes = switch (tensor) {
            case MergedExperts experts ->
                List.of(tensor.columns(), experts.partRows(), experts.parts().size());
            case Tensor vector when vector.rows() == 1 -> List.of(tensor.columns());
            default -> List.of(tensor.columns(), tensor.rows());
        };
        start.writeBytes(little(4).putInt(sizes.size()).array());
        for (int size : sizes) {
            start.writeBytes(little(8).putLong(size).array());
        }
        start.writeBytes(little(4).putInt(tensor.type().id()).array());
        start.writeBytes(little(8).putLong(offset).array());
    }

    /** The header, up to where the data begins. */
    byte[] padded(int alignment) {
        start.writeBytes(new byte[(alignment - start.size() % alignment) % alignment]);
        return start.toByteArray();
    }

    /** The tokens, and behind them a name for each row of the embedding that has none, as llama.cpp's converters make it. */
    private static List<String> named(List<String> tokens, int size) {
        List<String> named = new ArrayList<>(tokens);
        for (int id = tokens.size(); id < size; id++) {
            named.add("[PAD" + id + "]");
        }
        return named;
    }

    private void ruled(TokenizerData.Ruled ruled, int size) {
        switch (ruled.standard()) {
            case TokenizerData.Pieces pieces -> {
                pieces(pieces, ruled.near() ? "llama" : GgufTokenizer.OWN_KIND, size);
                texts("tokenizer.ggml.merges", ruled.merges());
            }
            case TokenizerData.Merges merges -> merges(merges, ruled.near() ? "gpt2" : GgufTokenizer.OWN_KIND, size);
            default -> throw new IllegalArgumentException("rules stand beside a vocabulary alone");
        }
        text(GgufTokenizer.RULES, JsonText.of(ruled.rules()));
    }

    private void pieces(TokenizerData.Pieces pieces, String kind, int size) {
        text("tokenizer.ggml.model", kind);
        texts("tokenizer.ggml.tokens", named(pieces.pieces(), size));
        float[] all = Arrays.copyOf(pieces.scores(), Math.max(size, pieces.scores().length));
        array("tokenizer.ggml.scores", GgufMetadata.F32, all.length);
        ByteBuffer scores = little(4 * all.length);
        for (float score : all) {
            scores.putFloat(score);
        }
        keys.writeBytes(scores.array());
        kinds(pieces.kinds(), size);
        id("bos", pieces.bos());
        id("eos", pieces.eos());
        id("unknown", pieces.unknown());
        id("padding", pieces.padding());
        flag("tokenizer.ggml.add_bos_token", pieces.addsBos());
        flag("tokenizer.ggml.add_eos_token", pieces.addsEos());
        flag("tokenizer.ggml.add_space_prefix", pieces.addsDummyPrefix());
        if (!pieces.metaspace().isEmpty()) {
            text(GgufTokenizer.METASPACE, pieces.metaspace());
        }
        if (!pieces.added().isEmpty()) {
            text(GgufTokenizer.ADDED, JsonText.of(pieces.added()));
        }
        ends(pieces.eos(), pieces.ends());
        chatTemplates(pieces);
    }

    private void merges(TokenizerData.Merges merges, String kind, int size) {
        text("tokenizer.ggml.model", kind);
        if (!merges.preTokenizer().isEmpty()) {
            text("tokenizer.ggml.pre", merges.preTokenizer());
        }
        texts("tokenizer.ggml.tokens", named(merges.tokens(), size));
        kinds(merges.kinds(), size);
        texts("tokenizer.ggml.merges", merges.merges());
        id("bos", merges.bos());
        id("eos", merges.eos());
        id("unknown", merges.unknown());
        id("padding", merges.padding());
        if (merges.addsBos() != null) {
            flag("tokenizer.ggml.add_bos_token", merges.addsBos());
        }
        flag("tokenizer.ggml.add_eos_token", merges.addsEos());
        ends(merges.eos(), merges.ends());
        chatTemplates(merges);
    }

    /** GGUF has keys for two ends besides EOS; the others get one of ours. */
    private void ends(int eos, List<EndToken> ends) {
        List<Integer> others = ends.stream()
                .map(EndToken::id)
                .filter(id -> id != eos)
                .distinct()
                .toList();
        if (!others.isEmpty()) {
            id("eot", others.get(0));
        }
        if (others.size() > 1) {
            id("eom", others.get(1));
        }
        if (others.size() > 2) {
            array(GgufTokenizer.ENDS, GgufMetadata.U32, others.size() - 2);
            others.stream()
                    .skip(2)
                    .forEach(end -> keys.writeBytes(little(4).putInt(end).array()));
        }
    }

    private void chatTemplates(TokenizerData tokenizer) {
        for (ChatTemplateSource template : tokenizer.chatTemplates()) {
            text(
                    template.name().equals(ChatTemplateSource.DEFAULT)
                            ? "tokenizer.chat_template"
                            : "tokenizer.chat_template." + template.name(),
                    template.text());
        }
    }

    private void kinds(int[] kinds, int size) {
        int[] all = Arrays.copyOf(kinds, Math.max(size, kinds.length));
        Arrays.fill(all, kinds.length, all.length, UNUSED);
        array("tokenizer.ggml.token_type", GgufMetadata.I32, all.length);
        ByteBuffer bytes = little(4 * all.length);
        for (int kind : all) {
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
