package dev.altiplano.engine.checkpoint.meta;

import dev.altiplano.engine.checkpoint.content.CheckpointException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds the tokenizer of a folder of Meta's or Mistral's. */
final class MetaTokenizer {

    private static final String NAME = "tokenizer.model";
    private static final int MAX_VERSION = 9;

    private MetaTokenizer() {}

    /** {@code tokenizer.model} in the folder, or the newest of Mistral's numbered ones, or the one beside the folder, which Meta's sizes share. */
    static Path find(Path folder) {
        Path own = folder.resolve(NAME);
        if (Files.isRegularFile(own)) {
            return own;
        }
        for (int version = MAX_VERSION; version > 0; version--) {
            Path numbered = folder.resolve(NAME + ".v" + version);
            if (Files.isRegularFile(numbered)) {
                return numbered;
            }
        }
        Path shared = folder.toAbsolutePath().normalize().resolveSibling(NAME);
        if (Files.isRegularFile(shared)) {
            return shared;
        }
        if (Files.isRegularFile(folder.resolve("tekken.json"))) {
            throw new CheckpointException(
                    folder, "has a tekken.json, which is not read: take the same model as a Hugging Face folder");
        }
        throw new CheckpointException(own, "is missing, and so is " + shared);
    }
}
