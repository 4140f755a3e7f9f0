package dev.altiplano.engine.checkpoint.meta;

import dev.altiplano.engine.checkpoint.ChatTemplateSource;
import dev.altiplano.engine.checkpoint.TokenizerData;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.content.JsonReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Finds the tokenizer of a folder of Meta's or Mistral's. */
final class MetaTokenizer {

    private static final String NAME = "tokenizer.model";
    private static final String TEKKEN = "tekken.json";
    private static final int MAX_VERSION = 9;
    private static final long MAX_TEKKEN_BYTES = 64 << 20;

    private MetaTokenizer() {}

    /**
     * {@code tokenizer.model} in the folder, or the newest of Mistral's numbered ones or its {@code tekken.json}, or the one beside the
     * folder, which Meta's sizes share.
     */
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
        Path tekken = folder.resolve(TEKKEN);
        if (Files.isRegularFile(tekken)) {
            return tekken;
        }
        Path shared = folder.toAbsolutePath().normalize().resolveSibling(NAME);
        if (Files.isRegularFile(shared)) {
            return shared;
        }
        throw new CheckpointException(own, "is missing, and so is " + shared);
    }

    /**
     * What {@link #find} has found.
     *
     * @param embeddings how many tokens the model has an embedding for
     */
    static TokenizerData data(Path folder, Path file, int embeddings) {
        List<ChatTemplateSource> templates = ChatTemplateSource.inFolder(folder);
        return file.endsWith(TEKKEN)
                ? new TokenizerData.HuggingFace(
                        folder,
                        null,
                        Map.of(
                                TEKKEN,
                                JsonReader.readFile(file, MAX_TEKKEN_BYTES).toMap()),
                        embeddings,
                        templates)
                : new TokenizerData.ModelFile(file, templates);
    }
}
