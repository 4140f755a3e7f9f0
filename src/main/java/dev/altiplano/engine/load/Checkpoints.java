package dev.altiplano.engine.load;

import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.OpenCheckpoint;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.content.WrongContent;
import dev.altiplano.engine.checkpoint.gguf.GgufParts;
import dev.altiplano.engine.checkpoint.gguf.GgufReader;
import dev.altiplano.engine.checkpoint.huggingface.HuggingFaceReader;
import dev.altiplano.engine.checkpoint.meta.MetaReader;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Opens models of every format that is read. */
public final class Checkpoints {

    private Checkpoints() {}

    /**
     * Opens Meta's folder, a Hugging Face folder, a GGUF file, or a folder with one GGUF file; the content tells which.
     * Reads headers only: files are mapped, which costs address space, and no tensor is touched, so that this may come
     * before any decision about memory. The caller closes what it gets.
     *
     * @throws CheckpointException naming the file and what is wrong with it
     */
    @SuppressWarnings("MustBeClosedChecker") // the checkpoint that is returned closes the arena
    public static Checkpoint open(Path path) {
        Arena arena = Arena.ofShared();
        boolean opened = false;
        try {
            Checkpoint checkpoint = new OpenCheckpoint(read(path, arena), arena);
            opened = true;
            return checkpoint;
        } finally {
            if (!opened) {
                arena.close();
            }
        }
    }

    private static OpenCheckpoint.Contents read(Path path, Arena arena) {
        if (Files.isDirectory(path)) {
            return readFolder(path, arena);
        }
        if (!Files.isRegularFile(path)) {
            throw new CheckpointException(
                    path, Files.exists(path) ? "is neither a file nor a folder" : "does not exist");
        }
        byte[] start = start(path);
        if (start.length >= 4
                && ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getInt() == GgufReader.MAGIC) {
            return GgufReader.read(path, arena);
        }
        WrongContent.refuse(path, MemorySegment.ofArray(start));
        throw new CheckpointException(path, "is not a GGUF file" + hint(path, start));
    }

    private static OpenCheckpoint.Contents readFolder(Path folder, Arena arena) {
        boolean params = Files.exists(folder.resolve(MetaReader.PARAMS));
        boolean shards = !MetaReader.shardNames(folder).isEmpty();
        boolean config = Files.exists(folder.resolve(HuggingFaceReader.CONFIG));
        if (shards || (params && !config)) {
            return MetaReader.read(folder, arena);
        }
        if (config) {
            return HuggingFaceReader.read(folder, arena);
        }
        List<Path> gguf = new ArrayList<>();
        try (var files = Files.newDirectoryStream(folder, "*.gguf")) {
            files.forEach(gguf::add);
        } catch (IOException e) {
            throw new CheckpointException(folder, "cannot be listed: " + e, e);
        }
        if (gguf.size() == 1) {
            return read(gguf.getFirst(), arena);
        }
        Optional<Path> first = GgufParts.firstOf(gguf);
        if (first.isPresent()) {
            Path part = Files.exists(first.get()) ? first.get() : gguf.getFirst();
            return read(part, arena);
        }
        if (gguf.isEmpty() && Files.exists(folder.resolve("adapter_config.json"))) {
            throw new CheckpointException(
                    folder,
                    "holds an adapter (adapter_config.json), not a model: load it beside its model by"
                            + " altiplano.adapters.NAME, or write both into one file by `altiplano merge --adapter`");
        }
        throw new CheckpointException(
                folder,
                gguf.isEmpty()
                        ? "holds no model: neither params.json (Meta), nor config.json (Hugging Face), nor a .gguf file"
                        : "holds " + gguf.size() + " .gguf files; name one of them");
    }

    private static byte[] start(Path file) {
        try (var in = Files.newInputStream(file)) {
            return in.readNBytes(WrongContent.START_BYTES);
        } catch (IOException e) {
            throw new CheckpointException(file, "cannot be read: " + e, e);
        }
    }

    private static String hint(Path file, byte[] start) {
        String name = String.valueOf(file.getFileName());
        if (start.length == 0) {
            return ": it is empty";
        }
        boolean zip = start.length >= 2 && start[0] == 'P' && start[1] == 'K';
        if (zip || name.endsWith(".safetensors") || name.endsWith(".json")) {
            return "; for Meta's and Hugging Face's formats give the folder that holds it";
        }
        return " (it does not begin with the letters GGUF)";
    }
}
