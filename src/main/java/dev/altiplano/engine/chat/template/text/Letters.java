package dev.altiplano.engine.chat.template.text;

import java.util.Locale;

/** Changes of case, as Python makes them. */
public final class Letters {

    /** Its upper case is the I of another letter. */
    private static final int DOTLESS_I = 0x131;

    private Letters() {}

    public static String upper(String string) {
        return string.toUpperCase(Locale.ROOT);
    }

    public static String lower(String string) {
        return string.toLowerCase(Locale.ROOT);
    }

    /** {@code str.casefold}: what is the same but for case becomes the same. */
    public static String fold(String string) {
        StringBuilder result = new StringBuilder(string.length());
        string.codePoints().forEach(c -> {
            String upper = c == DOTLESS_I ? Character.toString(c) : upper(Character.toString(c));
            upper.codePoints().forEach(u -> result.append(lower(Character.toString(u))));
        });
        return result.toString();
    }

    /** The first character in title case, the others lower. */
    public static String capitalize(String string) {
        if (string.isEmpty()) {
            return string;
        }
        int first = string.offsetByCodePoints(0, 1);
        return titleOf(string.codePointAt(0)) + lower(string.substring(first));
    }

    /** {@code str.title}: a word begins after every character without case. */
    public static String title(String string) {
        StringBuilder result = new StringBuilder(string.length());
        boolean inWord = false;
        for (int i = 0; i < string.length(); ) {
            int c = string.codePointAt(i);
            result.append(inWord ? lower(Character.toString(c)) : titleOf(c));
            inWord = Characters.isCased(c);
            i += Character.charCount(c);
        }
        return result.toString();
    }

    private static String titleOf(int c) {
        int title = Character.toTitleCase(c);
        String upper = upper(Character.toString(c));
        // Letters such as ß have no title case of their own, but an upper case of several.
        return title == c && upper.codePointCount(0, upper.length()) > 1
                ? upper.charAt(0) + lower(upper.substring(1))
                : Character.toString(title);
    }

    public static String swapCase(String string) {
        StringBuilder result = new StringBuilder(string.length());
        string.codePoints().forEach(c -> {
            String one = Character.toString(c);
            result.append(Character.isUpperCase(c) ? lower(one) : Character.isLowerCase(c) ? upper(one) : one);
        });
        return result.toString();
    }

    /** Whether there are letters with case, and all are upper. */
    public static boolean isUpper(String string) {
        return string.codePoints().anyMatch(Characters::isCased)
                && string.codePoints().noneMatch(c -> Character.isLowerCase(c) || Character.isTitleCase(c));
    }

    public static boolean isLower(String string) {
        return string.codePoints().anyMatch(Characters::isCased)
                && string.codePoints().noneMatch(c -> Character.isUpperCase(c) || Character.isTitleCase(c));
    }

    /** Whether there are letters with case, and those that begin a word are upper and the others lower. */
    public static boolean isTitle(String string) {
        boolean inWord = false;
        boolean any = false;
        for (int i = 0; i < string.length(); ) {
            int c = string.codePointAt(i);
            boolean cased = Characters.isCased(c);
            if (cased && Character.isLowerCase(c) != inWord) {
                return false;
            }
            any |= cased;
            inWord = cased;
            i += Character.charCount(c);
        }
        return any;
    }

    public static boolean isIdentifier(String string) {
        return !string.isEmpty()
                && (string.codePointAt(0) == '_' || Character.isUnicodeIdentifierStart(string.codePointAt(0)))
                && string.codePoints().allMatch(Character::isUnicodeIdentifierPart);
    }
}
