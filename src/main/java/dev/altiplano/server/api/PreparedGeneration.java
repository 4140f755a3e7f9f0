package dev.altiplano.server.api;

import dev.altiplano.engine.Engine;
import dev.altiplano.engine.Generation;
import dev.altiplano.engine.GenerationRequest;
import dev.altiplano.engine.InvalidRequestException;
import dev.altiplano.engine.Logprobs;
import dev.altiplano.server.api.structured.GrammarField;
import dev.altiplano.server.stream.ResponseWriter;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A request that is ready to be submitted.
 *
 * @param request what the engine is asked for
 * @param grammarField what the client calls the grammar of the request, where there is one
 * @param writer makes the writer of its response, once the engine has accepted it
 */
public record PreparedGeneration(
        GenerationRequest request, @Nullable GrammarField grammarField, Function<Generation, ResponseWriter> writer) {

    /** The same, ending where its answers would have more log probabilities than {@code maxScores}, if the client names no end. */
    PreparedGeneration bounded(int maxScores) {
        int bound = RequestCost.tokensWithin(request, maxScores);
        return new PreparedGeneration(request.with(request.stopping().bounded(bound)), grammarField, writer);
    }

    /** The same with every token of its completions scored, as a recording wants it. */
    PreparedGeneration scored() {
        Logprobs asked = request.logprobs();
        return scoresCompletion() || request.embedding() != null
                ? this
                : new PreparedGeneration(
                        request.with(new Logprobs(0, asked.prompt(), asked.promptFrom())), grammarField, writer);
    }

    /** Whether tokens of completions are scored. */
    boolean scoresCompletion() {
        return request.logprobs().completion() >= 0;
    }

    /** Submits the request; what is wrong with it is told by the client's names. */
    Generation submit(Engine engine) {
        try {
            return engine.submit(request);
        } catch (InvalidRequestException e) {
            if (grammarField != null && e.field().equals(InvalidRequestException.GRAMMAR)) {
                throw grammarField.refused(e);
            }
            throw e;
        }
    }
}
