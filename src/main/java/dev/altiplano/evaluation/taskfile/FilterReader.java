package dev.altiplano.evaluation.taskfile;

import dev.altiplano.evaluation.task.AnswerFilter;
import dev.altiplano.evaluation.task.AnswerFilters;
import dev.altiplano.evaluation.task.ChoiceLetters;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Makes filters of an entry in {@code filter_list}. */
final class FilterReader {

    private static final String NUMBER_AFTER_HASHES = "#### (\\-?[0-9\\.\\,]+)";

    private FilterReader() {}

    /**
     * The filters of one entry.
     *
     * @param repeats how many texts come in
     */
    static AnswerFilters read(Settings pipeline, int repeats) {
        pipeline.refuseUnknown(Set.of("name", "filter"));
        if (!pipeline.has("name")) {
            throw pipeline.wrong("name", "is missing");
        }
        List<AnswerFilter> steps = new ArrayList<>();
        for (Settings step : pipeline.list("filter")) {
            if (!steps.isEmpty() && steps.getLast() instanceof AnswerFilter.TakeFirst) {
                throw step.wrong(
                        "function", "follows take_first, behind which nothing can stand: move take_first to the end");
            }
            steps.add(step(step, repeats));
        }
        if (steps.isEmpty()) {
            throw pipeline.wrong("filter", "must list at least one function");
        }
        return new AnswerFilters(pipeline.text("name", "none"), steps);
    }

    private static AnswerFilter step(Settings step, int repeats) {
        String function = step.text("function", "");
        return switch (function) {
            case "take_first" -> plain(step, new AnswerFilter.TakeFirst());
            case "take_first_k" -> firstOf(step, repeats);
            case "majority_vote" -> plain(step, new AnswerFilter.MajorityVote());
            case "remove_whitespace" -> plain(step, AnswerFilter.stripped());
            case "lowercase" -> plain(step, AnswerFilter.lowercase());
            case "uppercase" -> plain(step, AnswerFilter.uppercase());
            case "map" -> mapping(step);
            case "regex" -> {
                step.refuseUnknown(Set.of("function", "regex_pattern", "group_select", "fallback"));
                yield new AnswerFilter.Regex(found(step), select(step), fallback(step));
            }
            case "multi_choice_regex" -> {
                step.refuseUnknown(Set.of(
                        "function",
                        "regex_pattern",
                        "group_select",
                        "fallback",
                        "ignore_case",
                        "ignore_punctuation",
                        "regexes_to_ignore"));
                yield new ChoiceLetters(
                        found(step),
                        select(step),
                        fallback(step),
                        patterns(step, "regexes_to_ignore"),
                        step.flag("ignore_case", false),
                        step.flag("ignore_punctuation", false));
            }
            default ->
                throw step.wrong(
                        "function",
                        "'" + function + "' is none of take_first, take_first_k, majority_vote, remove_whitespace, "
                                + "lowercase, uppercase, map, regex, multi_choice_regex");
        };
    }

    private static AnswerFilter plain(Settings step, AnswerFilter filter) {
        step.refuseUnknown(Set.of("function"));
        return filter;
    }

    private static AnswerFilter firstOf(Settings step, int repeats) {
        step.refuseUnknown(Set.of("function", "k"));
        if (!step.has("k")) {
            throw step.wrong("k", "is missing");
        }
        int count = step.integer("k", 1, 1, 10_000);
        if (count > repeats) {
            throw step.wrong("k", count + " answers are not there: repeats is " + repeats);
        }
        return new AnswerFilter.TakeFirstOf(count);
    }

    private static AnswerFilter mapping(Settings step) {
        step.refuseUnknown(Set.of("function", "mapping_dict", "default_value"));
        if (!(step.raw("mapping_dict") instanceof Map<?, ?> values)) {
            throw step.wrong("mapping_dict", "must be a mapping of texts to texts");
        }
        Map<String, String> texts = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : values.entrySet()) {
            if (!(entry.getKey() instanceof String key) || !(entry.getValue() instanceof String text)) {
                throw step.wrong("mapping_dict", "must map texts in quotes to texts in quotes, not " + entry);
            }
            texts.put(key, text);
        }
        return new AnswerFilter.Mapping(texts, step.optionalText("default_value"));
    }

    private static Pattern found(Settings step) {
        return pattern(step, "regex_pattern", step.text("regex_pattern", NUMBER_AFTER_HASHES));
    }

    private static int select(Settings step) {
        return step.integer("group_select", 0, -10_000, 10_000);
    }

    private static String fallback(Settings step) {
        return step.text("fallback", "[invalid]");
    }

    static List<Pattern> patterns(Settings step, String key) {
        return step.texts(key).stream().map(text -> pattern(step, key, text)).toList();
    }

    private static Pattern pattern(Settings step, String key, String pattern) {
        try {
            return PythonPattern.compile(pattern);
        } catch (PatternSyntaxException e) {
            throw step.wrong(
                    key,
                    "'" + pattern + "' is not a pattern that is read here: " + e.getDescription() + " at character "
                            + e.getIndex());
        }
    }
}
