package dev.altiplano.engine.checkpoint.meta;

import dev.altiplano.engine.checkpoint.CheckedFile;
import dev.altiplano.engine.checkpoint.CheckpointFormat;
import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.checkpoint.IgnoredTensors;
import dev.altiplano.engine.checkpoint.OpenCheckpoint;
import dev.altiplano.engine.checkpoint.StateDictNames;
import dev.altiplano.engine.checkpoint.TensorAssembly;
import dev.altiplano.engine.checkpoint.TensorAssembly.Shard;
import dev.altiplano.engine.checkpoint.TensorFile;
import dev.altiplano.engine.checkpoint.TensorNames;
import dev.altiplano.engine.checkpoint.TensorShape;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.content.JsonReader;
import dev.altiplano.engine.checkpoint.huggingface.SafetensorsReader;
import dev.altiplano.engine.checkpoint.tensor.StoredTensor;
import dev.altiplano.engine.checkpoint.tensor.Tensor;
import dev.altiplano.engine.checkpoint.torch.TorchReader;
import dev.altiplano.engine.checkpoint.verify.CheckedFiles;
import dev.altiplano.engine.checkpoint.verify.Checklist;
import java.io.IOException;
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

/**
 * Reads a folder as Meta ships LLaMA: {@code params.json}, {@code consolidated.00.pth} and its further shards,
 * {@code checklist.chk}, and {@code tokenizer.model} in the folder or beside it. A single {@code state_dict.pt}, the merged
 * form that community tools write, Mistral's {@code consolidated.safetensors}, or the one {@code .pth} of a training run stands
 * for the shards where there are none.
 */
public final class MetaReader {

    public static final String PARAMS = "params.json";
    static final String MERGED = "state_dict.pt";
    /** Mistral's name for all weights in one file. */
    static final String SAFETENSORS = "consolidated.safetensors";

    private static final Pattern SHARD = Pattern.compile("consolidated\\.[0-9]{2}\\.pth");
    private static final long MAX_PARAMS_BYTES = 64 << 10;

    private final Path folder;
    private final Arena arena;
    private final List<String> notes = new ArrayList<>();

    private MetaReader(Path folder, Arena arena) {
        this.folder = folder;
        this.arena = arena;
    }

    /** Names of the shards in {@code folder}, sorted. */
    public static List<String> shardNames(Path folder) {
        TreeSet<String> names = new TreeSet<>();
        try (var children = Files.newDirectoryStream(folder, "consolidated.*")) {
            for (Path child : children) {
                String name = String.valueOf(child.getFileName());
                if (SHARD.matcher(name).matches()) {
                    names.add(name);
                }
            }
        } catch (IOException e) {
            throw new CheckpointException(folder, "cannot be listed: " + e, e);
        }
        return List.copyOf(names);
    }

    public static OpenCheckpoint.Contents read(Path folder, Arena arena) {
        return new MetaReader(folder, arena).read();
    }

    private OpenCheckpoint.Contents read() {
        MetaParams params = new MetaParams(JsonReader.readFile(folder.resolve(PARAMS), MAX_PARAMS_BYTES), notes);
        Checklist checklist = Checklist.read(folder.resolve("checklist.chk"));
        List<TensorFile> files = new ArrayList<>();
        for (String name : shards()) {
            Path file = folder.resolve(name);
            TensorFile opened =
                    name.equals(SAFETENSORS) ? SafetensorsReader.read(file, arena) : TorchReader.read(file, arena);
            files.add(StateDictNames.plain(opened, TensorNames.META));
        }
        List<Shard> shards = new ArrayList<>();
        for (TensorFile file : files) {
            shards.add(new Shard(file.file(), rename(file, shards.isEmpty())));
        }
        boolean sharedFrequencies = files.getFirst().tensors().containsKey("rope.freqs");
        Hyperparameters h = params.hyperparameters(embeddingRows(shards, params.dim()), sharedFrequencies);
        // Its output is the embedding, which files of other programs do not repeat.
        boolean tied = params.isLlama32() && !shards.getFirst().tensors().containsKey(TensorShape.OUTPUT);
        SequencedMap<String, Tensor> tensors = TensorAssembly.assemble(h, shards, TensorNames.META, tied);
        Path tokenizer = MetaTokenizer.find(folder);
        return new OpenCheckpoint.Contents(
                folder,
                CheckpointFormat.META,
                h,
                MetaTokenizer.data(folder, tokenizer, h.vocabularySize()),
                tensors,
                tied,
                checkedFiles(files, checklist, tokenizer),
                List.copyOf(notes));
    }

    private List<String> shards() {
        List<String> names = shardNames(folder);
        for (int i = 0; i < names.size(); i++) {
            String expected = String.format("consolidated.%02d.pth", i);
            if (!names.get(i).equals(expected)) {
                throw new CheckpointException(folder, "lacks " + expected + ", but has " + names.get(i));
            }
        }
        if (!names.isEmpty()) {
            return names;
        }
        for (String single : List.of(MERGED, SAFETENSORS)) {
            if (Files.isRegularFile(folder.resolve(single))) {
                return List.of(single);
            }
        }
        List<String> others = new ArrayList<>();
        try (var children = Files.newDirectoryStream(folder, "*.{pth,pt,ckpt}")) {
            children.forEach(child -> others.add(String.valueOf(child.getFileName())));
        } catch (IOException e) {
            throw new CheckpointException(folder, "cannot be listed: " + e, e);
        }
        if (others.size() == 1) {
            return others;
        }
        throw new CheckpointException(
                folder,
                "has " + PARAMS + ", but no consolidated.00.pth"
                        + (others.isEmpty() ? "" : "; of its " + others.size() + " .pth files it does not say which"));
    }

    /** The tensors that LLaMA knows under their GGUF names; of the others the first file's are noted. */
    private Map<String, StoredTensor> rename(TensorFile file, boolean note) {
        Map<String, StoredTensor> renamed = new LinkedHashMap<>();
        file.tensors().forEach((name, tensor) -> {
            String gguf = TensorNames.META.toGguf(name);
            if (gguf != null) {
                renamed.put(gguf, tensor);
            } else if (!name.endsWith("rope.freqs")) {
                IgnoredTensors.check(file.file(), name, note ? notes : new ArrayList<>());
            }
        });
        return renamed;
    }

    private static long embeddingRows(List<Shard> shards, int dim) {
        StoredTensor embedding = shards.getFirst().tensors().get(TensorShape.EMBEDDING);
        if (embedding == null || embedding.dimensions() != 2) {
            throw new CheckpointException(
                    shards.getFirst().file(),
                    embedding == null ? "lacks tok_embeddings.weight" : "tok_embeddings.weight is not a matrix");
        }
        long rows = embedding.size(0);
        return embedding.size(1) == dim ? Math.multiplyExact(rows, shards.size()) : rows;
    }

    private List<CheckedFile> checkedFiles(List<TensorFile> files, Checklist checklist, Path tokenizer) {
        List<CheckedFile> checked = new ArrayList<>();
        Map<String, String> sums = new LinkedHashMap<>(checklist.sums());
        for (TensorFile file : files) {
            String name = String.valueOf(file.file().getFileName());
            String md5 = sums.remove(name);
            if (md5 == null && !checklist.sums().isEmpty()) {
                notes.add(checklist.file().getFileName() + " does not list " + name);
            }
            checked.add(new CheckedFile(
                    file.file(), file.bytes(), true, md5, md5 == null ? null : checklist.file(), file.sums()));
        }
        sums.forEach((name, md5) -> {
            Path file = folder.resolve(name);
            checked.add(new CheckedFile(file, CheckedFiles.size(file), false, md5, checklist.file(), List.of()));
        });
        if (!sums.containsKey("tokenizer.model")
                || !folder.resolve("tokenizer.model").equals(tokenizer)) {
            checked.add(CheckedFiles.tokenizer(tokenizer));
        }
        return List.copyOf(checked);
    }
}
