package dev.altiplano.server.api.json;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.deser.std.StdDeserializer;

/** A string or an array of strings; an empty string alone is an empty list. */
@JsonDeserialize(using = StringList.Deserializer.class)
public record StringList(List<String> strings) {

    public StringList {
        strings = List.copyOf(strings);
    }

    static final class Deserializer extends StdDeserializer<StringList> {

        Deserializer() {
            super(StringList.class);
        }

        @Override
        public StringList deserialize(JsonParser parser, DeserializationContext context) {
            if (parser.currentToken() == JsonToken.VALUE_STRING) {
                String only = StrictScalars.string(parser);
                return new StringList(only.isEmpty() ? List.of() : List.of(only));
            }
            if (parser.currentToken() != JsonToken.START_ARRAY) {
                throw WrongValueException.of(parser, "a string or an array of strings");
            }
            String field = String.valueOf(parser.currentName());
            List<String> strings = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                MaxEntries.check(context, parser, field, strings.size());
                String next = StrictScalars.string(parser);
                if (next.isEmpty()) {
                    throw WrongValueException.saying(parser, "must have no empty strings");
                }
                strings.add(next);
            }
            return new StringList(strings);
        }
    }
}
