package dev.altiplano.engine.chat.template.syntax;

/** What the escapes in a quoted string stand for. */
final class StringLiteral {

    private StringLiteral() {}

    static String unescape(String quoted, Token token) {
        if (quoted.indexOf('\\') < 0) {
            return quoted;
        }
        StringBuilder string = new StringBuilder(quoted.length());
        for (int i = 0; i < quoted.length(); i++) {
            char c = quoted.charAt(i);
            if (c != '\\') {
                string.append(c);
                continue;
            }
            char kind = quoted.charAt(++i);
            switch (kind) {
                case '\n' -> {}
                case '\\', '\'', '"' -> string.append(kind);
                case 'a' -> string.append('\u0007');
                case 'b' -> string.append('\b');
                case 'f' -> string.append('\f');
                case 'n' -> string.append('\n');
                case 'r' -> string.append('\r');
                case 't' -> string.append('\t');
                case 'v' -> string.append('\u000b');
                case 'x' -> i = code(quoted, i, 2, string, token);
                case 'u' -> i = code(quoted, i, 4, string, token);
                case 'U' -> i = code(quoted, i, 8, string, token);
                case 'N' -> i = named(quoted, i, string, token);
                case '0', '1', '2', '3', '4', '5', '6', '7' -> {
                    int end = i;
                    int value = 0;
                    while (end < quoted.length()
                            && end < i + 3
                            && quoted.charAt(end) >= '0'
                            && quoted.charAt(end) <= '7') {
                        value = value * 8 + quoted.charAt(end++) - '0';
                    }
                    string.append((char) value);
                    i = end - 1;
                }
                default -> string.append('\\').append(kind);
            }
        }
        return string.toString();
    }

    /** {@code \\N{BULLET}}. */
    private static int named(String quoted, int at, StringBuilder string, Token token) {
        int end = quoted.startsWith("{", at + 1) ? quoted.indexOf('}', at) : -1;
        if (end < 0) {
            throw token.wrong("\\N in a string needs the name of a character in braces");
        }
        String name = quoted.substring(at + 2, end);
        try {
            string.appendCodePoint(Character.codePointOf(name));
        } catch (IllegalArgumentException e) {
            throw token.wrong("there is no character named '" + name + "'");
        }
        return end;
    }

    private static int code(String quoted, int at, int digits, StringBuilder string, Token token) {
        int value = 0;
        for (int i = at + 1; i <= at + digits; i++) {
            int digit = i < quoted.length() ? Character.digit(quoted.charAt(i), 16) : -1;
            value = value * 16 + digit;
            if (digit < 0 || value > Character.MAX_CODE_POINT || value < 0) {
                throw token.wrong("an escape in a string needs " + digits + " hexadecimal digits of a character");
            }
        }
        string.appendCodePoint(value);
        return at + digits;
    }
}
