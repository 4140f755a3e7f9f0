package dev.altiplano.tool.replay;

import dev.altiplano.engine.BitDigest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One choice of an answer, or one embedding, as far as it is compared.
 *
 * @param finish {@code stop} or {@code length}; empty where it is not told, as for an embedding
 * @param bits the digest of its numbers
 * @param marks the mark of each number; empty where they were not recorded
 * @param ids its tokens; empty where they are not told
 */
record Choice(int index, String finish, String bits, String marks, int[] ids) {

    /** As a recording has it. */
    static Choice recorded(JsonNode json) {
        return new Choice(
                json.path("index").asInt(0),
                json.path("finish").asString(""),
                json.path("bits").asString(""),
                json.path("marks").asString(""),
                ids(json.path("ids")));
    }

    /** Of a completion or a chat. */
    static Choice answered(JsonNode json) {
        BitDigest bits = new BitDigest();
        JsonNode logprobs = json.path("logprobs");
        for (JsonNode logprob : logprobs.path("token_logprobs")) {
            bits.add(logprob.asDouble(Double.NaN));
        }
        for (JsonNode token : logprobs.path("content")) {
            bits.add(token.path("logprob").asDouble(Double.NaN));
        }
        String finish = json.path("finish_reason").asString("");
        return new Choice(
                json.path("index").asInt(0),
                finish.equals("tool_calls") ? "stop" : finish,
                bits.text(),
                bits.marks(),
                ids(json.path("token_ids")));
    }

    /** Of an embedding, {@code base64} being its numbers as little-endian F32. */
    static Choice embedding(int index, String base64) {
        BitDigest bits = new BitDigest();
        ByteBuffer numbers = ByteBuffer.wrap(Base64.getDecoder().decode(base64)).order(ByteOrder.LITTLE_ENDIAN);
        while (numbers.remaining() >= Float.BYTES) {
            bits.add(numbers.getFloat());
        }
        return new Choice(index, "", bits.text(), "", new int[0]);
    }

    private static int[] ids(JsonNode array) {
        int[] ids = new int[array.size()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = array.get(i).asInt(-1);
        }
        return ids;
    }

    /** What differs in {@code other}, the answer of now, from this one; null for nothing. */
    @Nullable
    String difference(Choice other) {
        int tokens = marks.length() / BitDigest.MARK_DIGITS;
        int now = other.marks.length() / BitDigest.MARK_DIGITS;
        for (int i = 0; i < Math.min(tokens, now); i++) {
            if (i < ids.length && i < other.ids.length && ids[i] != other.ids[i]) {
                return "token " + i + " is " + other.ids[i] + ", was " + ids[i];
            }
            int begin = i * BitDigest.MARK_DIGITS;
            if (!marks.regionMatches(begin, other.marks, begin, BitDigest.MARK_DIGITS)) {
                return "token " + i + " has another log probability";
            }
        }
        if (tokens > 0 && tokens != now) {
            return "it has " + now + " tokens, had " + tokens;
        }
        if (!bits.equals(other.bits)) {
            return "its numbers have other bits";
        }
        boolean told = !finish.isEmpty() && !other.finish.isEmpty();
        return !told || finish.equals(other.finish) ? null : "it ended by " + other.finish + ", before by " + finish;
    }
}
