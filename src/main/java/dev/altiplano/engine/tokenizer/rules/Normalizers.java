package dev.altiplano.engine.tokenizer.rules;

import dev.altiplano.engine.tokenizer.regex.Matcher;
import dev.altiplano.engine.tokenizer.regex.Regex;

/** The rules of rewriting that tokenizers of the family name; what each does is defined by Hugging Face's tokenizers library. */
public final class Normalizers {

    private static final int DOTTED_CAPITAL_I = 0x130;

    private Normalizers() {}

    /** One of Unicode's four normalization forms. */
    public static Normalizer unicode(java.text.Normalizer.Form form) {
        boolean compatible = form == java.text.Normalizer.Form.NFKC || form == java.text.Normalizer.Form.NFKD;
        return (text, place) -> {
            String sorted = MarkOrder.sort(text, compatible);
            return java.text.Normalizer.normalize(sorted, form);
        };
    }

    /** Lower case of each character by itself: a final sigma is not told apart. */
    public static Normalizer lowercase() {
        return (text, place) -> {
            StringBuilder lower = new StringBuilder(text.length());
            for (int i = 0; i < text.length(); ) {
                int codePoint = text.codePointAt(i);
                i += Character.charCount(codePoint);
                if (codePoint == DOTTED_CAPITAL_I) {
                    lower.append("i\u0307");
                } else {
                    lower.appendCodePoint(Character.toLowerCase(codePoint));
                }
            }
            return lower.toString();
        };
    }

    /** Without white space at the beginning, the end, or both. */
    public static Normalizer strip(boolean left, boolean right) {
        return (text, place) -> {
            int from = 0;
            int end = text.length();
            while (left && from < end && Spaces.isSpace(text.charAt(from))) {
                from++;
            }
            while (right && end > from && Spaces.isSpace(text.charAt(end - 1))) {
                end--;
            }
            return text.substring(from, end);
        };
    }

    /** Without combining marks. */
    public static Normalizer stripAccents() {
        return (text, place) -> {
            StringBuilder kept = new StringBuilder(text.length());
            text.codePoints().filter(codePoint -> !isMark(codePoint)).forEach(kept::appendCodePoint);
            return kept.toString();
        };
    }

    /** {@code content} instead of each match of {@code pattern}. */
    public static Normalizer replace(Regex pattern, String content) {
        return (text, place) -> {
            char[] chars = text.toCharArray();
            Matcher matcher = pattern.matcher(chars);
            matcher.reset(0, chars.length);
            StringBuilder result = new StringBuilder(chars.length);
            int from = 0;
            while (matcher.find()) {
                result.append(chars, from, matcher.start() - from).append(content);
                from = matcher.end();
            }
            return result.append(chars, from, chars.length - from).toString();
        };
    }

    /** {@code replacement} instead of each {@code old}. */
    public static Normalizer replace(char old, char replacement) {
        return (text, place) -> text.replace(old, replacement);
    }

    /** {@code prefix} in front of every stretch of text that is not empty, unless it continues what came before. */
    public static Normalizer prepend(String prefix) {
        return (text, place) -> text.isEmpty() || place == Place.CONTINUED ? text : prefix + text;
    }

    /** {@code prefix} in front of the text alone, not behind tokens in it. */
    public static Normalizer prependOnce(String prefix) {
        return (text, place) -> text.isEmpty() || place != Place.START ? text : prefix + text;
    }

    private static boolean isMark(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK -> true;
            default -> false;
        };
    }
}
