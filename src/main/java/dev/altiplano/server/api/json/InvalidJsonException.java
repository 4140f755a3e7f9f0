package dev.altiplano.server.api.json;

import org.jspecify.annotations.Nullable;

/** A body that is no strict JSON, or does not have the shape of the record that it is for. The message repeats no text of the body. */
public final class InvalidJsonException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final @Nullable String field;
    private final @Nullable String code;

    /**
     * @param field the path of the field that is wrong; null where it is none in particular
     * @param code {@code invalid_json}, {@code unknown_parameter}; null for a wrong value
     */
    InvalidJsonException(@Nullable String field, @Nullable String code, String message) {
        super(message, null, false, false);
        this.field = field;
        this.code = code;
    }

    public @Nullable String field() {
        return field;
    }

    public @Nullable String code() {
        return code;
    }
}
