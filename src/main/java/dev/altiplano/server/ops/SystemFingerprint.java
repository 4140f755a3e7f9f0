package dev.altiplano.server.ops;

import dev.altiplano.engine.ModelCard;
import java.util.Objects;
import java.util.TreeMap;

/** OpenAI's {@code system_fingerprint}: equal where equal requests with a seed give equal results. */
public final class SystemFingerprint {

    private SystemFingerprint() {}

    /** The fingerprint of answers that are computed without an adapter, as the API tells it. */
    static String of(ModelCard card) {
        return String.format("fp_%08x", hash(card));
    }

    /**
     * Its bits, for requests that are computed with an adapter.
     *
     * @param adapter the adapter's digest, empty for the model alone
     */
    public static int hash(ModelCard card, String adapter) {
        return adapter.isEmpty() ? hash(card) : Objects.hash(hash(card), adapter);
    }

    private static int hash(ModelCard card) {
        return Objects.hash(
                card.id(),
                card.parameters(),
                new TreeMap<>(card.weightFormats()),
                card.contextLength(),
                card.contentDigest(),
                // By one rule every machine gives the same answer; the number of threads never changes one.
                card.oneRule() ? "" : card.backend().replaceAll(",.*", ""));
    }
}
