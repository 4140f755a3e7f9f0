package dev.altiplano.engine.checkpoint;

/**
 * The text of a chat template as a checkpoint holds it, not yet read.
 *
 * @param name what the checkpoint calls it: {@code default}, or the name of a variant such as {@code tool_use}
 */
public record ChatTemplateSource(String name, String text) {

    /** The name of the template that is used unless another is asked for. */
    public static final String DEFAULT = "default";
}
