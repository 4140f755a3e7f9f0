package dev.altiplano.server.lifecycle;

import dev.altiplano.engine.ModelCard;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What the log says when the model is ready: what is served, by what, and a line to try it. */
final class ReadyMessage {

    private static final String COMPLETION =
            "completions -H 'Content-Type: application/json' -d '{\"prompt\": \"Once upon a time\", \"max_tokens\": 64, \"stream\": true}'";
    private static final String CHAT =
            "chat/completions -H 'Content-Type: application/json' -d '{\"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}], \"stream\": true}'";

    /** The shell takes the key from ALTIPLANO_KEY, as in the page's line. */
    private static final String KEY = "-H \"Authorization: Bearer $ALTIPLANO_KEY\" ";

    private ReadyMessage() {}

    static String of(ModelCard card, String base, boolean wantsKey) {
        String formats = card.weightFormats().entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .map(entry -> entry.getKey() + " " + bytes(entry.getValue()))
                .collect(Collectors.joining(", "));
        return String.format(
                        Locale.ROOT,
                        """
                Ready in %.1f s
                  model    %s: %s, %s parameters, %d layers, hidden size %d, vocabulary %d, from %s
                  weights  %s (%s)
                  context  %d tokens; keys and values %s in KV blocks of %d
                  backend  %s
                  page     %s
                  try      curl -N %s%sv1/%s
                """,
                        card.loadSeconds(),
                        card.id(),
                        card.size(),
                        count(card.parameters()),
                        card.layers(),
                        card.hiddenSize(),
                        card.vocabularySize(),
                        card.format(),
                        bytes(card.weightBytes()),
                        formats,
                        card.contextLength(),
                        bytes(card.kvBytes()),
                        card.kvBlockTokens(),
                        card.backend(),
                        base,
                        wantsKey ? KEY : "",
                        base,
                        card.chats() ? CHAT : COMPLETION)
                .stripTrailing();
    }

    private static String count(long n) {
        if (n >= 1_000_000_000) {
            return String.format(Locale.ROOT, "%.2f billion", n / 1e9);
        }
        return n >= 1_000_000 ? String.format(Locale.ROOT, "%.2f million", n / 1e6) : Long.toString(n);
    }

    private static String bytes(long n) {
        if (n >= 1L << 30) {
            return String.format(Locale.ROOT, "%.1f GiB", (double) n / (1L << 30));
        }
        return n >= 1 << 20
                ? String.format(Locale.ROOT, "%.1f MiB", (double) n / (1 << 20))
                : String.format(Locale.ROOT, "%.0f KiB", (double) n / (1 << 10));
    }
}
