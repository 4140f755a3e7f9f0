package dev.altiplano.engine.simulation;

import dev.altiplano.engine.FinishReason;
import dev.altiplano.engine.StreamEvent;
import dev.altiplano.engine.TokenScore;
import dev.altiplano.engine.Usage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a reader has got of a request, and whether it came in an order that makes sense. */
final class Received {

    private final Map<Integer, StringBuilder> texts = new TreeMap<>();
    private final Map<Integer, List<TokenScore>> scores = new TreeMap<>();
    private final Map<Integer, List<TokenScore>> promptScores = new TreeMap<>();
    private final Map<Integer, float[]> vectors = new TreeMap<>();
    private final Map<Integer, FinishReason> finishes = new TreeMap<>();
    private @Nullable StreamEvent last;

    void add(StreamEvent event, int choices, boolean scored) {
        Violation.unless(last == null, () -> event + " came after the end, which was " + last);
        switch (event) {
            case StreamEvent.PromptScored prompt ->
                Violation.unless(
                        promptScores.put(prompt.prompt(), prompt.tokens()) == null, "a prompt was scored twice");
            case StreamEvent.Embedded embedded ->
                Violation.unless(
                        vectors.put(embedded.prompt(), embedded.vector()) == null, "a prompt was embedded twice");
            case StreamEvent.Text text -> {
                Violation.unless(
                        !finishes.containsKey(text.choice()),
                        () -> "choice " + text.choice() + " goes on after its end");
                texts.computeIfAbsent(text.choice(), choice -> new StringBuilder())
                        .append(text.text());
                scores.computeIfAbsent(text.choice(), choice -> new ArrayList<>())
                        .addAll(text.tokens());
            }
            case StreamEvent.Finished finished ->
                Violation.unless(
                        finishes.put(finished.choice(), finished.reason()) == null,
                        () -> "choice " + finished.choice() + " finished twice");
            case StreamEvent.Ended ended -> {
                Violation.unless(
                        !scored || finishes.size() == choices,
                        () -> "the request ended with " + finishes.size() + " of " + choices + " choices");
                last = ended;
            }
            case StreamEvent.Failed failed -> last = failed;
        }
    }

    @Nullable
    StreamEvent last() {
        return last;
    }

    boolean complete() {
        return last instanceof StreamEvent.Ended;
    }

    Usage usage() {
        return switch (last) {
            case StreamEvent.Ended ended -> ended.usage();
            case StreamEvent.Failed failed -> failed.usage();
            case null, default -> throw new Violation("the request has not ended");
        };
    }

    /** Whether it has come to its end, or anything has come that can be compared. */
    boolean comparable() {
        return complete() || !texts.isEmpty() || !promptScores.isEmpty() || !vectors.isEmpty();
    }

    /** What differs from the same request alone, or null; of one that was cut short, what came must be its beginning. */
    @Nullable
    String difference(Received alone) {
        boolean whole = complete();
        for (Map.Entry<Integer, StringBuilder> entry : (whole ? alone : this).texts.entrySet()) {
            String here =
                    texts.getOrDefault(entry.getKey(), new StringBuilder()).toString();
            String there = alone.texts
                    .getOrDefault(entry.getKey(), new StringBuilder())
                    .toString();
            if (whole ? !here.equals(there) : !there.startsWith(here)) {
                return "choice " + entry.getKey() + " is \"" + here + "\", alone \"" + there + "\"";
            }
            List<TokenScore> scored = scores.getOrDefault(entry.getKey(), List.of());
            List<TokenScore> scoredAlone = alone.scores.getOrDefault(entry.getKey(), List.of());
            boolean same = whole
                    ? scored.equals(scoredAlone)
                    : scored.size() <= scoredAlone.size() && scored.equals(scoredAlone.subList(0, scored.size()));
            if (!same) {
                return "scores of choice " + entry.getKey() + " are " + scored + ", alone " + scoredAlone;
            }
        }
        for (Map.Entry<Integer, List<TokenScore>> entry : promptScores.entrySet()) {
            if (!entry.getValue().equals(alone.promptScores.get(entry.getKey()))) {
                return "scores of prompt " + entry.getKey() + " are " + entry.getValue() + ", alone "
                        + alone.promptScores.get(entry.getKey());
            }
        }
        for (Map.Entry<Integer, float[]> entry : vectors.entrySet()) {
            if (!Arrays.equals(entry.getValue(), alone.vectors.get(entry.getKey()))) {
                return "the vector of prompt " + entry.getKey() + " differs";
            }
        }
        if (!whole) {
            return null;
        }
        if (promptScores.size() != alone.promptScores.size() || vectors.size() != alone.vectors.size()) {
            return promptScores.size() + " prompts scored and " + vectors.size() + " embedded, alone "
                    + alone.promptScores.size() + " and " + alone.vectors.size();
        }
        if (!finishes.equals(alone.finishes)) {
            return "choices finished with " + finishes + ", alone " + alone.finishes;
        }
        Usage used = usage();
        Usage usedAlone = alone.usage();
        return used.completionTokens() == usedAlone.completionTokens()
                        && used.promptTokens() == usedAlone.promptTokens()
                ? null
                : "usage is " + used + ", alone " + usedAlone;
    }
}
