package dev.altiplano.server.api;

import dev.altiplano.engine.Engine;
import dev.altiplano.engine.ModelCard;
import dev.altiplano.server.config.EngineLifecycle;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.JsonGenerator;

/** Text to token ids and back, for clients that have no tokenizer: {@code /tokenize}, {@code /detokenize}, {@code /tokenizer_info}. */
@RestController
final class TokenController {

    private static final int MOST_NAME_CHARACTERS = 512;

    private final EngineLifecycle lifecycle;
    private final RequestBody bodies;

    TokenController(EngineLifecycle lifecycle, RequestBody bodies) {
        this.lifecycle = lifecycle;
        this.bodies = bodies;
    }

    private record Text(String prompt, boolean addSpecialTokens) {}

    @PostMapping(path = "/tokenize", produces = MediaType.APPLICATION_JSON_VALUE)
    void tokenize(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Engine engine = lifecycle.engine();
        Text text = bodies.read(
                request, (body, length) -> JsonObjectReader.read(body, length, in -> readText(in, engine.card())));
        int[] ids = engine.tokenize(text.prompt(), text.addSpecialTokens());
        JsonAnswer.write(response, out -> {
            out.writeStartObject();
            out.writeName("tokens");
            out.writeArray(ids, 0, ids.length);
            out.writeNumberProperty("count", ids.length);
            out.writeNumberProperty("max_model_len", engine.card().contextLength());
            out.writeEndObject();
        });
    }

    @PostMapping(path = "/detokenize", produces = MediaType.APPLICATION_JSON_VALUE)
    void detokenize(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Engine engine = lifecycle.engine();
        int[] ids = bodies.read(
                request, (body, length) -> JsonObjectReader.read(body, length, in -> readIds(in, engine.card())));
        String text = engine.detokenize(ids);
        JsonAnswer.write(response, out -> {
            out.writeStartObject();
            out.writeStringProperty("prompt", text);
            out.writeEndObject();
        });
    }

    @GetMapping(path = "/tokenizer_info", produces = MediaType.APPLICATION_JSON_VALUE)
    void info(HttpServletResponse response) throws IOException {
        ModelCard card = lifecycle.engine().card();
        JsonAnswer.write(response, out -> {
            out.writeStartObject();
            special(out, "bos", card.bos(), card.bosText());
            special(out, "eos", card.eos(), card.eosText());
            out.writeBooleanProperty("add_bos_token", card.bos() >= 0);
            out.writeNumberProperty("vocab_size", card.vocabularySize());
            out.writeNumberProperty("model_max_length", card.contextLength());
            out.writeEndObject();
        });
    }

    private static void special(JsonGenerator out, String name, int id, String text) {
        if (id < 0) {
            out.writeNullProperty(name + "_token");
            out.writeNullProperty(name + "_token_id");
        } else {
            out.writeStringProperty(name + "_token", text);
            out.writeNumberProperty(name + "_token_id", id);
        }
    }

    private static Text readText(JsonObjectReader in, ModelCard card) {
        String prompt = null;
        boolean special = true;
        for (String name = in.nextField(); name != null; name = in.nextField()) {
            switch (name) {
                case "model" -> requireServed(in, card);
                case "prompt" -> prompt = in.string(Integer.MAX_VALUE);
                case "add_special_tokens" -> special = in.bool(true);
                default -> throw in.unknown();
            }
        }
        if (prompt == null) {
            throw ApiException.invalid("prompt", "missing_parameter", "prompt is required");
        }
        return new Text(prompt, special);
    }

    private static int[] readIds(JsonObjectReader in, ModelCard card) {
        int[] ids = null;
        for (String name = in.nextField(); name != null; name = in.nextField()) {
            switch (name) {
                case "model" -> requireServed(in, card);
                case "tokens" -> ids = ids(in, card.vocabularySize());
                default -> throw in.unknown();
            }
        }
        if (ids == null) {
            throw ApiException.invalid("tokens", "missing_parameter", "tokens is required");
        }
        return ids;
    }

    private static int @Nullable [] ids(JsonObjectReader in, int vocabularySize) {
        if (in.isNull()) {
            return null;
        }
        if (!in.isArray()) {
            throw in.wrong("an array of token ids");
        }
        int[] ids = new int[64];
        int count = 0;
        while (in.nextElement()) {
            if (!in.isNumber()) {
                throw in.wrong("an array of token ids");
            }
            if (count == ids.length) {
                ids = Arrays.copyOf(ids, 2 * count);
            }
            ids[count++] = in.integer(0, vocabularySize - 1, -1);
        }
        return Arrays.copyOf(ids, count);
    }

    private static void requireServed(JsonObjectReader in, ModelCard card) {
        String model = in.string(MOST_NAME_CHARACTERS);
        if (model != null && !model.equals(card.id())) {
            throw ModelController.notFound(model, card);
        }
    }
}
