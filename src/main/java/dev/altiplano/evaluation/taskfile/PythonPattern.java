package dev.altiplano.evaluation.taskfile;

import dev.altiplano.evaluation.task.PythonSpace;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Reads a regular expression as Python's {@code re} writes it, and gives one of Java's that matches the same: classes follow
 * Unicode, {@code .}, {@code ^} and {@code $} know the line feed alone, groups have names in Python's way, and braces that
 * repeat nothing are characters. Conditions on groups, {@code (?a)}, {@code (?L)} and {@code \N} are refused. What a group inside a
 * repetition holds after a retreat, and empty matches where a longer one begins, may differ.
 */
final class PythonPattern {

    private static final String WORD = "\\p{L}\\p{N}_";

    /**
     * What holds inside a group.
     *
     * @param verbose whether white space is left out
     * @param multiline whether lines begin and end inside the text
     */
    private record Flags(boolean verbose, boolean multiline) {}

    private final String source;
    private final StringBuilder out = new StringBuilder();
    private final Map<String, Integer> names = new HashMap<>();
    /** Of each of the open groups. */
    private final Deque<Flags> open = new ArrayDeque<>();

    private int at;
    private int groups;

    private PythonPattern(String source) {
        this.source = source;
        open.push(new Flags(false, false));
    }

    /** Compiles a pattern; throws {@link PatternSyntaxException} where it is malformed or needs what is not there. */
    static Pattern compile(String source) {
        return Pattern.compile(new PythonPattern(source).translated(), Pattern.UNIX_LINES);
    }

    private PatternSyntaxException wrong(String what) {
        return new PatternSyntaxException(what, source, Math.min(at, source.length()));
    }

    private int peek() {
        return at < source.length() ? source.codePointAt(at) : -1;
    }

    private int next() {
        if (at >= source.length()) {
            throw wrong("ends too early");
        }
        int c = source.codePointAt(at);
        at += Character.charCount(c);
        return c;
    }

    private boolean take(String text) {
        boolean there = source.startsWith(text, at);
        at += there ? text.length() : 0;
        return there;
    }

    private String translated() {
        while (at < source.length()) {
            int c = next();
            boolean skipping = open.getFirst().verbose();
            if (skipping && c == '#') {
                int end = source.indexOf('\n', at);
                at = end < 0 ? source.length() : end;
            } else if (!skipping || " \t\n\r\f\u000b".indexOf(c) < 0) {
                part(c);
            }
        }
        if (open.size() > 1) {
            throw wrong("a group is not closed");
        }
        return out.toString();
    }

    private void part(int c) {
        switch (c) {
            case '\\' -> escape();
            case '[' -> set();
            case '(' -> group();
            case ')' -> {
                if (open.size() == 1) {
                    throw wrong("a group is closed that was not opened");
                }
                open.pop();
                out.append(')');
            }
            case '{' -> braces();
            // Behind a last line feed, too, where Java has no line.
            case '^' -> out.append(open.getFirst().multiline() ? "(?:^|(?<=\\n))" : "^");
            case '.', '$', '|', '*', '+', '?' -> out.appendCodePoint(c);
            default -> literal(c);
        }
    }

    /** {@code {2}}, {@code {2,}}, {@code {,3}} and {@code {2,3}} repeat what stands before them; others are characters. */
    private void braces() {
        int begin = at;
        String minimum = digits();
        boolean range = take(",");
        String maximum = range ? digits() : minimum;
        if ((range || !minimum.isEmpty()) && take("}")) {
            out.append('{').append(minimum.isEmpty() ? "0" : minimum);
            out.append(range ? "," + maximum : "").append('}');
        } else {
            at = begin;
            literal('{');
        }
    }

    private String digits() {
        int begin = at;
        while (at < source.length() && source.charAt(at) >= '0' && source.charAt(at) <= '9') {
            at++;
        }
        return source.substring(begin, at);
    }

    private void group() {
        Flags inherited = open.getFirst();
        if (!take("?")) {
            groups++;
            open("(", inherited);
        } else if (take("P<")) {
            groups++;
            names.put(name(">"), groups);
            open("(", inherited);
        } else if (take("P=")) {
            reference(names.getOrDefault(name(")"), 0));
        } else if (take("#")) {
            at = source.indexOf(')', at) + 1;
            if (at == 0) {
                throw wrong("a comment does not end");
            }
        } else if (take("(")) {
            throw wrong("a condition on a group is not supported");
        } else {
            for (String kind : new String[] {":", "=", "!", "<=", "<!", ">"}) {
                if (take(kind)) {
                    open("(?" + kind, inherited);
                    return;
                }
            }
            flags(inherited);
        }
    }

    private void open(String text, Flags flags) {
        out.append(text);
        open.push(flags);
    }

    private String name(String end) {
        int close = source.indexOf(end, at);
        if (close < 0) {
            throw wrong("a group's name does not end");
        }
        String name = source.substring(at, close);
        at = close + end.length();
        return name;
    }

    private void flags(Flags inherited) {
        StringBuilder flags = new StringBuilder();
        boolean skipping = inherited.verbose();
        boolean multiline = inherited.multiline();
        boolean on = true;
        while (true) {
            int flag = next();
            switch (flag) {
                case 'i' -> flags.append("iu");
                case 'm' -> {
                    multiline = on;
                    flags.append('m');
                }
                case 's' -> flags.append('s');
                case 'u' -> {}
                case 'x' -> skipping = on;
                case '-' -> {
                    on = false;
                    flags.append('-');
                }
                case ':' -> {
                    open("(?" + flags + ":", new Flags(skipping, multiline));
                    return;
                }
                case ')' -> {
                    open.pop();
                    open.push(new Flags(skipping, multiline));
                    out.append(flags.isEmpty() ? "" : "(?" + flags + ")");
                    return;
                }
                default -> throw wrong("the flag or extension '" + Character.toString(flag) + "' is not supported");
            }
        }
    }

    private void reference(int group) {
        if (group < 1 || group > groups) {
            throw wrong("refers to a group that is not there");
        }
        // In a group of its own, so that a digit that follows is no part of the number.
        out.append("(?:\\").append(group).append(')');
    }

    private void escape() {
        int c = next();
        switch (c) {
            case 'A' -> out.append("\\A");
            case 'Z' -> out.append("\\z");
            case 'b' -> out.append("(?:(?<=[W])(?![W])|(?<![W])(?=[W]))".replace("W", WORD));
            case 'B' -> out.append("(?:(?<=[W])(?=[W])|(?<![W])(?![W]))".replace("W", WORD));
            case 'd', 'D', 's', 'S', 'w', 'W' -> out.append(shorthand(c));
            default -> {
                if (c >= '1' && c <= '9' && !isOctal(at - 1)) {
                    int second = peek();
                    boolean two = second >= '0' && second <= '9';
                    reference(two ? 10 * (c - '0') + next() - '0' : c - '0');
                } else {
                    literal(character(c));
                }
            }
        }
    }

    private boolean isOctal(int from) {
        return from + 3 <= source.length() && source.substring(from, from + 3).matches("[0-3][0-7]{2}");
    }

    /** A class that stands for itself, or inside another one. */
    private static String shorthand(int c) {
        return switch (c) {
            case 'd' -> "\\p{Nd}";
            case 'D' -> "\\P{Nd}";
            case 's' -> "[" + PythonSpace.CLASS + "]";
            case 'S' -> "[^" + PythonSpace.CLASS + "]";
            case 'w' -> "[" + WORD + "]";
            default -> "[^" + WORD + "]";
        };
    }

    /** The character that {@code \c} and what follows stand for. */
    private int character(int c) {
        return switch (c) {
            case 'a' -> 7;
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'v' -> 0x0b;
            case 'x' -> hexadecimal(2);
            case 'u' -> hexadecimal(4);
            case 'U' -> hexadecimal(8);
            case '0', '1', '2', '3', '4', '5', '6', '7' -> octal(c - '0');
            default -> {
                if (c < 128 && Character.isLetterOrDigit(c)) {
                    throw wrong("\\" + Character.toString(c) + " is not supported");
                }
                yield c;
            }
        };
    }

    private int octal(int first) {
        int value = first;
        for (int i = 0; i < 2 && peek() >= '0' && peek() <= '7'; i++) {
            value = 8 * value + next() - '0';
        }
        return value;
    }

    private int hexadecimal(int digits) {
        String text = source.substring(at, Math.min(source.length(), at + digits));
        if (!text.matches("[0-9a-fA-F]{" + digits + "}") || Long.parseLong(text, 16) > Character.MAX_CODE_POINT) {
            throw wrong("an escape has not the digits of a character");
        }
        at += digits;
        return Integer.parseInt(text, 16);
    }

    private void set() {
        out.append('[').append(take("^") ? "^" : "");
        boolean first = true;
        while (first || peek() != ']') {
            first = false;
            int c = next();
            if (c == '\\' && "dDsSwW".indexOf(peek()) >= 0) {
                out.append(shorthand(next()));
                continue;
            }
            literal(c == '\\' ? inSet(next()) : c);
            if (peek() == '-' && at + 1 < source.length() && source.charAt(at + 1) != ']') {
                next();
                int last = next();
                out.append('-');
                literal(last == '\\' ? inSet(next()) : last);
            }
        }
        next();
        out.append(']');
    }

    private int inSet(int c) {
        return c == 'b' ? '\b' : character(c);
    }

    private void literal(int c) {
        if (c < 128 && Character.isLetterOrDigit(c) || c == ' ') {
            out.appendCodePoint(c);
        } else {
            out.append("\\x{").append(Integer.toHexString(c)).append('}');
        }
    }
}
