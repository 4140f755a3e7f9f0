package dev.altiplano.server.api.json;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.deser.DeserializationProblemHandler;

/**
 * Passes over names that are not known where their value asks for nothing, since clients send every option that they have: null
 * anywhere, any such value in an {@link OpenEntry}, and of the body's own fields those of {@link ForeignOptions}.
 */
final class UnknownFields extends DeserializationProblemHandler {

    @Override
    public boolean handleUnknownProperty(
            DeserializationContext context,
            JsonParser parser,
            ValueDeserializer<?> deserializer,
            Object beanOrClass,
            String propertyName) {
        if (parser.currentToken() == JsonToken.VALUE_NULL
                || beanOrClass instanceof OpenEntry && ForeignOptions.isNothing(parser)) {
            return true;
        }
        try {
            return beanOrClass instanceof OpenBody && ForeignOptions.pass(propertyName, parser);
        } catch (WrongValueException e) {
            throw e.prependPath(beanOrClass, propertyName);
        }
    }
}
