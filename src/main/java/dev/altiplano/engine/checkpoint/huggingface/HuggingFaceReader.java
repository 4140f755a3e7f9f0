package dev.altiplano.engine.checkpoint.huggingface;

import dev.altiplano.engine.checkpoint.CheckedFile;
import dev.altiplano.engine.checkpoint.CheckpointException;
import dev.altiplano.engine.checkpoint.CheckpointFormat;
import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.checkpoint.IgnoredTensors;
import dev.altiplano.engine.checkpoint.JsonObject;
import dev.altiplano.engine.checkpoint.JsonReader;
import dev.altiplano.engine.checkpoint.OpenCheckpoint;
import dev.altiplano.engine.checkpoint.StoredTensor;
import dev.altiplano.engine.checkpoint.Tensor;
import dev.altiplano.engine.checkpoint.TensorAssembly;
import dev.altiplano.engine.checkpoint.TensorAssembly.Shard;
import dev.altiplano.engine.checkpoint.TensorFile;
import dev.altiplano.engine.checkpoint.TensorNames;
import dev.altiplano.engine.checkpoint.TensorShape;
import dev.altiplano.engine.checkpoint.TokenizerData;
import dev.altiplano.engine.checkpoint.torch.TorchReader;
import dev.altiplano.engine.checkpoint.verify.CheckedFiles;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a Hugging Face folder: {@code config.json}, the weights in one safetensors file or in several with an index (or in
 * torch's {@code .bin} files, read as Meta's are), and the tokenizer.
 */
public final class HuggingFaceReader {

    public static final String CONFIG = "config.json";
    private static final List<String> WEIGHTS = List.of("model.safetensors", "pytorch_model.bin");
    private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,127}\\.(safetensors|bin)");
    private static final long MAX_CONFIG_BYTES = 1 << 20;
    private static final long MAX_INDEX_BYTES = 4 << 20;

    private final Path folder;
    private final Arena arena;
    private final List<String> notes = new ArrayList<>();
    private final List<CheckedFile> checked = new ArrayList<>();

    private HuggingFaceReader(Path folder, Arena arena) {
        this.folder = folder;
        this.arena = arena;
    }

    public static OpenCheckpoint.Contents read(Path folder, Arena arena) {
        return new HuggingFaceReader(folder, arena).read();
    }

    private OpenCheckpoint.Contents read() {
        JsonObject json = JsonReader.readFile(folder.resolve(CONFIG), MAX_CONFIG_BYTES);
        HuggingFaceConfig config = new HuggingFaceConfig(json);
        Hyperparameters h = config.hyperparameters();
        Map<String, StoredTensor> stored = stored();
        boolean tied = config.tiesOutput(stored.containsKey(TensorShape.OUTPUT));
        if (tied) {
            stored.remove(TensorShape.OUTPUT);
        }
        HuggingFaceBiases.check(folder, config, h, stored.keySet());
        SequencedMap<String, Tensor> tensors =
                TensorAssembly.assemble(h, List.of(new Shard(folder, stored)), TensorNames.HUGGING_FACE, tied);
        HeadOrder order = new HeadOrder(h.headDim(), h.rope().dimensions());
        tensors.replaceAll((name, tensor) -> official(name, tensor, order));
        TokenizerData tokenizer = tokenizer(json, h);
        return new OpenCheckpoint.Contents(
                folder,
                CheckpointFormat.HUGGING_FACE,
                h,
                tokenizer,
                tensors,
                tied,
                List.copyOf(checked),
                List.copyOf(notes));
    }

    private static Tensor official(String name, Tensor tensor, HeadOrder order) {
        if (name.endsWith("." + TensorShape.QUERY) || name.endsWith("." + TensorShape.KEY)) {
            return new HeadOrderTensor(tensor, order);
        }
        boolean bias = name.endsWith(".attn_q.bias") || name.endsWith(".attn_k.bias");
        return bias ? new HeadOrderVector(tensor, order) : tensor;
    }

    /** The tensors that LLaMA knows, by GGUF name. */
    private Map<String, StoredTensor> stored() {
        Map<String, StoredTensor> stored = new LinkedHashMap<>();
        for (String name : WEIGHTS) {
            Path single = folder.resolve(name);
            Path index = folder.resolve(name + ".index.json");
            if (Files.exists(index)) {
                readIndexed(index, stored);
                return stored;
            }
            if (Files.exists(single)) {
                TensorFile file = open(single);
                file.tensors().forEach((tensorName, tensor) -> add(file.file(), tensorName, tensor, stored));
                return stored;
            }
        }
        throw new CheckpointException(
                folder, "has " + CONFIG + ", but neither model.safetensors nor an index of several");
    }

    private void readIndexed(Path index, Map<String, StoredTensor> stored) {
        JsonObject map = JsonReader.readFile(index, MAX_INDEX_BYTES).object("weight_map");
        TreeSet<String> names = new TreeSet<>();
        for (String tensor : map.keys()) {
            String name = map.text(tensor);
            if (!PLAIN_NAME.matcher(name).matches()) {
                throw new CheckpointException(
                        index, "refers to \"" + JsonObject.shorten(name) + "\", which is no file beside it");
            }
            if (names.add(name) && !Files.exists(folder.resolve(name))) {
                throw new CheckpointException(index, "refers to " + name + ", which is missing");
            }
        }
        for (String name : names) {
            TensorFile file = open(folder.resolve(name));
            file.tensors().forEach((tensorName, tensor) -> {
                if (name.equals(map.value(tensorName))) {
                    add(file.file(), tensorName, tensor, stored);
                }
            });
            for (String tensorName : map.keys()) {
                if (name.equals(map.value(tensorName)) && !file.tensors().containsKey(tensorName)) {
                    throw new CheckpointException(
                            index,
                            "says that " + name + " holds " + JsonObject.shorten(tensorName) + ", which it does not");
                }
            }
        }
        checked.add(CheckedFiles.unchecked(index));
    }

    private TensorFile open(Path file) {
        TensorFile opened =
                file.toString().endsWith(".bin") ? TorchReader.read(file, arena) : SafetensorsReader.read(file, arena);
        checked.add(new CheckedFile(file, opened.bytes(), true, null, null, opened.sums()));
        return opened;
    }

    private void add(Path file, String name, StoredTensor tensor, Map<String, StoredTensor> stored) {
        @Nullable String gguf = TensorNames.HUGGING_FACE.toGguf(name);
        if (gguf != null) {
            stored.put(gguf, tensor);
        } else if (!name.endsWith("rotary_emb.inv_freq")) {
            IgnoredTensors.check(file, name, notes);
        }
    }

    private TokenizerData tokenizer(JsonObject config, Hyperparameters h) {
        Path model = folder.resolve("tokenizer.model");
        if (Files.isRegularFile(model)) {
            checked.add(CheckedFiles.tokenizer(model));
            return new TokenizerData.ModelFile(model);
        }
        Path json = folder.resolve("tokenizer.json");
        if (!Files.isRegularFile(json)) {
            throw new CheckpointException(folder, "has neither tokenizer.model nor tokenizer.json");
        }
        checked.add(CheckedFiles.unchecked(json));
        Path generation = folder.resolve("generation_config.json");
        JsonObject ends = Files.isRegularFile(generation) ? JsonReader.readFile(generation, MAX_CONFIG_BYTES) : config;
        return TokenizerJson.read(json, config, ends, h.vocabularySize());
    }
}
