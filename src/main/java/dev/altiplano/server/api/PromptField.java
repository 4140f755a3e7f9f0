package dev.altiplano.server.api;

import dev.altiplano.engine.Prompt;
import dev.altiplano.server.api.json.IntList;
import dev.altiplano.server.api.json.MaxEntries;
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

/**
 * The four shapes of a prompt: text, texts, token ids, and arrays of token ids. Text may be empty (the model begins from nothing); an
 * array may not. Whether an id exists is not known here.
 *
 * @param prompts at least one
 */
@JsonDeserialize(using = PromptField.Deserializer.class)
public record PromptField(List<Prompt> prompts) {

    private static final String SHAPES =
            "a string, an array of strings, an array of token ids, or an array of such arrays";
    private static final String NOT_EMPTY = "an array of at least one element";

    public PromptField {
        prompts = List.copyOf(prompts);
    }

    static final class Deserializer extends StdDeserializer<PromptField> {

        Deserializer() {
            super(PromptField.class);
        }

        @Override
        public PromptField deserialize(JsonParser parser, DeserializationContext context) {
            if (parser.currentToken() == JsonToken.VALUE_STRING) {
                return new PromptField(List.of(text(parser)));
            }
            if (parser.currentToken() != JsonToken.START_ARRAY) {
                throw WrongValueException.of(parser, SHAPES);
            }
            String name = String.valueOf(parser.currentName());
            JsonToken first = parser.nextToken();
            if (first == JsonToken.END_ARRAY) {
                throw WrongValueException.of(parser, NOT_EMPTY);
            }
            return new PromptField(
                    first != null && first.isNumeric()
                            ? List.of(ids(parser, context))
                            : several(parser, context, name));
        }
    }

    private static List<Prompt> several(JsonParser parser, DeserializationContext context, String name) {
        List<Prompt> prompts = new ArrayList<>();
        JsonToken shape = parser.currentToken();
        do {
            MaxEntries.check(context, parser, name, prompts.size());
            JsonToken next = parser.currentToken();
            if (next != shape || (next != JsonToken.VALUE_STRING && next != JsonToken.START_ARRAY)) {
                throw WrongValueException.of(parser, SHAPES);
            }
            try {
                prompts.add(next == JsonToken.VALUE_STRING ? text(parser) : innerIds(parser, context));
            } catch (JacksonException e) {
                throw e.prependPath(prompts, prompts.size());
            }
        } while (parser.nextToken() != JsonToken.END_ARRAY);
        return prompts;
    }

    private static Prompt text(JsonParser parser) {
        return new Prompt.Text(StrictScalars.string(parser));
    }

    private static Prompt innerIds(JsonParser parser, DeserializationContext context) {
        if (parser.nextToken() == JsonToken.END_ARRAY) {
            throw WrongValueException.of(parser, NOT_EMPTY);
        }
        return ids(parser, context);
    }

    /** Token ids are bounded by the body's size, not by a number of prompts. */
    private static Prompt ids(JsonParser parser, DeserializationContext context) {
        return new Prompt.Ids(IntList.rest(parser, context, ""));
    }
}
