package dev.altiplano.server.api.chat;

import dev.altiplano.engine.TokenScore;
import dev.altiplano.server.api.json.LogProbability;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.core.JsonGenerator;

/** Writes a chat's {@code logprobs}: one object for each token. */
final class ChatLogprobsJson {

    /** The name of a byte that is no text of its own. */
    private static final Pattern BYTE = Pattern.compile("<0x[0-9A-F]{2}>");

    private static final int DIGITS = 3;

    private ChatLogprobsJson() {}

    /** @param top alternatives at each position, of those that the scores have */
    static void write(JsonGenerator out, List<TokenScore> scores, int top) {
        out.writeStartObject();
        out.writeArrayPropertyStart("content");
        for (TokenScore score : scores) {
            out.writeStartObject();
            token(out, score.text(), score.logprob());
            out.writeArrayPropertyStart("top_logprobs");
            for (TokenScore.Candidate candidate :
                    score.top().subList(0, Math.min(top, score.top().size()))) {
                out.writeStartObject();
                token(out, candidate.text(), candidate.logprob());
                out.writeEndObject();
            }
            out.writeEndArray();
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeNullProperty("refusal");
        out.writeEndObject();
    }

    private static void token(JsonGenerator out, String text, double logprob) {
        out.writeStringProperty("token", text);
        out.writeNumberProperty("logprob", LogProbability.finite(logprob));
        out.writeArrayPropertyStart("bytes");
        for (byte each : bytes(text)) {
            out.writeNumber(Byte.toUnsignedInt(each));
        }
        out.writeEndArray();
    }

    private static byte[] bytes(String text) {
        return BYTE.matcher(text).matches()
                ? new byte[] {(byte) HexFormat.fromHexDigits(text, DIGITS, DIGITS + 2)}
                : text.getBytes(StandardCharsets.UTF_8);
    }
}
