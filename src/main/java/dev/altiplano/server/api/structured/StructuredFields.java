package dev.altiplano.server.api.structured;

import dev.altiplano.server.api.json.JsonValue;
import dev.altiplano.server.api.json.StringList;
import org.jspecify.annotations.Nullable;

/** The fields of a body that ask its text to follow something; each null where the client did not send it. */
public interface StructuredFields {

    @Nullable
    ResponseFormat responseFormat();

    @Nullable
    StructuredOutputs structuredOutputs();

    @Nullable
    JsonValue guidedJson();

    @Nullable
    String guidedRegex();

    @Nullable
    StringList guidedChoice();

    @Nullable
    String guidedGrammar();
}
