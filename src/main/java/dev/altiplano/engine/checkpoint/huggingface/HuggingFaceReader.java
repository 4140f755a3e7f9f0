package dev.altiplano.engine.checkpoint.huggingface;

import dev.altiplano.engine.checkpoint.CheckedFile;
import dev.altiplano.engine.checkpoint.CheckpointFormat;
import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.checkpoint.OpenCheckpoint;
import dev.altiplano.engine.checkpoint.StateDictNames;
import dev.altiplano.engine.checkpoint.TensorAssembly;
import dev.altiplano.engine.checkpoint.TensorAssembly.Shard;
import dev.altiplano.engine.checkpoint.TensorFile;
import dev.altiplano.engine.checkpoint.TensorNames;
import dev.altiplano.engine.checkpoint.TensorShape;
import dev.altiplano.engine.checkpoint.TokenizerData;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.content.JsonObject;
import dev.altiplano.engine.checkpoint.content.JsonReader;
import dev.altiplano.engine.checkpoint.quantized.Quantization;
import dev.altiplano.engine.checkpoint.quantized.QuantizedLayers;
import dev.altiplano.engine.checkpoint.quantized.RawTensor;
import dev.altiplano.engine.checkpoint.tensor.StoredTensor;
import dev.altiplano.engine.checkpoint.tensor.Tensor;
import dev.altiplano.engine.checkpoint.torch.TorchReader;
import dev.altiplano.engine.checkpoint.verify.CheckedFiles;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Reads a Hugging Face folder: {@code config.json}, the weights in one safetensors file or in several with an index (or in
 * torch's {@code .bin} files, read as Meta's are), and the tokenizer.
 */
public final class HuggingFaceReader {

    public static final String CONFIG = "config.json";
    private static final List<String> WEIGHTS = List.of("model.safetensors", "pytorch_model.bin");
    private static final long MAX_CONFIG_BYTES = 1 << 20;

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
        notes.addAll(config.notes());
        Quantization quantization = Quantization.of(json);
        FolderTensors folderTensors = new FolderTensors(h.experts(), notes);
        if (quantization == null) {
            addPlain(folderTensors);
        } else {
            addQuantized(quantization, folderTensors);
        }
        Map<String, StoredTensor> stored = folderTensors.tensors();
        boolean tied = config.tiesOutput(stored.containsKey(TensorShape.OUTPUT));
        if (tied) {
            stored.remove(TensorShape.OUTPUT);
        }
        config.checkOutput(tied || stored.containsKey(TensorShape.OUTPUT));
        HuggingFaceBiases.check(folder, config, h, stored, notes);
        SequencedMap<String, Tensor> tensors =
                TensorAssembly.assemble(h, List.of(new Shard(folder, stored)), TensorNames.HUGGING_FACE, tied);
        HeadOrder order = new HeadOrder(h.headDim(), h.rope().dimensions());
        tensors.replaceAll((name, tensor) -> official(name, tensor, order));
        TokenizerData tokenizer = HuggingFaceTokenizerFiles.read(folder, json, h.vocabularySize(), checked);
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

    private void addPlain(FolderTensors target) {
        for (String name : WEIGHTS) {
            Path single = folder.resolve(name);
            Path index = folder.resolve(name + ".index.json");
            if (Files.exists(index)) {
                readIndexed(index, target);
                return;
            }
            if (Files.exists(single)) {
                TensorFile file = StateDictNames.plain(open(single), TensorNames.HUGGING_FACE);
                file.tensors().forEach((tensorName, tensor) -> target.add(file.file(), tensorName, tensor));
                return;
            }
        }
        throw new CheckpointException(
                folder, "has " + CONFIG + ", but neither model.safetensors nor an index of several");
    }

    private void readIndexed(Path index, FolderTensors target) {
        WeightIndex parts = WeightIndex.read(index);
        List<TensorFile> files = new ArrayList<>();
        parts.names().forEach((name, wanted) -> {
            TensorFile file = open(folder.resolve(name));
            parts.checkHeld(name, file.tensors().keySet());
            Map<String, StoredTensor> held = new LinkedHashMap<>(file.tensors());
            held.keySet().retainAll(wanted);
            files.add(new TensorFile(file.file(), file.bytes(), held, file.sums()));
        });
        for (TensorFile file : StateDictNames.plain(files, TensorNames.HUGGING_FACE)) {
            file.tensors().forEach((name, tensor) -> target.add(file.file(), name, tensor));
        }
        checked.add(CheckedFiles.unchecked(index));
    }

    private void addQuantized(Quantization quantization, FolderTensors target) {
        Map<String, RawTensor> raw = new LinkedHashMap<>();
        Path index = folder.resolve("model.safetensors.index.json");
        if (Files.exists(index)) {
            WeightIndex parts = WeightIndex.read(index);
            parts.names().forEach((name, wanted) -> {
                Map<String, RawTensor> held = openRaw(folder.resolve(name));
                parts.checkHeld(name, held.keySet());
                held.keySet().retainAll(wanted);
                raw.putAll(held);
            });
            checked.add(CheckedFiles.unchecked(index));
        } else {
            raw.putAll(openRaw(onlySafetensors()));
        }
        QuantizedLayers.decode(quantization, raw, notes).forEach((name, tensor) -> target.add(folder, name, tensor));
    }

    private Map<String, RawTensor> openRaw(Path file) {
        if (!file.toString().endsWith(".safetensors")) {
            throw new CheckpointException(file, "holds quantized weights; they are read from safetensors files alone");
        }
        Map<String, RawTensor> raw = SafetensorsReader.readRaw(file, arena);
        checked.add(new CheckedFile(file, CheckedFiles.size(file), true, null, null, List.of()));
        return raw;
    }

    /** {@code model.safetensors}, or the one file that a tool has named after its method. */
    private Path onlySafetensors() {
        Path usual = folder.resolve("model.safetensors");
        List<Path> found = new ArrayList<>();
        try (var files = Files.newDirectoryStream(folder, "*.safetensors")) {
            files.forEach(found::add);
        } catch (IOException e) {
            throw new CheckpointException(folder, "cannot be listed: " + e, e);
        }
        if (found.size() == 1 || found.contains(usual)) {
            return found.contains(usual) ? usual : found.getFirst();
        }
        throw new CheckpointException(
                folder,
                "has " + found.size() + " .safetensors files, but neither model.safetensors nor an index of several");
    }

    private TensorFile open(Path file) {
        TensorFile opened =
                file.toString().endsWith(".bin") ? TorchReader.read(file, arena) : SafetensorsReader.read(file, arena);
        checked.add(new CheckedFile(file, opened.bytes(), true, null, null, opened.sums()));
        return opened;
    }
}
