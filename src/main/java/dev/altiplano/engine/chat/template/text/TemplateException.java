package dev.altiplano.engine.chat.template.text;

/** A template that cannot be compiled, or not rendered with these values. The message tells the line and column. */
public final class TemplateException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String reason;
    private final int line;
    private final int column;
    private final boolean raised;

    private TemplateException(String reason, int line, int column, boolean raised) {
        super(line == 0 ? reason : "line " + line + ", column " + column + ": " + reason, null, false, false);
        this.reason = reason;
        this.line = line;
        this.column = column;
        this.raised = raised;
    }

    /** An error whose place is not known yet. */
    public static TemplateException of(String reason) {
        return new TemplateException(reason, 0, 0, false);
    }

    /** What the template itself refuses by {@code raise_exception}. */
    public static TemplateException raised(String reason) {
        return new TemplateException(reason, 0, 0, true);
    }

    public static TemplateException at(int line, int column, String reason) {
        return new TemplateException(reason, line, column, false);
    }

    /** This error with a place, if it has none yet: the innermost place is the one to tell. */
    public TemplateException placed(int atLine, int atColumn) {
        return line > 0 ? this : new TemplateException(reason, atLine, atColumn, raised);
    }

    /** What is wrong, without the place. */
    public String reason() {
        return reason;
    }

    /** The line, from 1, or 0 where there is none. */
    public int line() {
        return line;
    }

    /** The column, from 1, or 0 where there is none. */
    public int column() {
        return column;
    }

    /** Whether the template refused the messages by {@code raise_exception}: {@link #reason} is then the author's own text. */
    public boolean isRaised() {
        return raised;
    }
}
