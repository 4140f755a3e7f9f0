package dev.altiplano.evaluation.run;

import dev.altiplano.evaluation.task.GenerationSettings;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Names what a model is asked, so that the same question is known again. */
final class RequestKey {

    private RequestKey() {}

    static String scored(String model, int[] tokens, int from) {
        return of(model, tokens, "score from " + from);
    }

    static String written(String model, int[] tokens, GenerationSettings settings, long seed) {
        return of(model, tokens, settings + " seed " + seed);
    }

    private static String of(String model, int[] tokens, String question) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update((model + '\n' + question + '\n').getBytes(StandardCharsets.UTF_8));
            ByteBuffer bytes = ByteBuffer.allocate(4 * tokens.length);
            for (int token : tokens) {
                bytes.putInt(token);
            }
            digest.update(bytes.flip());
            return HexFormat.of().formatHex(digest.digest(), 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
