package dev.altiplano.engine.tokenizer.vocabulary;

import dev.altiplano.engine.tokenizer.rules.Spaces;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The tokens that are cut out of a text as a whole: the leftmost first, of those the longest. */
final class AddedTokens {

    /** Gets what a text is cut into, from left to right. */
    interface Sink {

        void token(int id);

        void text(int from, int end);
    }

    private final List<AddedToken> all;
    private final List<AddedToken> plain;
    private final Literals allLiterals;
    private final Literals plainLiterals;

    AddedTokens(List<AddedToken> tokens) {
        all = List.copyOf(tokens);
        plain = tokens.stream().filter(token -> !token.control()).toList();
        allLiterals = new Literals(all);
        plainLiterals = all.size() == plain.size() ? allLiterals : new Literals(plain);
    }

    List<AddedToken> all() {
        return all;
    }

    /** Cuts {@code text}; control tokens only where {@code controls} allows them. */
    void cut(char[] text, ControlSpans controls, Sink sink) {
        boolean parses = controls.any() && all.size() > plain.size();
        int[] plainAt = plain.isEmpty() ? null : plainLiterals.longest(text);
        int[] allAt = parses ? allLiterals.longest(text) : plainAt;
        int from = 0;
        if (allAt != null) {
            for (int i = 0; i < text.length; ) {
                AddedToken token = at(i, text, allAt, parses ? all : plain);
                if (token != null
                        && token.control()
                        && !controls.hold(i, i + token.text().length())) {
                    token = plainAt == null ? null : at(i, text, plainAt, plain);
                }
                if (token == null || i < from) {
                    i++;
                    continue;
                }
                int end = i + token.text().length();
                int textEnd = token.stripsLeft() ? spacesBefore(text, from, i) : i;
                if (textEnd > from) {
                    sink.text(from, textEnd);
                }
                sink.token(token.id());
                from = token.stripsRight() ? spacesBehind(text, end) : end;
                i = Math.max(end, from);
            }
        }
        if (from < text.length) {
            sink.text(from, text.length);
        }
    }

    private static @Nullable AddedToken at(int place, char[] text, int[] numbers, List<AddedToken> tokens) {
        if (numbers[place] < 0) {
            return null;
        }
        AddedToken token = tokens.get(numbers[place]);
        int end = place + token.text().length();
        boolean insideWord = token.singleWord()
                && ((place > 0 && isWord(Character.codePointBefore(text, place)))
                        || (end < text.length && isWord(Character.codePointAt(text, end))));
        return insideWord ? null : token;
    }

    /** Unicode's definition of a word's characters (UTS #18, Annex C), joiners among them. */
    private static boolean isWord(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.NON_SPACING_MARK,
                    Character.COMBINING_SPACING_MARK,
                    Character.ENCLOSING_MARK,
                    Character.DECIMAL_DIGIT_NUMBER,
                    Character.CONNECTOR_PUNCTUATION -> true;
            default -> Character.isAlphabetic(codePoint) || codePoint == 0x200C || codePoint == 0x200D;
        };
    }

    private static int spacesBefore(char[] text, int from, int end) {
        int i = end;
        while (i > from && Spaces.isSpace(text[i - 1])) {
            i--;
        }
        return i;
    }

    private static int spacesBehind(char[] text, int from) {
        int i = from;
        while (i < text.length && Spaces.isSpace(text[i])) {
            i++;
        }
        return i;
    }
}
