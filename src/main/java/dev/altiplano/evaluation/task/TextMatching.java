package dev.altiplano.evaluation.task;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * When two answers are the same.
 *
 * @param ignored what is taken out of both first, in order
 */
public record TextMatching(
        List<Pattern> ignored, boolean ignoreCase, boolean ignorePunctuation, boolean ignoreNumbers) {

    /** When they are equal. */
    public static final TextMatching EXACT = new TextMatching(List.of(), false, false, false);

    /** ASCII's punctuation. */
    private static final Pattern PUNCTUATION = Pattern.compile("[!-/:-@\\[-`{-~]");

    private static final Pattern DIGITS = Pattern.compile("[0-9]");

    public TextMatching {
        ignored = List.copyOf(ignored);
    }

    public boolean same(String answer, String expected) {
        return normalized(answer).equals(normalized(expected));
    }

    private String normalized(String text) {
        String left = text;
        for (Pattern pattern : ignored) {
            left = pattern.matcher(left).replaceAll("");
        }
        left = ignoreCase ? left.toLowerCase(Locale.ROOT) : left;
        left = ignorePunctuation ? PUNCTUATION.matcher(left).replaceAll("") : left;
        return ignoreNumbers ? DIGITS.matcher(left).replaceAll("") : left;
    }
}
