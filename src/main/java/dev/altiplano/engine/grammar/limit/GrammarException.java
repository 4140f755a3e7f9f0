package dev.altiplano.engine.grammar.limit;

/** A grammar that is refused: malformed, not supported, without any text, or beyond a limit. The message says where and what to do. */
public final class GrammarException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private static final int SHOWN = 80;

    public GrammarException(String message) {
        super(message);
    }

    private GrammarException(String message, Throwable cause) {
        super(message, cause);
    }

    /** The same refusal with the place that it concerns before it. */
    public GrammarException at(String place) {
        return new GrammarException(place + ": " + getMessage(), this);
    }

    /** A text of a client, cut to a length that fits into a message. */
    public static String shorten(String text) {
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
    }
}
