package dev.altiplano.evaluation.task;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A step from what the model wrote, several times where a task repeats, to its answer. */
public sealed interface AnswerFilter
        permits AnswerFilter.TakeFirst,
                AnswerFilter.TakeFirstOf,
                AnswerFilter.MajorityVote,
                AnswerFilter.Regex,
                AnswerFilter.Mapping,
                AnswerFilter.Each,
                ChoiceLetters {

    /** The texts about a document after this step. */
    List<String> apply(List<String> texts, Document document);

    /** The first text alone. */
    record TakeFirst() implements AnswerFilter {
        @Override
        public List<String> apply(List<String> texts, Document document) {
            return List.of(texts.getFirst());
        }
    }

    /** The first {@code count} texts. */
    record TakeFirstOf(int count) implements AnswerFilter {
        @Override
        public List<String> apply(List<String> texts, Document document) {
            return texts.subList(0, Math.min(count, texts.size()));
        }
    }

    /** The text that comes most often; of several, the one that came first (maj@k). */
    record MajorityVote() implements AnswerFilter {
        @Override
        public List<String> apply(List<String> texts, Document document) {
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
        public List<String> apply(List<String> texts, Document document) {
            return texts.stream()
                    .map(text -> {
                        String found = selected(pattern, select, text, fallback);
                        return found == null ? fallback : found;
                    })
                    .toList();
        }

        /**
         * The selected match; null where there is none.
         *
         * @param empty what stands for a match of which all of several groups are empty
         */
        static @Nullable String selected(Pattern pattern, int select, String text, String empty) {
            List<String> matches = new ArrayList<>();
            Matcher matcher = pattern.matcher(text);
            while (matcher.find()) {
                if (!splitsCharacter(text, matcher)) {
                    matches.add(chosen(matcher, empty));
                }
            }
            int at = select < 0 ? matches.size() + select : select;
            return at < 0 || at >= matches.size() ? null : PythonSpace.strip(matches.get(at));
        }

        /** Whether an empty match lies between the two halves of a character. */
        public static boolean splitsCharacter(String text, Matcher matcher) {
            int at = matcher.start();
            return matcher.end() == at
                    && at > 0
                    && at < text.length()
                    && Character.isSurrogatePair(text.charAt(at - 1), text.charAt(at));
        }

        private static String chosen(Matcher matcher, String empty) {
            if (matcher.groupCount() == 0) {
                return matcher.group();
            }
            for (int group = 1; group <= matcher.groupCount(); group++) {
                String found = matcher.group(group);
                if (found != null && !found.isEmpty()) {
                    return found;
                }
            }
            return matcher.groupCount() == 1 ? "" : empty;
        }
    }

    /**
     * Each text exchanged for another one.
     *
     * @param otherwise what stands for texts that are not in {@code values}; null where all must be there
     */
    record Mapping(Map<String, String> values, @Nullable String otherwise) implements AnswerFilter {
        public Mapping {
            values = Map.copyOf(values);
        }

        @Override
        public List<String> apply(List<String> texts, Document document) {
            return texts.stream()
                    .map(text -> {
                        String value = values.getOrDefault(text, otherwise);
                        if (value == null) {
                            throw document.wrong(
                                    "filter map",
                                    "'" + text + "' is not in mapping_dict, and there is no default_value");
                        }
                        return value;
                    })
                    .toList();
        }
    }

    /** Each text changed by itself. */
    record Each(UnaryOperator<String> change) implements AnswerFilter {
        @Override
        public List<String> apply(List<String> texts, Document document) {
            return texts.stream().map(change).toList();
        }
    }

    static AnswerFilter stripped() {
        return new Each(PythonSpace::strip);
    }

    static AnswerFilter lowercase() {
        return new Each(text -> text.toLowerCase(Locale.ROOT));
    }

    static AnswerFilter uppercase() {
        return new Each(text -> text.toUpperCase(Locale.ROOT));
    }
}
