package dev.altiplano.engine;

/** A request that can never be served as it is. */
public final class InvalidRequestException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** The field of what a text must follow, which the wire format has several names for. */
    public static final String GRAMMAR = "grammar";

    private final String field;
    private final String code;

    /**
     * @param field the field of {@link GenerationRequest} that is wrong, as the wire format writes it ({@code prompt}, {@code logit_bias}, …)
     * @param code a short name of the problem, for example {@code context_length_exceeded}
     */
    public InvalidRequestException(String field, String code, String message) {
        super(message, null, false, false);
        this.field = field;
        this.code = code;
    }

    public String field() {
        return field;
    }

    public String code() {
        return code;
    }
}
