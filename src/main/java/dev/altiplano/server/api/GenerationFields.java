package dev.altiplano.server.api;

import dev.altiplano.server.api.json.IntList;
import dev.altiplano.server.api.json.OpenBody;
import dev.altiplano.server.api.json.StringList;
import dev.altiplano.server.api.json.TokenBias;
import org.jspecify.annotations.Nullable;

/**
 * The fields that all endpoints have which generate text, as a body's record holds them: each null where the client did not send it, or
 * sent null. {@link GenerationFieldsReader} checks them and says them in the engine's words.
 */
public interface GenerationFields extends OpenBody {

    @Nullable
    String model();

    @Nullable
    Long n();

    @Nullable
    Long maxTokens();

    /** The newer name of {@link #maxTokens}. */
    @Nullable
    Long maxCompletionTokens();

    @Nullable
    Long minTokens();

    @Nullable
    Double temperature();

    @Nullable
    Double topP();

    @Nullable
    Long topK();

    @Nullable
    Double minP();

    @Nullable
    Double presencePenalty();

    @Nullable
    Double frequencyPenalty();

    @Nullable
    Double repetitionPenalty();

    @Nullable
    TokenBias logitBias();

    @Nullable
    Long seed();

    @Nullable
    StringList stop();

    @Nullable
    IntList stopTokenIds();

    @Nullable
    Boolean ignoreEos();

    @Nullable
    Boolean stream();

    @Nullable
    StreamOptions streamOptions();

    @Nullable
    Double timeout();

    @Nullable
    String cacheSalt();

    @Nullable
    Long priority();

    @Nullable
    String requestId();

    @Nullable
    String user();
}
