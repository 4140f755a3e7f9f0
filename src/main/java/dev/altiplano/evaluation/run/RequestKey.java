package dev.altiplano.evaluation.run;

import dev.altiplano.evaluation.task.Document;
import dev.altiplano.evaluation.task.GenerationSettings;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** Names what a model is asked, so that the same question is known again, and the documents that it was asked about. */
final class RequestKey {

    private RequestKey() {}

    static String scored(String model, int[] tokens, int from) {
        return of(model, tokens, "score from " + from);
    }

    static String written(String model, int[] tokens, GenerationSettings settings, long seed) {
        return of(model, tokens, settings + " seed " + seed);
    }

    /** Names what documents hold, in their order. */
    static String documents(List<Document> documents) {
        MessageDigest digest = sha256();
        for (Document document : documents) {
            digest.update((document.values().toString() + '\n').getBytes(StandardCharsets.UTF_8));
        }
        return HexFormat.of().formatHex(digest.digest(), 0, 16);
    }

    private static String of(String model, int[] tokens, String question) {
        MessageDigest digest = sha256();
        digest.update((model + '\n' + question + '\n').getBytes(StandardCharsets.UTF_8));
        ByteBuffer bytes = ByteBuffer.allocate(4 * tokens.length);
        for (int token : tokens) {
            bytes.putInt(token);
        }
        digest.update(bytes.flip());
        return HexFormat.of().formatHex(digest.digest(), 0, 16);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
