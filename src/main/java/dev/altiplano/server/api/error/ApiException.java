package dev.altiplano.server.api.error;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A request that gets an error for a response: the status, OpenAI's four fields, and what to say about trying again. */
public final class ApiException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private static final int MAX_CHARACTERS = 500;

    private final int status;
    private final String type;
    private final @Nullable String code;
    private final @Nullable String param;
    private final transient @Nullable Duration retryAfter;

    ApiException(
            int status,
            String type,
            @Nullable String code,
            @Nullable String param,
            String message,
            @Nullable Duration retryAfter) {
        super(bounded(message), null, false, false);
        this.status = status;
        this.type = type;
        this.code = code;
        this.param = param == null ? null : bounded(param);
        this.retryAfter = retryAfter;
    }

    /** 400: {@code param} is the field that is wrong, null where it is none in particular. */
    public static ApiException invalid(@Nullable String param, String message) {
        return invalid(param, null, message);
    }

    /** The same with a code that programs can tell it by. */
    public static ApiException invalid(@Nullable String param, @Nullable String code, String message) {
        return of(400, code, param, message);
    }

    /** A refusal that another try with the same request would meet again. */
    public static ApiException of(int status, @Nullable String code, @Nullable String param, String message) {
        return new ApiException(status, "invalid_request_error", code, param, message, null);
    }

    /** A refusal that another try after {@code retryAfter} may not meet. */
    public static ApiException retry(int status, String type, String code, String message, Duration retryAfter) {
        return new ApiException(status, type, code, null, message, retryAfter);
    }

    /** Something failed here. */
    public static ApiException server(int status, String code, String message) {
        return new ApiException(status, "server_error", code, null, message, null);
    }

    int status() {
        return status;
    }

    String type() {
        return type;
    }

    @Nullable
    String code() {
        return code;
    }

    @Nullable
    String param() {
        return param;
    }

    @Nullable
    Duration retryAfter() {
        return retryAfter;
    }

    public String text() {
        return String.valueOf(getMessage());
    }

    /** Texts of clients appear in messages: short, on one line, and well-formed. */
    private static String bounded(String text) {
        StringBuilder clean = new StringBuilder(Math.min(text.length(), MAX_CHARACTERS));
        for (int i = 0; i < text.length() && clean.length() < MAX_CHARACTERS; ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            boolean shown = !Character.isISOControl(c) && Character.getType(c) != Character.SURROGATE;
            clean.appendCodePoint(shown ? c : 0xFFFD);
        }
        return clean.length() < MAX_CHARACTERS ? clean.toString() : clean + "…";
    }
}
