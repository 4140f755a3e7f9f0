package dev.altiplano.server.api.json;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.deser.std.StdDeserializer;

/**
 * Any JSON but null, with its fields in the order of the text. {@link Json#MAX_DEPTH} bounds its nesting.
 *
 * @param value a map, a list, a string, a number or a boolean; nulls stand only inside
 */
@JsonDeserialize(using = JsonValue.Deserializer.class)
public record JsonValue(Object value) {

    static final class Deserializer extends StdDeserializer<JsonValue> {

        Deserializer() {
            super(JsonValue.class);
        }

        @Override
        public JsonValue deserialize(JsonParser parser, DeserializationContext context) {
            Object value = read(parser);
            if (value == null) {
                throw WrongValueException.of(parser, "a value");
            }
            return new JsonValue(value);
        }
    }

    /** The fields of the object that it is; null where it is none. */
    public @Nullable Map<String, @Nullable Object> object() {
        return object(value);
    }

    /** The same of a value inside. */
    @SuppressWarnings("unchecked")
    public static @Nullable Map<String, @Nullable Object> object(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? (Map<String, @Nullable Object>) map : null;
    }

    /** Its JSON text. */
    public String text() {
        return text(value);
    }

    /** The JSON text of a value such as {@link #value} holds. */
    public static String text(@Nullable Object value) {
        return new String(Json.bytes(out -> write(out, value)), StandardCharsets.UTF_8);
    }

    private static @Nullable Object read(JsonParser parser) {
        return switch (parser.currentToken()) {
            case START_OBJECT -> fields(parser);
            case START_ARRAY -> elements(parser);
            case VALUE_STRING -> StrictScalars.string(parser);
            case VALUE_NUMBER_INT -> parser.getNumberValue();
            case VALUE_NUMBER_FLOAT -> real(parser);
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> null;
        };
    }

    private static double real(JsonParser parser) {
        double value = parser.getDoubleValue();
        if (!Double.isFinite(value)) {
            throw WrongValueException.of(parser, "a finite number");
        }
        return value;
    }

    private static Map<String, @Nullable Object> fields(JsonParser parser) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            try {
                fields.put(name, read(parser));
            } catch (JacksonException e) {
                throw e.prependPath(fields, name);
            }
        }
        return fields;
    }

    private static List<@Nullable Object> elements(JsonParser parser) {
        List<@Nullable Object> elements = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            try {
                elements.add(read(parser));
            } catch (JacksonException e) {
                throw e.prependPath(elements, elements.size());
            }
        }
        return elements;
    }

    private static void write(JsonGenerator out, @Nullable Object value) {
        switch (value) {
            case null -> out.writeNull();
            case Map<?, ?> fields -> {
                out.writeStartObject();
                fields.forEach((name, field) -> {
                    out.writeName(String.valueOf(name));
                    write(out, field);
                });
                out.writeEndObject();
            }
            case List<?> elements -> {
                out.writeStartArray();
                elements.forEach(element -> write(out, element));
                out.writeEndArray();
            }
            case Boolean truth -> out.writeBoolean(truth);
            case Number number -> out.writeNumber(number.toString());
            default -> out.writeString(value.toString());
        }
    }
}
