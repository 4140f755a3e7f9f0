package dev.altiplano.engine.load;

import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.adapter.AdapterFile;
import dev.altiplano.engine.checkpoint.adapter.PeftReader;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.gguf.GgufAdapterReader;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Opens LoRA adapters of every format that is read. */
public final class Adapters {

    private Adapters() {}

    /**
     * Opens PEFT's folder, a GGUF file, or a folder with one GGUF file, as an adapter of {@code base}; its files are mapped into
     * {@code arena}.
     *
     * @throws CheckpointException naming the file and what is wrong with it, or that it was made for another model
     */
    public static AdapterFile open(Path path, Checkpoint base, Arena arena) {
        AdapterFile adapter = read(path, base, arena);
        adapter.check(base);
        return adapter;
    }

    private static AdapterFile read(Path path, Checkpoint base, Arena arena) {
        if (Files.isRegularFile(path)) {
            return GgufAdapterReader.read(path, arena);
        }
        if (!Files.isDirectory(path)) {
            throw new CheckpointException(
                    path, Files.exists(path) ? "is neither a file nor a folder" : "does not exist");
        }
        if (Files.exists(path.resolve(PeftReader.CONFIG))) {
            return PeftReader.read(path, base.hyperparameters(), arena);
        }
        List<Path> gguf = new ArrayList<>();
        try (var files = Files.newDirectoryStream(path, "*.gguf")) {
            files.forEach(gguf::add);
        } catch (IOException e) {
            throw new CheckpointException(path, "cannot be listed: " + e, e);
        }
        if (gguf.size() == 1) {
            return GgufAdapterReader.read(gguf.getFirst(), arena);
        }
        throw new CheckpointException(
                path, "holds no adapter: neither " + PeftReader.CONFIG + " (PEFT) nor one .gguf file");
    }
}
