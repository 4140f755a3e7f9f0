package dev.altiplano.server.api.json;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.std.StdScalarDeserializer;
import tools.jackson.databind.module.SimpleModule;

/** Scalars that are what they look like: no number out of a string, no truth out of a number. A whole number may be written 16.0. */
public final class StrictScalars {

    private static final double MAX_EXACT_INTEGER = 1L << 53;

    private StrictScalars() {}

    static SimpleModule module() {
        return new SimpleModule("strict scalars")
                .addDeserializer(Long.class, new Scalar<>(Long.class, StrictScalars::integer))
                .addDeserializer(Double.class, new Scalar<>(Double.class, StrictScalars::number))
                .addDeserializer(Boolean.class, new Scalar<>(Boolean.class, StrictScalars::bool))
                .addDeserializer(String.class, new Scalar<>(String.class, StrictScalars::string));
    }

    /** Reads the parser's current token. */
    private interface Reading<T> {
        T read(JsonParser parser);
    }

    private static final class Scalar<T> extends StdScalarDeserializer<T> {

        private final transient Reading<T> reading;

        Scalar(Class<T> type, Reading<T> reading) {
            super(type);
            this.reading = reading;
        }

        @Override
        public T deserialize(JsonParser parser, DeserializationContext context) {
            return reading.read(parser);
        }
    }

    /** A whole number of 64 bits. */
    public static long integer(JsonParser parser) {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.VALUE_NUMBER_INT && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
            return parser.getLongValue();
        }
        if (token == JsonToken.VALUE_NUMBER_FLOAT) {
            double value = parser.getDoubleValue();
            if (value == Math.rint(value) && Math.abs(value) <= MAX_EXACT_INTEGER) {
                return (long) value;
            }
        }
        throw WrongValueException.of(parser, "an integer of 64 bits");
    }

    private static double number(JsonParser parser) {
        if (!parser.currentToken().isNumeric()) {
            throw WrongValueException.of(parser, "a number");
        }
        return parser.getDoubleValue();
    }

    private static boolean bool(JsonParser parser) {
        return switch (parser.currentToken()) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> throw WrongValueException.of(parser, "true or false");
        };
    }

    /** Text without lone surrogates, which escapes can write and no UTF-8 can carry on. */
    public static String string(JsonParser parser) {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw WrongValueException.of(parser, "a string");
        }
        String value = parser.getString();
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (Character.isSurrogate(c)) {
                if (Character.isLowSurrogate(c)
                        || i + 1 == value.length()
                        || !Character.isLowSurrogate(value.charAt(i + 1))) {
                    throw WrongValueException.saying(
                            parser, "must be well-formed Unicode without the lone surrogate at character " + i);
                }
                i++;
            }
        }
        return value;
    }
}
