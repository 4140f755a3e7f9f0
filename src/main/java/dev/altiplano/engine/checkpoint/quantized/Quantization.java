package dev.altiplano.engine.checkpoint.quantized;

import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.content.JsonObject;
import dev.altiplano.engine.checkpoint.content.JsonReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How the weights of a Hugging Face folder were quantized, as {@code quantization_config} in its {@code config.json} says, or
 * a file beside it that older tools wrote. A method that is not read is refused by name.
 */
public sealed interface Quantization {

    /** What layers made by GPTQ have. {@code groupSize} is -1 where all inputs share a scale. */
    record Gptq(int bits, int groupSize, int zeroOffset) implements Quantization {}

    /** What layers made by AWQ have, in the layout of its gemm kernel. */
    record Awq(int groupSize) implements Quantization {}

    /**
     * Weights with scales as compressed-tensors writes them, and others who write 8-bit floats: which of its forms a layer
     * has, its tensors tell.
     *
     * @param bits of packed integers where no tensor tells
     */
    record Scaled(int bits) implements Quantization {}

    List<String> FILES = List.of("quantize_config.json", "quant_config.json");
    String MODEL_OPT_FILE = "hf_quant_config.json";
    int MAX_FILE_BYTES = 1 << 20;

    /** Under which MLX says it, beside {@code quantization_config} or alone. */
    String MLX_KEY = "quantization";

    /** What {@code config} says; null where the weights are not quantized. */
    static @Nullable Quantization of(JsonObject config) {
        for (String key : List.of("quantization_config", "compression_config")) {
            if (config.has(key)) {
                return read(config.object(key), key + ".");
            }
        }
        if (config.value(MLX_KEY) instanceof JsonObject stated && isMlx(stated)) {
            return read(stated, MLX_KEY + ".");
        }
        Path folder = config.file().resolveSibling("");
        Path modelOpt = folder.resolve(MODEL_OPT_FILE);
        if (Files.isRegularFile(modelOpt)) {
            return modelOpt(JsonReader.readFile(modelOpt, MAX_FILE_BYTES).object("quantization"), "quantization.");
        }
        for (String name : FILES) {
            Path file = folder.resolve(name);
            if (Files.isRegularFile(file)) {
                JsonObject stated = JsonReader.readFile(file, MAX_FILE_BYTES);
                return stated.has("w_bit")
                                || stated.has("quant_method") && method(stated).equals("awq")
                        ? awq(stated, "")
                        : gptq(stated, "");
            }
        }
        return null;
    }

    private static String method(JsonObject stated) {
        return stated.text("quant_method").toLowerCase(Locale.ROOT);
    }

    /** MLX names no method. */
    private static boolean isMlx(JsonObject stated) {
        return !stated.has("quant_method") && stated.has("group_size") && stated.has("bits");
    }

    private static Quantization read(JsonObject stated, String where) {
        if (isMlx(stated)) {
            throw unknown(stated, where, "MLX's form");
        }
        // Older configurations of bitsandbytes do not name it.
        boolean ofBitsandbytes = stated.flag("load_in_4bit", false) || stated.flag("load_in_8bit", false);
        String method = ofBitsandbytes && !stated.has("quant_method") ? "bitsandbytes" : method(stated);
        return switch (method) {
            case "gptq" -> gptq(stated, where);
            case "awq" -> awq(stated, where);
            case "auto-round", "auto_round", "intel/auto-round" -> autoRound(stated, where);
            case "compressed-tensors", "compressed_tensors" -> compressedTensors(stated, where);
            case "fp8", "fbgemm_fp8" -> new Scaled(8);
            case "modelopt" -> modelOpt(stated, where);
            default -> throw unknown(stated, where, "quant_method \"" + JsonObject.shorten(method) + "\"");
        };
    }

    private static Scaled modelOpt(JsonObject stated, String where) {
        String algorithm = stated.has("quant_algo") ? stated.text("quant_algo") : "";
        if (algorithm.equals("FP8")) {
            return new Scaled(8);
        }
        throw unknown(stated, where, "ModelOpt's quant_algo \"" + JsonObject.shorten(algorithm) + "\"");
    }

    private static Gptq gptq(JsonObject stated, String where) {
        String format = stated.has("checkpoint_format") ? stated.text("checkpoint_format") : "gptq";
        if (!format.equals("gptq") && !format.equals("gptq_v2")) {
            throw unknown(stated, where, "GPTQ with checkpoint_format \"" + JsonObject.shorten(format) + "\"");
        }
        if (stated.flag("is_marlin_format", false)) {
            throw unknown(stated, where, "GPTQ in Marlin's layout");
        }
        int bits = (int) stated.integer("bits", 2, 8);
        if (bits != 2 && bits != 3 && bits != 4 && bits != 8) {
            throw unknown(stated, where, "GPTQ of " + bits + " bits");
        }
        return new Gptq(bits, groupSize(stated, "group_size"), format.equals("gptq") ? 1 : 0);
    }

    private static Awq awq(JsonObject stated, String where) {
        String version = stated.has("version") ? stated.text("version").toLowerCase(Locale.ROOT) : "gemm";
        // exllama and ipex name a kernel that reads gemm's layout.
        if (!List.of("gemm", "exllama", "ipex").contains(version)) {
            throw unknown(stated, where, "AWQ in the layout \"" + JsonObject.shorten(version) + "\"");
        }
        long bits = stated.integer(stated.has("w_bit") ? "w_bit" : "bits", 1, 64);
        if (bits != 4) {
            throw unknown(stated, where, "AWQ of " + bits + " bits");
        }
        return new Awq(groupSize(stated, stated.has("q_group_size") ? "q_group_size" : "group_size"));
    }

    /** AutoRound packs as GPTQ's or AWQ's tools do; its own packing is GPTQ's. */
    private static Quantization autoRound(JsonObject stated, String where) {
        String packing = stated.has("packing_format") ? stated.text("packing_format") : "auto_round:auto_gptq";
        if (packing.contains("awq")) {
            return awq(stated, where);
        }
        if (packing.endsWith("gptq")) {
            return gptq(stated, where);
        }
        throw unknown(stated, where, "AutoRound with packing_format \"" + JsonObject.shorten(packing) + "\"");
    }

    private static int groupSize(JsonObject stated, String key) {
        int size = (int) stated.integer(key, -1, 1 << 20, 128);
        if (size == 0) {
            throw new CheckpointException(stated.file(), key + " is 0, expected -1 or the size of a group");
        }
        return size;
    }

    private static Scaled compressedTensors(JsonObject stated, String where) {
        if (stated.has("format")) {
            String format = stated.text("format");
            if (!List.of(
                            "float-quantized",
                            "int-quantized",
                            "naive-quantized",
                            "pack-quantized",
                            "mixed-precision",
                            "dense")
                    .contains(format)) {
                throw unknown(stated, where, "compressed-tensors of format \"" + JsonObject.shorten(format) + "\"");
            }
        }
        if (stated.has("sparsity_config")
                && stated.object("sparsity_config").has("format")
                && !stated.object("sparsity_config").text("format").equals("dense")) {
            throw unknown(stated, where, "compressed-tensors with sparse weights");
        }
        int bits = 8;
        if (stated.has("config_groups")) {
            JsonObject groups = stated.object("config_groups");
            for (String group : groups.keys()) {
                if (groups.object(group).has("weights")) {
                    bits = (int) groups.object(group).object("weights").integer("num_bits", 1, 64, 8);
                }
            }
        }
        return new Scaled(bits);
    }

    private static CheckpointException unknown(JsonObject stated, String where, String what) {
        return new CheckpointException(
                stated.file(),
                where + what
                        + " is not read. What is: gptq (2, 3, 4 and 8 bits), awq (gemm), fp8, fbgemm_fp8 and compressed-tensors"
                        + " (8-bit floats, packed or 8-bit integers). Take the model in one of these, or unquantized, or as a GGUF file");
    }
}
