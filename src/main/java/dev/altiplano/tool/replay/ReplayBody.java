package dev.altiplano.tool.replay;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.zip.CRC32C;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A recorded request as it is sent again: the same question, asked so that the answer comes in one piece and with every token's log
 * probability.
 *
 * @param json the body
 */
record ReplayBody(String route, byte[] json) {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final List<String> LEFT_OUT = List.of(
            "model",
            "stream",
            "stream_options",
            "echo",
            "prompt_logprobs",
            "logprobs",
            "top_logprobs",
            "return_token_ids",
            "timeout",
            "priority",
            "request_id",
            "user",
            "dimensions",
            "encoding_format");
    private static final byte EVENT_ID_VERSION = 1;
    private static final int EVENT_ID_BYTES = 64;
    private static final int VARINT_BITS = 7;

    static ReplayBody of(RecordedRequest request, ObjectNode recorded) {
        ObjectNode body = recorded.deepCopy();
        body.remove(LEFT_OUT);
        if (!request.adapter().isEmpty()) {
            body.put("model", request.adapter());
        }
        switch (request.route()) {
            case "/v1/completions" -> body.put("logprobs", 0).put("return_token_ids", true);
            case "/v1/chat/completions" -> body.put("logprobs", true);
            default -> body.put("encoding_format", "base64");
        }
        return new ReplayBody(request.route(), JSON.writeValueAsString(body).getBytes(StandardCharsets.UTF_8));
    }

    /**
     * A {@code Last-Event-ID} of the recorded answer before its first event: with it, a service draws the same random numbers and tells
     * chat templates the same date. The layout is that of the service's event ids.
     *
     * @param fingerprint of the service that is asked
     */
    String eventId(RecordedRequest request, int fingerprint) {
        ByteBuffer out = ByteBuffer.allocate(EVENT_ID_BYTES);
        out.put(EVENT_ID_VERSION).putInt(fingerprint).putLong(31 * digest() + route.hashCode());
        out.putLong(Long.parseUnsignedLong(request.answer(), 0, 16, 16));
        out.putLong(Long.parseUnsignedLong(request.answer(), 16, 32, 16));
        long created = request.created();
        while (created >>> VARINT_BITS != 0) {
            out.put((byte) (created | 1 << VARINT_BITS));
            created >>>= VARINT_BITS;
        }
        out.put((byte) created);
        // No usage and no choice has been sent.
        out.put((byte) 0).put((byte) 0);
        CRC32C checksum = new CRC32C();
        checksum.update(out.array(), 0, out.position());
        out.putInt((int) checksum.getValue());
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(out.array(), out.position()));
    }

    private long digest() {
        try {
            return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(json))
                    .getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
