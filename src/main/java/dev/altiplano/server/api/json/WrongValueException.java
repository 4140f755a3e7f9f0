package dev.altiplano.server.api.json;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DatabindException;

/** A value that its field cannot have, thrown while Jackson binds it; Jackson adds the path on the way out. */
public final class WrongValueException extends DatabindException {

    private static final long serialVersionUID = 1;

    private static final int MAX_NUMBER_CHARACTERS = 32;

    private final @Nullable String code;

    private WrongValueException(JsonParser parser, @Nullable String code, String message) {
        super(parser, message);
        this.code = code;
    }

    /** The current value of {@code parser} is not {@code expected}, which reads on after "must be". */
    public static WrongValueException of(JsonParser parser, String expected) {
        return new WrongValueException(parser, null, "must be " + expected + found(parser));
    }

    /** The current value of {@code parser} is of the right kind and yet wrong; {@code what} reads on after the path. */
    public static WrongValueException saying(JsonParser parser, String what) {
        return new WrongValueException(parser, null, what);
    }

    /** The current value of {@code parser} asks for something that there is not. */
    static WrongValueException unsupported(JsonParser parser) {
        return new WrongValueException(parser, "unsupported_parameter", "is not supported");
    }

    /** What to say after the path. */
    String what() {
        return getOriginalMessage();
    }

    @Nullable
    String code() {
        return code;
    }

    private static String found(JsonParser parser) {
        if (!parser.currentToken().isNumeric()) {
            return found(parser.currentToken());
        }
        String number = parser.getString();
        return ", not " + (number.length() > MAX_NUMBER_CHARACTERS ? "one so long" : number);
    }

    /** What to say of a value by its kind alone. */
    static String found(@Nullable JsonToken token) {
        return switch (token) {
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> ", not a number";
            case VALUE_STRING -> ", not a string";
            case VALUE_TRUE, VALUE_FALSE -> ", not a boolean";
            case START_ARRAY -> ", not an array";
            case START_OBJECT -> ", not an object";
            case VALUE_NULL -> ", not null";
            case null, default -> "";
        };
    }
}
