package dev.altiplano.evaluation.task;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Makes filters of an entry in {@code filter_list}. */
final class FilterReader {

    private static final String NUMBER_AFTER_HASHES = "#### (\\-?[0-9\\.\\,]+)";

    private FilterReader() {}

    static AnswerFilters read(Settings pipeline) {
        List<AnswerFilter> steps = new ArrayList<>();
        for (Settings step : pipeline.list("filter")) {
            steps.add(step(step));
        }
        if (steps.isEmpty()) {
            throw pipeline.wrong("filter", "must list at least one function");
        }
        return new AnswerFilters(pipeline.text("name", "none"), steps);
    }

    private static AnswerFilter step(Settings step) {
        String function = step.text("function", "");
        return switch (function) {
            case "take_first" -> new AnswerFilter.TakeFirst();
            case "take_first_k" -> new AnswerFilter.TakeFirstOf(step.integer("k", 1, 1, 10_000));
            case "majority_vote" -> new AnswerFilter.MajorityVote();
            case "remove_whitespace" -> AnswerFilter.stripped();
            case "lowercase" -> AnswerFilter.lowercase();
            case "uppercase" -> AnswerFilter.uppercase();
            case "regex" ->
                new AnswerFilter.Regex(
                        pattern(step, "regex_pattern", step.text("regex_pattern", NUMBER_AFTER_HASHES)),
                        step.integer("group_select", 0, -10_000, 10_000),
                        step.text("fallback", "[invalid]"));
            default ->
                throw step.wrong(
                        "function",
                        "'" + function + "' is none of take_first, take_first_k, majority_vote, remove_whitespace, "
                                + "lowercase, uppercase, regex");
        };
    }

    /** Python's and Java's patterns are written alike but for named groups. */
    static Pattern pattern(Settings step, String key, String pattern) {
        try {
            return Pattern.compile(pattern.replace("(?P<", "(?<"));
        } catch (PatternSyntaxException e) {
            throw step.wrong(key, "is not a pattern that Java reads: " + e.getMessage());
        }
    }
}
