package dev.altiplano.evaluation.task;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A step from what the model wrote, several times where a task repeats, to its answer. */
public sealed interface AnswerFilter {

    /** The texts after this step. */
    List<String> apply(List<String> texts);

    /** The first text alone. */
    record TakeFirst() implements AnswerFilter {
        @Override
        public List<String> apply(List<String> texts) {
            return List.of(texts.getFirst());
        }
    }

    /** The first {@code count} texts; all where there are fewer. */
    record TakeFirstOf(int count) implements AnswerFilter {
        @Override
        public List<String> apply(List<String> texts) {
            return texts.subList(0, Math.min(count, texts.size()));
        }
    }

    /** The text that comes most often; of several, the one that came first (maj@k). */
    record MajorityVote() implements AnswerFilter {
        @Override
        public List<String> apply(List<String> texts) {
            Map<String, Integer> counts = new LinkedHashMap<>();
            texts.forEach(text -> counts.merge(text, 1, Integer::sum));
            String best = texts.getFirst();
            for (Map.Entry<String, Integer> entry : counts.entrySet()) {
                best = entry.getValue() > counts.getOrDefault(best, 0) ? entry.getKey() : best;
            }
            return List.of(best);
        }
    }

    /**
     * The match of a pattern, stripped: its only group, the first group of several that is not empty, or all of it.
     *
     * @param select which match, from 0; negative counts from the last
     * @param fallback the answer where there is none
     */
    record Regex(Pattern pattern, int select, String fallback) implements AnswerFilter {
        @Override
        public List<String> apply(List<String> texts) {
            return texts.stream().map(this::extracted).toList();
        }

        private String extracted(String text) {
            List<String> matches = new ArrayList<>();
            Matcher matcher = pattern.matcher(text);
            while (matcher.find()) {
                matches.add(chosen(matcher));
            }
            int at = select < 0 ? matches.size() + select : select;
            return at < 0 || at >= matches.size() ? fallback : matches.get(at).strip();
        }

        private String chosen(Matcher matcher) {
            if (matcher.groupCount() == 0) {
                return matcher.group();
            }
            for (int group = 1; group <= matcher.groupCount(); group++) {
                String found = matcher.group(group);
                if (found != null && !found.isEmpty()) {
                    return found;
                }
            }
            return matcher.groupCount() == 1 ? "" : fallback;
        }
    }

    /** Each text changed by itself. */
    record Each(UnaryOperator<String> change) implements AnswerFilter {
        @Override
        public List<String> apply(List<String> texts) {
            return texts.stream().map(change).toList();
        }
    }

    static AnswerFilter stripped() {
        return new Each(String::strip);
    }

    static AnswerFilter lowercase() {
        return new Each(text -> text.toLowerCase(Locale.ROOT));
    }

    static AnswerFilter uppercase() {
        return new Each(text -> text.toUpperCase(Locale.ROOT));
    }
}
