package dev.altiplano.server.api.json;

import java.util.HashMap;
import java.util.Map;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.deser.std.StdDeserializer;

/** An object with numbers under token ids; whether an id exists is for its reader to say. */
@JsonDeserialize(using = TokenBias.Deserializer.class)
public record TokenBias(Map<Integer, Double> byToken) {

    public TokenBias {
        byToken = Map.copyOf(byToken);
    }

    static final class Deserializer extends StdDeserializer<TokenBias> {

        Deserializer() {
            super(TokenBias.class);
        }

        @Override
        public TokenBias deserialize(JsonParser parser, DeserializationContext context) {
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                throw WrongValueException.of(parser, "an object with token ids as keys");
            }
            String field = String.valueOf(parser.currentName());
            Map<Integer, Double> biases = new HashMap<>();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                MaxEntries.check(context, parser, field, biases.size());
                String key = parser.currentName();
                if (!key.matches("0|[1-9][0-9]{0,8}")) {
                    throw WrongValueException.of(parser, "an object with token ids as keys");
                }
                if (!parser.nextToken().isNumeric()) {
                    WrongValueException wrong = WrongValueException.of(parser, "a number");
                    wrong.prependPath(biases, key);
                    throw wrong;
                }
                biases.put(Integer.valueOf(key), parser.getDoubleValue());
            }
            return new TokenBias(biases);
        }
    }
}
