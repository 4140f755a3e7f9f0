package dev.altiplano.server.api.structured;

import dev.altiplano.engine.InvalidRequestException;
import dev.altiplano.server.api.error.ApiException;

/** Where in a body a grammar stands: says of one that is refused what the client sent. */
@FunctionalInterface
public interface GrammarField {

    /** The error for the client. */
    ApiException refused(InvalidRequestException invalid);

    /** A field that holds the whole grammar. */
    static GrammarField named(String field) {
        return invalid -> ApiException.invalid(field, invalid.code(), String.valueOf(invalid.getMessage()));
    }
}
