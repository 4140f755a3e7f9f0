package dev.altiplano.engine.json;

/** Text that is no JSON, or not JSON as a reader wants it: what is wrong, and at which character. */
public final class JsonException extends Exception {

    private static final long serialVersionUID = 1;

    private final String problem;
    private final int position;

    JsonException(String problem, int position) {
        super(problem + " (at character " + position + ")", null, false, false);
        this.problem = problem;
        this.position = position;
    }

    /** What is wrong. */
    public String problem() {
        return problem;
    }

    /** Where, in UTF-16 units. */
    public int position() {
        return position;
    }
}
