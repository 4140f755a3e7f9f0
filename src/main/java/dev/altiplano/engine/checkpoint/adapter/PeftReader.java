package dev.altiplano.engine.checkpoint.adapter;

import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.checkpoint.TensorNames;
import dev.altiplano.engine.checkpoint.TensorShape;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.content.JsonObject;
import dev.altiplano.engine.checkpoint.content.JsonReader;
import dev.altiplano.engine.checkpoint.huggingface.HeadOrder;
import dev.altiplano.engine.checkpoint.huggingface.HeadOrderTensor;
import dev.altiplano.engine.checkpoint.huggingface.SafetensorsReader;
import dev.altiplano.engine.checkpoint.tensor.StoredTensor;
import dev.altiplano.engine.checkpoint.tensor.Tensor;
import dev.altiplano.engine.checkpoint.torch.TorchReader;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a LoRA adapter as PEFT saves it: {@code adapter_config.json} and {@code adapter_model.safetensors} (or {@code .bin}) with
 * tensors {@code base_model.model.<module>.lora_A.weight} [rank, inputs] and {@code .lora_B.weight} [outputs, rank].
 */
public final class PeftReader {

    public static final String CONFIG = "adapter_config.json";
    public static final String WEIGHTS = "adapter_model.safetensors";
    private static final long MAX_CONFIG_BYTES = 1 << 20;
    private static final Pattern NAME =
            Pattern.compile("(?:base_model\\.model\\.)?(.{1,200})\\.lora_([AB])(?:\\.[A-Za-z0-9_-]+)?\\.weight");

    private PeftReader() {}

    /** The tensors of one module. */
    private static final class Pair {
        private @Nullable StoredTensor a;
        private @Nullable StoredTensor b;
    }

    /** Maps the adapter in {@code folder}, made for a model of the shape {@code base}, into {@code arena}. */
    public static AdapterFile read(Path folder, Hyperparameters base, Arena arena) {
        PeftConfig config = new PeftConfig(JsonReader.readFile(folder.resolve(CONFIG), MAX_CONFIG_BYTES));
        Path file = folder.resolve(WEIGHTS);
        Map<String, StoredTensor> stored;
        if (Files.isRegularFile(file)) {
            stored = SafetensorsReader.read(file, arena).tensors();
        } else {
            file = folder.resolve("adapter_model.bin");
            if (!Files.isRegularFile(file)) {
                throw new CheckpointException(
                        folder, "has " + CONFIG + ", but neither " + WEIGHTS + " nor adapter_model.bin");
            }
            stored = TorchReader.read(file, arena).tensors();
        }
        List<LowRank> parts = new ArrayList<>();
        for (Map.Entry<String, Pair> entry : pairs(file, stored).entrySet()) {
            parts.add(part(file, entry.getKey(), entry.getValue(), config, base));
        }
        return AdapterFile.of(folder, parts);
    }

    private static Map<String, Pair> pairs(Path file, Map<String, StoredTensor> stored) {
        Map<String, Pair> pairs = new LinkedHashMap<>();
        stored.forEach((name, tensor) -> {
            Matcher matcher = NAME.matcher(name);
            if (!matcher.matches() || tensor.dimensions() != 2) {
                throw new CheckpointException(
                        file,
                        "has the tensor " + JsonObject.shorten(name)
                                + ", which is not a matrix of a LoRA adapter (lora_A.weight or lora_B.weight)");
            }
            Pair pair = pairs.computeIfAbsent(matcher.group(1), none -> new Pair());
            boolean first = matcher.group(2).equals("A");
            if ((first ? pair.a : pair.b) != null) {
                throw new CheckpointException(file, "has two adapters for " + JsonObject.shorten(matcher.group(1)));
            }
            if (first) {
                pair.a = tensor;
            } else {
                pair.b = tensor;
            }
        });
        return pairs;
    }

    private static LowRank part(Path file, String module, Pair pair, PeftConfig config, Hyperparameters base) {
        String target = TensorNames.HUGGING_FACE.toGguf(module + ".weight");
        // Trained on the bare model, whose modules have no "model." in front.
        target = target == null ? TensorNames.HUGGING_FACE.toGguf("model." + module + ".weight") : target;
        if (target == null || !target.startsWith("blk.") || target.endsWith("norm.weight")) {
            throw new CheckpointException(
                    file, "adapts " + JsonObject.shorten(module) + ", which is none of the projections of a layer");
        }
        if (pair.a == null || pair.b == null) {
            throw new CheckpointException(file, "has only one of lora_A and lora_B for " + JsonObject.shorten(module));
        }
        Tensor a = pair.a.matrix(target + ".lora_a");
        Tensor b = pair.b.matrix(target + ".lora_b");
        boolean turned = target.endsWith("." + TensorShape.QUERY) || target.endsWith("." + TensorShape.KEY);
        if (turned && b.rows() % base.headDim() != 0) {
            throw new CheckpointException(
                    file,
                    "adapts " + target + " with " + b.rows() + " outputs, no whole number of heads of " + base.headDim()
                            + ": it was made for another model");
        }
        return new LowRank(
                target,
                a,
                turned
                        ? new HeadOrderTensor(
                                b, new HeadOrder(base.headDim(), base.rope().dimensions()))
                        : b,
                config.scale(module, a.rows()));
    }
}
