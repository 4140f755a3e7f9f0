package dev.altiplano.engine.checkpoint;

import dev.altiplano.engine.checkpoint.content.CheckpointException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

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
    private static final String TOOL_USE_FILE = "additional_chat_templates/tool_use.jinja";
    private static final long MAX_BYTES = 1 << 20;

    /** The templates that lie as files of their own in a model's folder, the default first. */
    public static List<ChatTemplateSource> inFolder(Path folder) {
        List<ChatTemplateSource> templates = new ArrayList<>();
        Path file = folder.resolve(FILE);
        if (Files.isRegularFile(file)) {
            templates.add(read(DEFAULT, file));
        }
        Path withTools = folder.resolve(TOOL_USE_FILE);
        if (Files.isRegularFile(withTools)) {
            templates.add(read(TOOL_USE, withTools));
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
