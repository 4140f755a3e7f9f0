package dev.altiplano.engine.chat.template.filter;

import dev.altiplano.engine.chat.template.text.Characters;
import dev.altiplano.engine.chat.template.text.Text;
import dev.altiplano.engine.chat.template.text.TextBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One paragraph in lines of a width, as Python's {@code textwrap} makes them where it keeps white space as it is. Each line is a
 * part of the paragraph. Widths are in code points.
 */
final class WordWrap {

    private static final String SPACE = "[\\t\\n\\x0B\\f\\r ]";
    private static final String NO_SPACE = "[^\\t\\n\\x0B\\f\\r ]";
    private static final String LETTER = "[^\\d\\W]";
    private static final String PUNCTUATION = "(?<=[\\w!\"'&.,?])";

    private static final Pattern WORDS = Pattern.compile(SPACE + "+|" + NO_SPACE + "+");
    /** Words are divided behind hyphens, and at dashes of several hyphens. */
    private static final Pattern PARTS_OF_WORDS = Pattern.compile(
            SPACE + "+|" + PUNCTUATION + "-{2,}(?=\\w)|" + NO_SPACE + "+?(?:-(?:(?<=" + LETTER + "{2}-)|(?<=" + LETTER
                    + "-" + LETTER + "-))(?=" + LETTER + "-?" + LETTER + ")|(?=" + SPACE + "|\\z)|" + PUNCTUATION
                    + "(?=-{2,}\\w))",
            Pattern.UNICODE_CHARACTER_CLASS);

    private final Text text;
    private final String string;
    private final int width;
    private final boolean breaksWords;
    private final boolean breaksAtHyphens;
    private final List<Part> parts = new ArrayList<>();
    private int next;

    /**
     * What is not divided unless it is longer than a line.
     *
     * @param from UTF-16 position in the paragraph, as {@code end}
     * @param length code points
     */
    private record Part(int from, int end, int length) {}

    private WordWrap(Text text, int width, boolean breaksWords, boolean breaksAtHyphens) {
        this.text = text;
        this.string = text.string();
        this.width = width;
        this.breaksWords = breaksWords;
        this.breaksAtHyphens = breaksAtHyphens;
        Matcher matcher = (breaksAtHyphens ? PARTS_OF_WORDS : WORDS).matcher(string);
        int from = 0;
        while (matcher.find()) {
            add(from, matcher.start());
            add(matcher.start(), matcher.end());
            from = matcher.end();
        }
        add(from, string.length());
    }

    /** The lines with {@code separator} between them. */
    static Text wrap(Text paragraph, int width, boolean breaksWords, boolean breaksAtHyphens, Text separator) {
        TextBuilder joined = new TextBuilder();
        List<Text> lines = new WordWrap(paragraph, width, breaksWords, breaksAtHyphens).lines();
        for (int i = 0; i < lines.size(); i++) {
            joined.append(i == 0 ? Text.EMPTY : separator).append(lines.get(i));
        }
        return joined.toText();
    }

    private void add(int from, int end) {
        if (end > from) {
            parts.add(new Part(from, end, string.codePointCount(from, end)));
        }
    }

    private List<Text> lines() {
        List<Text> lines = new ArrayList<>();
        while (next < parts.size()) {
            if (!lines.isEmpty() && isBlank(parts.get(next))) {
                next++;
            }
            List<Part> line = line();
            if (!line.isEmpty() && isBlank(line.getLast())) {
                line.removeLast();
            }
            if (!line.isEmpty()) {
                lines.add(text.substring(line.getFirst().from(), line.getLast().end()));
            }
        }
        return lines;
    }

    private List<Part> line() {
        List<Part> line = new ArrayList<>();
        int used = 0;
        while (next < parts.size() && used + parts.get(next).length() <= width) {
            used += parts.get(next).length();
            line.add(parts.get(next++));
        }
        if (next < parts.size() && parts.get(next).length() > width) {
            Part word = parts.get(next);
            if (breaksWords) {
                int cut = cut(word, width - used);
                int length = string.codePointCount(word.from(), cut);
                line.add(new Part(word.from(), cut, length));
                parts.set(next, new Part(cut, word.end(), word.length() - length));
            } else if (line.isEmpty()) {
                line.add(word);
                next++;
            }
        }
        return line;
    }

    /** Where a word that is longer than a line is divided: at most {@code room} characters in, behind a hyphen if there is one. */
    private int cut(Part word, int room) {
        int end = string.offsetByCodePoints(word.from(), room);
        int hyphen = string.substring(word.from(), end).lastIndexOf('-');
        boolean divides = breaksAtHyphens
                && hyphen > 0
                && !string.substring(word.from(), word.from() + hyphen)
                        .replace("-", "")
                        .isEmpty();
        return divides ? word.from() + hyphen + 1 : end;
    }

    private boolean isBlank(Part part) {
        for (int i = part.from(); i < part.end(); i += Character.charCount(string.codePointAt(i))) {
            if (!Characters.isSpace(string.codePointAt(i))) {
                return false;
            }
        }
        return true;
    }
}
