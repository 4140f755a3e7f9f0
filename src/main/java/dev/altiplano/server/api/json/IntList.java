package dev.altiplano.server.api.json;

import java.util.Arrays;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.deser.std.StdDeserializer;

/** An array of integers of 32 bits, read without an object for each. */
@JsonDeserialize(using = IntList.Deserializer.class)
@SuppressWarnings("ArrayRecordComponent") // A million of them must not be boxed; nobody compares two lists.
public record IntList(int[] values) {

    private static final int FIRST_CAPACITY = 64;

    static final class Deserializer extends StdDeserializer<IntList> {

        Deserializer() {
            super(IntList.class);
        }

        @Override
        public IntList deserialize(JsonParser parser, DeserializationContext context) {
            if (parser.currentToken() != JsonToken.START_ARRAY) {
                throw WrongValueException.of(parser, "an array of integers");
            }
            String field = String.valueOf(parser.currentName());
            JsonToken first = parser.nextToken();
            return first == JsonToken.END_ARRAY ? new IntList(new int[0]) : new IntList(rest(parser, context, field));
        }
    }

    /** The integers from the parser's current token to the end of its array. */
    public static int[] rest(JsonParser parser, DeserializationContext context, String field) {
        int[] values = new int[FIRST_CAPACITY];
        int count = 0;
        do {
            MaxEntries.check(context, parser, field, count);
            if (count == values.length) {
                values = Arrays.copyOf(values, 2 * count);
            }
            values[count++] = value(parser);
        } while (parser.nextToken() != JsonToken.END_ARRAY);
        return Arrays.copyOf(values, count);
    }

    private static int value(JsonParser parser) {
        if (!parser.currentToken().isNumeric()) {
            throw WrongValueException.of(parser, "an integer");
        }
        long value = StrictScalars.integer(parser);
        if (value != (int) value) {
            throw WrongValueException.of(parser, "an integer of 32 bits");
        }
        return (int) value;
    }
}
