package dev.altiplano.server.api.token;

import dev.altiplano.engine.Engine;
import dev.altiplano.engine.ModelCard;
import dev.altiplano.server.api.FieldRange;
import dev.altiplano.server.api.JsonResponse;
import dev.altiplano.server.api.ServedModel;
import dev.altiplano.server.api.TokenizingLimit;
import dev.altiplano.server.api.body.RequestBody;
import dev.altiplano.server.api.body.RequestBodyReader;
import dev.altiplano.server.api.error.ApiException;
import dev.altiplano.server.config.AltiplanoProperties;
import dev.altiplano.server.lifecycle.EngineLifecycle;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.JsonGenerator;

/** {@code /tokenize}, {@code /detokenize} and {@code /tokenizer_info}, as evaluation harnesses without a tokenizer read them. */
@RestController
final class TokenController {

    private static final int MAX_NAME_CHARACTERS = 512;

    private final EngineLifecycle lifecycle;
    private final RequestBodyReader bodies;
    private final ServedModel model;
    private final TokenizingLimit tokenizing;
    private final long maxCharacters;

    TokenController(
            EngineLifecycle lifecycle,
            RequestBodyReader bodies,
            ServedModel model,
            TokenizingLimit tokenizing,
            AltiplanoProperties properties) {
        maxCharacters = properties.api().maxBodySize().bytes();
        this.tokenizing = tokenizing;
        this.lifecycle = lifecycle;
        this.bodies = bodies;
        this.model = model;
    }

    @PostMapping(path = "/tokenize", produces = MediaType.APPLICATION_JSON_VALUE)
    void tokenize(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Engine engine = lifecycle.engine();
        // The body's memory stays charged until the response is out: what is written is of its size.
        try (RequestBody<TokenizeBody> read = bodies.read(request, TokenizeBody.class)) {
            TokenizeBody body = read.value();
            model.require(FieldRange.string("model", body.model(), MAX_NAME_CHARACTERS));
            boolean special = !Boolean.FALSE.equals(body.addSpecialTokens());
            String text = required("prompt", body.prompt());
            // Harnesses ask without special tokens for what a chat template wrote, and for a control token's id by its
            // name.
            boolean parsed = body.parseSpecial() == null ? !special : body.parseSpecial();
            int[] ids = tokenizing.run(
                    text.length(),
                    () -> parsed ? engine.tokenizeParsed(text, special) : engine.tokenize(text, special));
            JsonResponse.stream(response, out -> {
                out.writeStartObject();
                out.writeName("tokens");
                out.writeArray(ids, 0, ids.length);
                out.writeNumberProperty("count", ids.length);
                out.writeNumberProperty("max_model_len", engine.card().contextLength());
                out.writeEndObject();
            });
        }
    }

    @PostMapping(path = "/detokenize", produces = MediaType.APPLICATION_JSON_VALUE)
    void detokenize(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Engine engine = lifecycle.engine();
        try (RequestBody<DetokenizeBody> read = bodies.read(request, DetokenizeBody.class)) {
            DetokenizeBody body = read.value();
            model.require(FieldRange.string("model", body.model(), MAX_NAME_CHARACTERS));
            int[] ids = required("tokens", body.tokens()).values();
            requireInVocabulary(ids, engine.card().vocabularySize());
            String text = tokenizing.run(read.length(), () -> engine.detokenize(ids));
            if (text.length() > maxCharacters) {
                throw ApiException.invalid(
                        "tokens",
                        "text_too_long",
                        "The text of these tokens has " + text.length() + " characters, and may have " + maxCharacters
                                + " (altiplano.api.max-body-size): send fewer tokens at a time");
            }
            JsonResponse.stream(response, out -> {
                out.writeStartObject();
                out.writeStringProperty("prompt", text);
                out.writeEndObject();
            });
        }
    }

    @GetMapping(path = "/tokenizer_info", produces = MediaType.APPLICATION_JSON_VALUE)
    void info(HttpServletResponse response) throws IOException {
        Engine engine = lifecycle.engine();
        ModelCard card = engine.card();
        // The empty text has no tokens but those around every text.
        int[] around = engine.tokenize("", true);
        boolean addsBos = around.length > 0 && around[0] == card.bos();
        boolean addsEos = around.length > (addsBos ? 1 : 0) && around[around.length - 1] == card.eos();
        JsonResponse.write(response, out -> {
            out.writeStartObject();
            special(out, "bos", card.bos(), card.bosText());
            special(out, "eos", card.eos(), card.eosText());
            out.writeStringProperty("pad_token", card.padText());
            out.writeStringProperty("chat_template", card.chatTemplate());
            out.writeBooleanProperty("add_bos_token", addsBos);
            out.writeBooleanProperty("add_eos_token", addsEos);
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

    private static void requireInVocabulary(int[] ids, int vocabularySize) {
        for (int id : ids) {
            FieldRange.requireRange("tokens", id, 0, vocabularySize - 1L);
        }
    }

    private static <T> T required(String field, @Nullable T value) {
        if (value == null) {
            throw ApiException.invalid(field, "missing_parameter", field + " is required");
        }
        return value;
    }
}
