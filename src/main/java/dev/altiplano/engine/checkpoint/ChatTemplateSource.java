package dev.altiplano.engine.checkpoint;

import dev.altiplano.engine.checkpoint.content.CheckpointException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The text of a chat template as a checkpoint holds it, not yet read.
 *
 * @param name what the checkpoint calls it: {@code default}, or the name of a variant such as {@code tool_use}
 */
public record ChatTemplateSource(String name, String text) {

    /** The name of the template that is used unless another is asked for. */
    public static final String DEFAULT = "default";

    private static final String FILE = "chat_template.jinja";
    private static final long MAX_BYTES = 1 << 20;

    /** The template that lies as a file of its own in a model's folder; empty where there is none. */
    public static Optional<ChatTemplateSource> inFolder(Path folder) {
        Path file = folder.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new CheckpointException(
                        file, "has more than the " + MAX_BYTES + " bytes that are allowed for it");
            }
            return Optional.of(new ChatTemplateSource(DEFAULT, Files.readString(file)));
        } catch (CharacterCodingException e) {
            throw new CheckpointException(file, "is not text in UTF-8", e);
        } catch (IOException e) {
            throw new CheckpointException(file, "cannot be read: " + e, e);
        }
    }
}
