package dev.altiplano.server.api.completion;

import dev.altiplano.engine.TokenScore;
import dev.altiplano.server.api.json.LogProbability;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JsonGenerator;

/**
 * Writes vLLM's {@code prompt_logprobs}: for each token of the prompt null (the first) or an object of likely tokens by id, the prompt's
 * own among them.
 */
final class PromptLogprobsJson {

    private PromptLogprobsJson() {}

    static void write(JsonGenerator out, List<TokenScore> scores, int top) {
        out.writeArrayPropertyStart("prompt_logprobs");
        for (TokenScore score : scores) {
            if (Double.isNaN(score.logprob())) {
                out.writeNull();
            } else {
                candidates(out, score, top);
            }
        }
        out.writeEndArray();
    }

    private static void candidates(JsonGenerator out, TokenScore score, int top) {
        Set<Integer> written = new LinkedHashSet<>();
        out.writeStartObject();
        for (TokenScore.Candidate candidate :
                score.top().subList(0, Math.min(top, score.top().size()))) {
            written.add(candidate.id());
            candidate(out, candidate, written.size());
        }
        if (!written.contains(score.id())) {
            candidate(out, new TokenScore.Candidate(score.id(), score.text(), score.logprob()), 0);
        }
        out.writeEndObject();
    }

    /** @param rank 1 for the most likely token; 0 where it is not known */
    private static void candidate(JsonGenerator out, TokenScore.Candidate candidate, int rank) {
        out.writeObjectPropertyStart(Integer.toString(candidate.id()));
        out.writeNumberProperty("logprob", LogProbability.finite(candidate.logprob()));
        if (rank > 0) {
            out.writeNumberProperty("rank", rank);
        }
        out.writeStringProperty("decoded_token", candidate.text());
        out.writeEndObject();
    }
}
