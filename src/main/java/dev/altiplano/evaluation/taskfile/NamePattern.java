package dev.altiplano.evaluation.taskfile;

import java.util.regex.Pattern;

/**
 * Names as a shell's pattern has them: {@code *} is any text, {@code ?} one character, {@code [a-z]} and {@code [!a-z]} one of some
 * or of others.
 */
record NamePattern(Pattern pattern) {

    static NamePattern of(String text) {
        StringBuilder regex = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            int close = c == '[' ? text.indexOf(']', at + 2) : -1;
            if (c == '*') {
                regex.append(".*");
            } else if (c == '?') {
                regex.append('.');
            } else if (close > 0) {
                regex.append(characters(text.substring(at + 1, close)));
                at = close;
            } else {
                regex.append(Pattern.quote(String.valueOf(c)));
            }
            at++;
        }
        return new NamePattern(Pattern.compile(regex.toString(), Pattern.DOTALL));
    }

    /** A class of characters; all but the range's sign stands for itself. */
    private static String characters(String inside) {
        boolean others = inside.startsWith("!") && inside.length() > 1;
        StringBuilder regex = new StringBuilder(others ? "[^" : "[");
        for (int i = others ? 1 : 0; i < inside.length(); i++) {
            char c = inside.charAt(i);
            boolean first = i == (others ? 1 : 0);
            boolean range =
                    c == '-' && !first && i + 1 < inside.length() && inside.charAt(i - 1) <= inside.charAt(i + 1);
            boolean plain = range || c > '~' || Character.isLetterOrDigit(c);
            regex.append(plain ? "" : "\\").append(c);
        }
        return regex.append(']').toString();
    }

    boolean matches(String name) {
        return pattern.matcher(name).matches();
    }
}
