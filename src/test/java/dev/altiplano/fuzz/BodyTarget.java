package dev.altiplano.fuzz;

import dev.altiplano.server.api.json.InvalidJsonException;
import dev.altiplano.server.api.json.Json;
import dev.altiplano.server.api.json.MaxEntries;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The body of a request; its first byte says of which kind. */
public final class BodyTarget {

    private static final MaxEntries MAX_ENTRIES = new MaxEntries(128, "the.setting");

    private static final List<? extends Class<?>> BODIES = List.of(
            body("chat.ChatBody"),
            body("completion.CompletionBody"),
            body("embedding.EmbeddingBody"),
            body("token.TokenizeBody"),
            body("token.DetokenizeBody"));

    private static final Map<String, MaxEntries> ENTRIES = Map.of(
            "prompt", MAX_ENTRIES,
            "input", MAX_ENTRIES,
            "stop", MAX_ENTRIES,
            "stop_token_ids", MAX_ENTRIES,
            "logit_bias", MAX_ENTRIES);

    private BodyTarget() {}

    private static Class<?> body(String name) {
        try {
            return Class.forName("dev.altiplano.server.api." + name);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    public static void fuzzerTestOneInput(byte[] data) {
        if (data.length == 0) {
            return;
        }
        byte[] body = Arrays.copyOfRange(data, 1, data.length);
        try {
            Object ignored = Json.read(body, body.length, BODIES.get((data[0] & 0xFF) % BODIES.size()), ENTRIES);
        } catch (InvalidJsonException e) {
            Refusal.check(e);
        }
    }
}
