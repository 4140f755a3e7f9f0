package dev.altiplano.server.api.completion;

import dev.altiplano.engine.TokenScore;
import dev.altiplano.server.api.json.LogProbability;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JsonGenerator;

/** Writes OpenAI's {@code logprobs}: four arrays of equal length. */
final class LogprobsJson {

    private LogprobsJson() {}

    /** @param top alternatives at each position, of those that the scores have */
    static void write(JsonGenerator out, List<TokenScore> scores, int top) {
        out.writeStartObject();
        out.writeArrayPropertyStart("tokens");
        for (TokenScore score : scores) {
            out.writeString(score.text());
        }
        out.writeEndArray();
        out.writeArrayPropertyStart("token_logprobs");
        for (TokenScore score : scores) {
            if (first(score)) {
                out.writeNull();
            } else {
                out.writeNumber(LogProbability.finite(score.logprob()));
            }
        }
        out.writeEndArray();
        out.writeArrayPropertyStart("top_logprobs");
        for (TokenScore score : scores) {
            if (first(score)) {
                out.writeNull();
            } else {
                top(out, score, top);
            }
        }
        out.writeEndArray();
        out.writeArrayPropertyStart("text_offset");
        for (TokenScore score : scores) {
            out.writeNumber(score.textOffset());
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    /** The most likely tokens, and the chosen one if it is not among them. Of tokens that read alike the most likely counts. */
    private static void top(JsonGenerator out, TokenScore score, int top) {
        Set<String> written = new HashSet<>();
        out.writeStartObject();
        for (TokenScore.Candidate candidate :
                score.top().subList(0, Math.min(top, score.top().size()))) {
            if (written.add(candidate.text())) {
                out.writeNumberProperty(candidate.text(), LogProbability.finite(candidate.logprob()));
            }
        }
        if (written.add(score.text())) {
            out.writeNumberProperty(score.text(), LogProbability.finite(score.logprob()));
        }
        out.writeEndObject();
    }

    /** The first token of a prompt has nothing before it. */
    private static boolean first(TokenScore score) {
        return Double.isNaN(score.logprob());
    }
}
