package dev.altiplano.engine.checkpoint;

import dev.altiplano.engine.checkpoint.content.CheckpointException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The text of a chat template as a checkpoint holds it, not yet read.
 *
 * @param name what the checkpoint calls it: {@code default}, or the name of a variant such as {@code tool_use}
 */
public record ChatTemplateSource(String name, String text) {

    /** The name of the template that is used unless another is asked for. */
    public static final String DEFAULT = "default";

    /** The name of the template of conversations that offer tools. */
    public static final String TOOL_USE = "tool_use";

    private static final String FILE = "chat_template.jinja";
    private static final String ADDITIONAL = "additional_chat_templates";
    private static final String ENDING = ".jinja";
    private static final long MAX_BYTES = 1 << 20;

    /** The templates that lie as files of their own in a model's folder, the default first; those beside it are called as their files. */
    public static List<ChatTemplateSource> inFolder(Path folder) {
        List<ChatTemplateSource> templates = new ArrayList<>();
        Path file = folder.resolve(FILE);
        if (Files.isRegularFile(file)) {
            templates.add(read(DEFAULT, file));
        }
        Path additional = folder.resolve(ADDITIONAL);
        if (!Files.isDirectory(additional)) {
            return templates;
        }
        try (Stream<Path> files = Files.list(additional)) {
            for (Path other : files.sorted().toList()) {
                String name = String.valueOf(other.getFileName());
                if (name.endsWith(ENDING) && Files.isRegularFile(other)) {
                    templates.add(read(name.substring(0, name.length() - ENDING.length()), other));
                }
            }
        } catch (IOException e) {
            throw new CheckpointException(additional, "cannot be read: " + e, e);
        }
        return templates;
    }

    private static ChatTemplateSource read(String name, Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new CheckpointException(
                        file, "has more than the " + MAX_BYTES + " bytes that are allowed for it");
            }
            return new ChatTemplateSource(name, Files.readString(file));
        } catch (CharacterCodingException e) {
            throw new CheckpointException(file, "is not text in UTF-8", e);
        } catch (IOException e) {
            throw new CheckpointException(file, "cannot be read: " + e, e);
        }
    }
}
