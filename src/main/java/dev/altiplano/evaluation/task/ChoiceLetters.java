package dev.altiplano.evaluation.task;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The letter in parentheses of the choice that a text names: what a pattern finds, or else one of the document's {@code
 * choices} in it, or else a letter behind a colon ({@code multi_choice_regex}).
 *
 * @param ignored what is taken out of texts and choices before choices are looked for
 */
public record ChoiceLetters(
        Pattern pattern,
        int select,
        String fallback,
        List<Pattern> ignored,
        boolean ignoreCase,
        boolean ignorePunctuation)
        implements AnswerFilter {

    private static final int LETTERS = 26;

    /** What all of Unicode calls punctuation. */
    private static final Pattern PUNCTUATION = Pattern.compile("\\p{P}");

    public ChoiceLetters {
        ignored = List.copyOf(ignored);
    }

    @Override
    public List<String> apply(List<String> texts, Document document) {
        Map<String, String> named = new LinkedHashMap<>();
        List<String> alternatives = new ArrayList<>();
        for (Object choice : choices(document)) {
            String text = plain(PythonSpace.strip(String.valueOf(choice)));
            alternatives.add(Pattern.quote(text));
            named.put(text, "(" + (char) ('A' + alternatives.size() - 1) + ")");
        }
        Pattern choices = Pattern.compile(String.join("|", alternatives));
        Pattern letters =
                Pattern.compile(":[" + PythonSpace.CLASS + "]*([A-" + (char) ('A' + alternatives.size() - 1) + "])");
        return texts.stream().map(text -> letter(text, choices, named, letters)).toList();
    }

    private static List<?> choices(Document document) {
        if (document.values().get("choices") instanceof List<?> list && !list.isEmpty() && list.size() <= LETTERS) {
            return list;
        }
        throw document.wrong(
                "filter multi_choice_regex", "needs a column 'choices' with a list of 1 to " + LETTERS + " texts");
    }

    private String letter(String text, Pattern choices, Map<String, String> named, Pattern letters) {
        String found = Regex.selected(pattern, select, text, "");
        if (!isFound(found)) {
            String choice = Regex.selected(choices, select, plain(text), "");
            found = choice == null ? null : named.getOrDefault(choice, choice);
        }
        if (!isFound(found)) {
            String letter = Regex.selected(letters, select, text, "");
            found = letter == null ? null : "(" + letter + ")";
        }
        return found == null || found.isEmpty() ? fallback : found;
    }

    private static boolean isFound(@Nullable String text) {
        return text != null && !text.isEmpty();
    }

    private String plain(String text) {
        String left = text;
        for (Pattern part : ignored) {
            left = part.matcher(left).replaceAll("");
        }
        left = ignoreCase ? left.toLowerCase(Locale.ROOT) : left;
        return ignorePunctuation ? PUNCTUATION.matcher(left).replaceAll("") : left;
    }
}
