package dev.altiplano.server.api.chat;

import dev.altiplano.server.api.json.JsonValue;
import dev.altiplano.server.api.json.StrictScalars;
import dev.altiplano.server.api.json.WrongValueException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

    /** It may, or must, call one of these. */
    record Among(boolean must, Set<String> functions) implements ToolChoice {
        public Among {
            functions = Set.copyOf(functions);
        }
    }

    final class Deserializer extends StdDeserializer<ToolChoice> {

        private static final String SHAPES =
                "none, auto, required, {\"type\": \"function\", \"function\": {\"name\": …}} or {\"type\": \"allowed_tools\","
                        + " \"allowed_tools\": {\"mode\": \"auto\" or \"required\", \"tools\": […]}}";

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
                    default -> throw WrongValueException.saying(parser, "must be " + SHAPES);
                };
            }
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                throw WrongValueException.of(parser, SHAPES);
            }
            Map<String, @Nullable Object> choice =
                    context.readValue(parser, JsonValue.class).object();
            ToolChoice read = choice == null
                    ? null
                    : switch (String.valueOf(choice.getOrDefault("type", "function"))) {
                        case "function" -> function(choice) instanceof String name ? new Named(name) : null;
                        case "allowed_tools" -> among(JsonValue.object(choice.get("allowed_tools")));
                        default -> null;
                    };
            if (read == null) {
                throw WrongValueException.of(parser, SHAPES);
            }
            return read;
        }

        private static @Nullable Object function(@Nullable Map<String, @Nullable Object> tool) {
            Map<String, @Nullable Object> function = tool == null ? null : JsonValue.object(tool.get("function"));
            return function == null ? null : function.get("name");
        }

        private static @Nullable ToolChoice among(@Nullable Map<String, @Nullable Object> allowed) {
            if (allowed == null || !(allowed.get("tools") instanceof List<?> tools)) {
                return null;
            }
            Set<String> names = new HashSet<>();
            for (Object tool : tools) {
                if (!(function(JsonValue.object(tool)) instanceof String name)) {
                    return null;
                }
                names.add(name);
            }
            return switch (String.valueOf(allowed.get("mode"))) {
                case "auto" -> new Among(false, names);
                case "required" -> new Among(true, names);
                default -> null;
            };
        }
    }
}
