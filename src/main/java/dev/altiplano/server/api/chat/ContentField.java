package dev.altiplano.server.api.chat;

import dev.altiplano.server.api.json.StrictScalars;
import dev.altiplano.server.api.json.WrongValueException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.deser.std.StdDeserializer;

/** The content of a message: a string, which is one part of text, or an array of parts. */
@JsonDeserialize(using = ContentField.Deserializer.class)
record ContentField(List<ContentPart> parts) {

    ContentField {
        parts = List.copyOf(parts);
    }

    static final class Deserializer extends StdDeserializer<ContentField> {

        Deserializer() {
            super(ContentField.class);
        }

        @Override
        public ContentField deserialize(JsonParser parser, DeserializationContext context) {
            if (parser.currentToken() == JsonToken.VALUE_STRING) {
                return new ContentField(List.of(ContentPart.ofText(StrictScalars.string(parser))));
            }
            if (parser.currentToken() != JsonToken.START_ARRAY) {
                throw WrongValueException.of(parser, "a string or an array of parts");
            }
            List<ContentPart> parts = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                try {
                    if (parser.currentToken() != JsonToken.START_OBJECT) {
                        throw WrongValueException.of(parser, "an object");
                    }
                    parts.add(context.readValue(parser, ContentPart.class));
                } catch (JacksonException e) {
                    throw e.prependPath(parts, parts.size());
                }
            }
            return new ContentField(parts);
        }
    }
}
