package dev.altiplano.server.api.embedding;

import dev.altiplano.engine.Client;
import dev.altiplano.engine.Engine;
import dev.altiplano.engine.GenerationRequest;
import dev.altiplano.engine.Logprobs;
import dev.altiplano.engine.Pooling;
import dev.altiplano.engine.Prompt;
import dev.altiplano.engine.Sampling;
import dev.altiplano.engine.Stopping;
import dev.altiplano.server.api.FieldRange;
import dev.altiplano.server.api.GenerationContext;
import dev.altiplano.server.api.GenerationFieldsReader;
import dev.altiplano.server.api.PromptFieldReader;
import dev.altiplano.server.api.ServedModel;
import dev.altiplano.server.api.error.ApiException;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;

/** Checks the body of {@code POST /v1/embeddings} and says it in the engine's words. */
@Component
final class EmbeddingReader {

    private static final String INPUT = "input";
    private static final int MAX_NAME_CHARACTERS = 512;

    private final ServedModel model;
    private final GenerationFieldsReader fields;

    EmbeddingReader(ServedModel model, GenerationFieldsReader fields) {
        this.model = model;
        this.fields = fields;
    }

    /** What the client wants to see. */
    EmbeddingOptions options(EmbeddingBody body, GenerationContext context) {
        boolean base64 = switch (body.encodingFormat()) {
            case null -> false;
            case "float" -> false;
            case "base64" -> true;
            default -> throw ApiException.invalid("encoding_format", "encoding_format must be \"float\" or \"base64\"");
        };
        int size = context.card().hiddenSize();
        return new EmbeddingOptions(base64, FieldRange.integer("dimensions", body.dimensions(), 1, size, size));
    }

    /** What the engine is asked for. */
    GenerationRequest request(EmbeddingBody body, GenerationContext context) {
        model.require(FieldRange.string("model", body.model(), MAX_NAME_CHARACTERS));
        FieldRange.requireLength("user", body.user(), MAX_NAME_CHARACTERS);
        Pooling pooling = pooling(body);
        List<Prompt> inputs = inputs(body, context.engine());
        return new GenerationRequest(
                        context.id(),
                        inputs,
                        1,
                        1,
                        model.adapter(body.model()),
                        Sampling.GREEDY,
                        Stopping.after(0),
                        Logprobs.NONE,
                        new Client(
                                context.caller().turn(),
                                context.caller().priority(),
                                context.timeout(),
                                fields.salt(context.caller().key(), null)))
                .embedded(pooling);
    }

    private static Pooling pooling(EmbeddingBody body) {
        return switch (body.pooling()) {
            case null -> Pooling.MEAN;
            case "mean" -> Pooling.MEAN;
            case "last" -> Pooling.LAST;
            default -> throw ApiException.invalid("pooling", "pooling must be \"mean\" or \"last\"");
        };
    }

    /** All inputs as tokens: what is wrong with one is told by the name that this endpoint has for it. */
    private static List<Prompt> inputs(EmbeddingBody body, Engine engine) {
        PromptFieldReader reader = PromptFieldReader.of(INPUT, body.input(), engine, body.truncatePromptTokens(), 0);
        int contextLength = engine.card().contextLength();
        int count = reader.prompts().size();
        List<Prompt> inputs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Prompt.Ids input = switch (reader.prompts().get(i)) {
                case Prompt.Text(String text) -> {
                    if (text.isEmpty()) {
                        throw ApiException.invalid(
                                INPUT,
                                "empty_input",
                                PromptFieldReader.nameOf(INPUT, count, i) + " must not be empty: it has no meaning");
                    }
                    if (!reader.truncates()) {
                        engine.requireFits(INPUT, text);
                    }
                    yield reader.truncated(engine.tokenize(text, true));
                }
                case Prompt.Ids(int[] ids) -> reader.truncated(ids);
                case Prompt.Chat chat -> throw new IllegalStateException("a body has no conversation");
            };
            if (input.ids().length > contextLength) {
                throw ApiException.invalid(
                        INPUT,
                        "context_length_exceeded",
                        "This model's maximum context length is " + contextLength + " tokens, but "
                                + PromptFieldReader.nameOf(INPUT, count, i) + " has " + input.ids().length
                                + ". Shorten it, or set truncate_prompt_tokens.");
            }
            inputs.add(input);
        }
        return inputs;
    }
}
