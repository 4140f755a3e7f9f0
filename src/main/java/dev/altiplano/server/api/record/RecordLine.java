package dev.altiplano.server.api.record;

import dev.altiplano.engine.GenerationRequest;
import dev.altiplano.engine.Usage;
import dev.altiplano.server.api.json.Json;
import dev.altiplano.server.api.resume.AnswerOrigin;
import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * What stands in a line beside the answer.
 *
 * @param atMs when the request was submitted, milliseconds since the service started
 * @param route the endpoint's path
 * @param origin what its answer can be computed from again
 * @param request what the engine was asked for
 * @param bodyBytes how long its body was
 * @param body the body, one JSON object without line breaks; null where texts are not recorded or there was no memory to keep it
 */
record RecordLine(
        long atMs,
        String route,
        AnswerOrigin origin,
        GenerationRequest request,
        int bodyBytes,
        @Nullable String body) {

    /** The line, with its end. */
    byte[] bytes(String outcome, Usage usage, Collection<RecordedChoice> choices) {
        byte[] json = Json.bytes(out -> {
            out.writeStartObject();
            out.writeNumberProperty("at_ms", atMs);
            out.writeStringProperty("route", route);
            out.writeStringProperty("answer", origin.id());
            out.writeNumberProperty("created", origin.created());
            out.writeStringProperty("fingerprint", origin.fingerprint());
            if (request.adapter() != null) {
                out.writeStringProperty("adapter", request.adapter());
            }
            out.writeNumberProperty("seed", request.sampling().seed().orElse(origin.seed()));
            out.writeStringProperty("outcome", outcome.toLowerCase(Locale.ROOT));
            out.writeNumberProperty("prompts", request.prompts().size());
            out.writeNumberProperty("prompt_tokens", usage.promptTokens());
            out.writeNumberProperty("cached_tokens", usage.cachedTokens());
            out.writeNumberProperty("completion_tokens", usage.completionTokens());
            out.writeNumberProperty("body_bytes", bodyBytes);
            choices(out, choices);
            if (body != null) {
                out.writeName("body");
                out.writeRawValue(body);
            }
            out.writeEndObject();
            out.writeRaw('\n');
        });
        return json;
    }

    private void choices(JsonGenerator out, Collection<RecordedChoice> choices) {
        out.writeArrayPropertyStart("choices");
        for (RecordedChoice choice : choices) {
            choice.write(out, body != null);
        }
        out.writeEndArray();
    }
}
