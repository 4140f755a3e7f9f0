package dev.altiplano.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** All that came out of a request, for tests. */
public record Completed(
        Map<Integer, String> texts,
        Map<Integer, List<TokenScore>> scores,
        Map<Integer, List<TokenScore>> promptScores,
        Map<Integer, float[]> vectors,
        Map<Integer, FinishReason> finishes,
        StreamEvent last) {

    public static Completed of(Generation generation) {
        Map<Integer, String> texts = new TreeMap<>();
        Map<Integer, List<TokenScore>> scores = new TreeMap<>();
        Map<Integer, List<TokenScore>> promptScores = new TreeMap<>();
        Map<Integer, float[]> vectors = new TreeMap<>();
        Map<Integer, FinishReason> finishes = new TreeMap<>();
        while (true) {
            StreamEvent event;
            try {
                event = generation.stream().next(Duration.ofSeconds(60));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            if (event == null) {
                throw new IllegalStateException("nothing came for a minute");
            }
            switch (event) {
                case StreamEvent.PromptScored scored -> promptScores.put(scored.prompt(), scored.tokens());
                case StreamEvent.Embedded embedded -> vectors.put(embedded.prompt(), embedded.vector());
                case StreamEvent.Text text -> {
                    texts.merge(text.choice(), text.text(), String::concat);
                    scores.computeIfAbsent(text.choice(), choice -> new ArrayList<>())
                            .addAll(text.tokens());
                }
                case StreamEvent.Finished finished -> finishes.put(finished.choice(), finished.reason());
                case StreamEvent.Ended ended -> {
                    return new Completed(texts, scores, promptScores, vectors, finishes, ended);
                }
                case StreamEvent.Failed failed -> {
                    return new Completed(texts, scores, promptScores, vectors, finishes, failed);
                }
            }
        }
    }

    /** Ids of a choice whose tokens were scored. */
    public int[] ids(int choice) {
        return scores.getOrDefault(choice, List.of()).stream()
                .mapToInt(TokenScore::id)
                .toArray();
    }

    int choices() {
        return new TreeSet<>(finishes.keySet()).size();
    }

    public Usage usage() {
        return switch (last) {
            case StreamEvent.Ended ended -> ended.usage();
            case StreamEvent.Failed failed -> failed.usage();
            default -> throw new IllegalStateException();
        };
    }
}
