package dev.altiplano.engine.tokenizer.regex;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the text of an expression. {@code ^}, {@code \b}, references and look-behind are refused. */
final class RegexParser {

    private static final int MAX_LENGTH = 1 << 16;
    private static final int MAX_DEPTH = 50;
    private static final int MAX_REPEAT = 1000;
    private static final CodePoints NEWLINE = CodePoints.one('\n');

    private final String text;
    private int position;
    private int depth;
    private int characters;
    private boolean ignoresCase;

    private RegexParser(String text) {
        this.text = text;
    }

    static Node parse(String text) {
        if (text.length() > MAX_LENGTH) {
            throw new RegexException("the expression has " + text.length() + " characters, allowed are " + MAX_LENGTH);
        }
        RegexParser parser = new RegexParser(text);
        Node node = parser.choice();
        if (parser.position < text.length()) {
            throw parser.wrong("a ')' that closes no group");
        }
        return node;
    }

    private Node choice() {
        if (++depth > MAX_DEPTH) {
            throw wrong("groups are nested deeper than " + MAX_DEPTH);
        }
        boolean outer = ignoresCase;
        List<Node> alternatives = new ArrayList<>();
        do {
            alternatives.add(sequence());
        } while (consume('|'));
        ignoresCase = outer;
        depth--;
        return alternatives.size() == 1 ? alternatives.getFirst() : new Node.Choice(List.copyOf(alternatives));
    }

    private Node sequence() {
        List<Node> parts = new ArrayList<>();
        while (position < text.length() && peek() != '|' && peek() != ')') {
            Node atom = atom();
            if (atom != null) {
                parts.add(repeated(atom));
            }
        }
        return parts.size() == 1 ? parts.getFirst() : new Node.Sequence(List.copyOf(parts));
    }

    private Node repeated(Node atom) {
        Node node = atom;
        for (int stacked = 0; position < text.length(); stacked++) {
            int min;
            int max;
            boolean interval = false;
            switch (peek()) {
                case '*' -> {
                    min = 0;
                    max = Node.Repeat.UNBOUNDED;
                    position++;
                }
                case '+' -> {
                    min = 1;
                    max = Node.Repeat.UNBOUNDED;
                    position++;
                }
                case '?' -> {
                    min = 0;
                    max = 1;
                    position++;
                }
                case '{' -> {
                    int[] bounds = interval();
                    if (bounds == null) {
                        return node;
                    }
                    interval = true;
                    min = bounds[0];
                    max = bounds[1];
                }
                default -> {
                    return node;
                }
            }
            if (stacked >= 4) {
                throw wrong("more than four repeats of one thing");
            }
            if (max == Node.Repeat.UNBOUNDED && node.canBeEmpty()) {
                throw wrong("an unbounded repeat of what can be empty, which is not supported");
            }
            boolean lazy = consume('?');
            // Ruby's dialect knows no possessive intervals: a plus behind one repeats it.
            if (!lazy && !interval && consume('+')) {
                node = possessive(node, min, max);
            } else {
                node = new Node.Repeat(node, min, max, !lazy);
            }
        }
        return node;
    }

    /** A repeat that gives nothing back: of single characters it is a repeat that no further one follows. */
    private Node possessive(Node body, int min, int max) {
        if (!(body instanceof Node.Char)) {
            throw wrong("a possessive repeat of more than a single character, which is not supported");
        }
        Node end = new Node.Look(body, true);
        Node more = new Node.Repeat(body, min, max, true);
        return max == 1 ? new Node.Choice(List.of(body, end)) : new Node.Sequence(List.of(more, end));
    }

    /** The bounds of {@code {n}}, {@code {n,}}, {@code {,m}} or {@code {n,m}}; null where the brace means itself. */
    private int @Nullable [] interval() {
        int start = position++;
        int min = number();
        boolean comma = consume(',');
        int max = comma ? number() : min;
        if (!consume('}') || (min < 0 && max < 0)) {
            position = start;
            return null;
        }
        min = Math.max(0, min);
        if (max >= 0 && max < min) {
            throw wrong("a repeat of at least " + min + " and at most " + max);
        }
        return new int[] {min, max < 0 ? Node.Repeat.UNBOUNDED : max};
    }

    private int number() {
        int start = position;
        int number = 0;
        while (position < text.length() && peek() >= '0' && peek() <= '9') {
            number = 10 * number + (peek() - '0');
            position++;
            if (number > MAX_REPEAT) {
                throw wrong("a repeat of more than " + MAX_REPEAT);
            }
        }
        return position == start ? -1 : number;
    }

    private @Nullable Node atom() {
        int codePoint = text.codePointAt(position);
        position += Character.charCount(codePoint);
        return switch (codePoint) {
            case '(' -> group();
            case '[' -> one(new ClassParser().set());
            case '.' -> new Node.Char(NEWLINE.negate());
            case '$' -> new Node.Look(new Node.Char(NEWLINE.negate()), true);
            case '^' -> throw wrong("'^', which is not supported");
            case '*', '+', '?' -> throw wrong("a repeat of nothing");
            case '\\' -> escape();
            case '{' -> {
                position--;
                if (interval() != null) {
                    throw wrong("a repeat of nothing");
                }
                position++;
                yield one(CodePoints.one('{'));
            }
            default -> one(CodePoints.one(codePoint));
        };
    }

    private Node one(CodePoints set) {
        if (++characters > Program.MAX_STEPS) {
            throw wrong("more than " + Program.MAX_STEPS + " characters and classes");
        }
        return new Node.Char(ignoresCase ? CaseVariants.of(set) : set);
    }

    private @Nullable Node group() {
        if (!consume('?')) {
            return closed(choice());
        }
        if (consume(':')) {
            return closed(choice());
        }
        if (consume('=')) {
            return new Node.Look(closed(choice()), false);
        }
        if (consume('!')) {
            return new Node.Look(closed(choice()), true);
        }
        if (consume('<') && position < text.length() && peek() != '=' && peek() != '!') {
            int end = text.indexOf('>', position);
            if (end < 0) {
                throw wrong("a group whose name does not end");
            }
            position = end + 1;
            return closed(choice());
        }
        boolean on = true;
        boolean outer = ignoresCase;
        while (position < text.length()) {
            char flag = text.charAt(position++);
            switch (flag) {
                case '-' -> on = false;
                case 'i' -> ignoresCase = on;
                // Ruby's m lets the dot match a line end.
                case 'm' -> throw wrong("the flag m, which is not supported");
                case ')' -> {
                    return null;
                }
                case ':' -> {
                    Node node = closed(choice());
                    ignoresCase = outer;
                    return node;
                }
                default -> throw wrong("a group '(?" + flag + "', which is not supported");
            }
        }
        throw wrong("a group that does not end");
    }

    private Node closed(Node node) {
        if (!consume(')')) {
            throw wrong("a group that does not end");
        }
        return node;
    }

    private Node escape() {
        if (position == text.length()) {
            throw wrong("a backslash at the end");
        }
        char c = peek();
        if (c == 'z') {
            position++;
            return new Node.Look(new Node.Char(CodePoints.ALL), true);
        }
        if (c >= '1' && c <= '9') {
            throw wrong("a reference to a group, which is not supported");
        }
        CodePoints set = escapedSet();
        return set != null ? one(set) : one(CodePoints.one(escapedChar()));
    }

    /** The set of an escape such as {@code \s}, or null if it is a single character's. */
    private @Nullable CodePoints escapedSet() {
        char c = peek();
        CodePoints set = switch (c) {
            case 's', 'S' -> UnicodeSets.space();
            case 'd', 'D' -> UnicodeSets.digit();
            case 'w', 'W' -> UnicodeSets.wordOfEscape();
            case 'h', 'H' -> UnicodeSets.hexDigit();
            case 'p', 'P' -> property();
            default -> null;
        };
        if (set == null) {
            return null;
        }
        position++;
        return Character.isUpperCase(c) ? set.negate() : set;
    }

    /** Stands on the last character of the property afterwards. */
    private CodePoints property() {
        int start = position + 1;
        String name;
        if (start < text.length() && text.charAt(start) == '{') {
            int end = text.indexOf('}', start);
            if (end < 0) {
                throw wrong("a property whose name does not end");
            }
            name = text.substring(start + 1, end);
            position = end;
        } else if (start < text.length()) {
            name = text.substring(start, start + 1);
            position = start;
        } else {
            throw wrong("a property without a name");
        }
        boolean negated = name.startsWith("^");
        CodePoints set = UnicodeSets.named(negated ? name.substring(1) : name);
        if (set == null) {
            throw wrong("the property " + name + ", which is not known");
        }
        return negated ? set.negate() : set;
    }

    private int escapedChar() {
        int codePoint = text.codePointAt(position);
        position += Character.charCount(codePoint);
        return switch (codePoint) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'f' -> '\f';
            case 'v' -> 0x0B;
            case 'a' -> 0x07;
            case 'e' -> 0x1B;
            case 'x' -> consume('{') ? hex(1, 6, true) : hex(1, 2, false);
            case 'u' -> consume('{') ? hex(1, 6, true) : hex(4, 4, false);
            default -> {
                if (codePoint < 0x80 && Character.isLetterOrDigit(codePoint)) {
                    throw wrong("the escape \\" + (char) codePoint + ", which is not supported");
                }
                yield codePoint;
            }
        };
    }

    private int hex(int minDigits, int maxDigits, boolean braced) {
        int value = 0;
        int digits = 0;
        while (digits < maxDigits && position < text.length() && Character.digit(peek(), 16) >= 0) {
            value = 16 * value + Character.digit(peek(), 16);
            position++;
            digits++;
        }
        if (digits < minDigits || value > Character.MAX_CODE_POINT || (braced && !consume('}'))) {
            throw wrong("a hexadecimal escape that is not a character");
        }
        return value;
    }

    private char peek() {
        return text.charAt(position);
    }

    private boolean consume(char c) {
        if (position < text.length() && peek() == c) {
            position++;
            return true;
        }
        return false;
    }

    private RegexException wrong(String problem) {
        return new RegexException("the expression has " + problem + " (before character " + position + " of "
                + (text.length() > 80 ? text.substring(0, 77) + "..." : text) + ")");
    }

    /** Reads what stands between brackets, whose first has been read. */
    private final class ClassParser {

        CodePoints set() {
            if (++depth > MAX_DEPTH) {
                throw wrong("brackets are nested deeper than " + MAX_DEPTH);
            }
            boolean negated = consume('^');
            CodePoints whole = null;
            CodePoints part = CodePoints.NONE;
            for (boolean first = true; ; first = false) {
                if (position == text.length()) {
                    throw wrong("a '[' that is not closed");
                }
                if (peek() == ']' && !first) {
                    position++;
                    break;
                }
                if (text.startsWith("&&", position)) {
                    position += 2;
                    whole = whole == null ? part : whole.intersect(part);
                    part = CodePoints.NONE;
                } else {
                    part = part.union(item());
                }
            }
            depth--;
            CodePoints set = whole == null ? part : whole.intersect(part);
            return negated ? set.negate() : set;
        }

        private CodePoints item() {
            if (text.startsWith("[:", position)) {
                return posix();
            }
            if (consume('[')) {
                return set();
            }
            int first;
            if (consume('\\')) {
                if (position == text.length()) {
                    throw wrong("a backslash at the end");
                }
                CodePoints set = escapedSet();
                if (set != null) {
                    return set;
                }
                first = peek() == 'b' ? backspace() : escapedChar();
            } else {
                first = plain();
            }
            if (position + 1 < text.length() && peek() == '-' && text.charAt(position + 1) != ']') {
                int dash = position++;
                if (peek() == '[') {
                    position = dash;
                    return CodePoints.one(first);
                }
                if (peek() == '\\') {
                    position++;
                    CodePoints set = escapedSet();
                    if (set != null) {
                        return set.union(CodePoints.one(first)).union(CodePoints.one('-'));
                    }
                    return range(first, escapedChar());
                }
                return range(first, plain());
            }
            return CodePoints.one(first);
        }

        private int backspace() {
            position++;
            return '\b';
        }

        private int plain() {
            int codePoint = text.codePointAt(position);
            position += Character.charCount(codePoint);
            return codePoint;
        }

        private CodePoints range(int first, int last) {
            if (last < first) {
                throw wrong("a range that ends before it begins");
            }
            return CodePoints.range(first, last);
        }

        private CodePoints posix() {
            int end = text.indexOf(":]", position);
            String name = end < 0 ? "" : text.substring(position + 2, end);
            boolean negated = name.startsWith("^");
            String plain = negated ? name.substring(1) : name;
            CodePoints set = switch (plain) {
                case "alpha", "alnum", "digit", "space", "upper", "lower", "word", "cntrl", "punct", "xdigit" ->
                    UnicodeSets.posix(plain);
                default -> null;
            };
            if (set == null) {
                throw wrong("a class [:" + name + ":], which is not known");
            }
            position = end + 2;
            return negated ? set.negate() : set;
        }
    }
}
