package dev.altiplano.engine.chat;

/**
 * A token that steers the model, as it is spelled in templates.
 *
 * @param stripsBefore whether white space before it belongs to it (Hugging Face's {@code lstrip})
 * @param stripsAfter whether white space behind it belongs to it ({@code rstrip})
 */
public record ControlToken(String text, int id, boolean stripsBefore, boolean stripsAfter) {

    /** A token without claims on white space. */
    public ControlToken(String text, int id) {
        this(text, id, false, false);
    }
}
