package dev.altiplano.server.api.json;

import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.deser.std.StdDeserializer;

/**
 * The type of a field that clients know and the service does not do: it may ask for nothing (null, false, 0, an empty string, list or
 * object) and is refused by its name otherwise.
 */
@JsonDeserialize(using = Unsupported.Deserializer.class)
public enum Unsupported {
    /** Nothing was asked for. */
    NEUTRAL;

    static final class Deserializer extends StdDeserializer<Unsupported> {

        Deserializer() {
            super(Unsupported.class);
        }

        @Override
        public Unsupported deserialize(JsonParser parser, DeserializationContext context) {
            if (!ForeignOptions.isNothing(parser)) {
                throw WrongValueException.unsupported(parser);
            }
            return NEUTRAL;
        }
    }
}
