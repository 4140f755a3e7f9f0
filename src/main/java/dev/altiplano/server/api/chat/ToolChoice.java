package dev.altiplano.server.api.chat;

import dev.altiplano.server.api.json.JsonValue;
import dev.altiplano.server.api.json.StrictScalars;
import dev.altiplano.server.api.json.WrongValueException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.deser.std.StdDeserializer;

/** Whether the model may, must or must not call a tool. */
@JsonDeserialize(using = ToolChoice.Deserializer.class)
sealed interface ToolChoice {

    /** It may. */
    record Auto() implements ToolChoice {}

    /** It must not. */
    record Never() implements ToolChoice {}

    /** It must call one. */
    record Required() implements ToolChoice {}

    /** It must call this one. */
    record Named(String function) implements ToolChoice {}

    final class Deserializer extends StdDeserializer<ToolChoice> {

        private static final String SHAPES =
                "none, auto, required or {\"type\": \"function\", \"function\": {\"name\": …}}";

        Deserializer() {
            super(ToolChoice.class);
        }

        @Override
        public ToolChoice deserialize(JsonParser parser, DeserializationContext context) {
            if (parser.currentToken() == JsonToken.VALUE_STRING) {
                return switch (StrictScalars.string(parser)) {
                    case "auto" -> new Auto();
                    case "none" -> new Never();
                    case "required" -> new Required();
                    default -> throw WrongValueException.of(parser, SHAPES);
                };
            }
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                throw WrongValueException.of(parser, SHAPES);
            }
            Map<String, @Nullable Object> choice =
                    context.readValue(parser, JsonValue.class).object();
            if (choice == null
                    || !"function".equals(choice.getOrDefault("type", "function"))
                    || !(JsonValue.object(choice.get("function")) instanceof Map<String, ?> function)
                    || !(function.get("name") instanceof String name)) {
                throw WrongValueException.of(parser, SHAPES);
            }
            return new Named(name);
        }
    }
}
