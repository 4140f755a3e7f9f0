package dev.altiplano.engine.chat.template.syntax;

import dev.altiplano.engine.chat.template.syntax.Token.Kind;
import dev.altiplano.engine.chat.template.text.Characters;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a template into tokens, one at a time, and decides which white space around tags belongs to the text: as Jinja does
 * with {@code trim_blocks} (a line break after a tag goes) and {@code lstrip_blocks} (blanks before a tag that begins its line
 * go), {@code -} and {@code +} at a tag overrule.
 */
final class Lexer {

    /** Longest first. */
    private static final String[] SIGNS = {
        "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=",
        ".", ":", "|", ",", ";"
    };

    private final String source;
    private final boolean trimsBlocks;
    private int position;
    private boolean inside;
    private boolean insideTag;
    private boolean lineStarts = true;
    private final ArrayDeque<Character> brackets = new ArrayDeque<>();
    /** Text tokens wait for the tag that ends them. */
    private @Nullable Token waiting;

    private int line = 1;
    private int lineStart;
    private int counted;

    Lexer(String source, Dialect dialect) {
        String lines = source.replace("\r\n", "\n").replace('\r', '\n');
        trimsBlocks = dialect == Dialect.CHAT;
        this.source = trimsBlocks && lines.endsWith("\n") ? lines.substring(0, lines.length() - 1) : lines;
    }

    Token next() {
        Token token = waiting;
        if (token != null) {
            waiting = null;
            return token;
        }
        return inside ? code() : data();
    }

    private Token data() {
        while (position < source.length()) {
            int start = position;
            int tag = tagAt(start);
            if (tag < 0) {
                position = source.length();
                return token(Kind.DATA, source.substring(start), start);
            }
            char mark = source.charAt(tag + 1);
            char sign = tag + 2 < source.length() ? source.charAt(tag + 2) : 0;
            int end = textEnd(start, tag, sign, mark != '{');
            Token text = token(Kind.DATA, source.substring(start, end), start);
            position = tag + 2 + (sign == '-' || sign == '+' ? 1 : 0);
            if (mark == '#') {
                comment(tag);
            } else if (mark == '%' && isWord("raw")) {
                Token raw = raw(tag);
                if (!text.text().isEmpty()) {
                    waiting = raw;
                    return text;
                }
                if (!raw.text().isEmpty()) {
                    return raw;
                }
                continue;
            } else {
                inside = true;
                insideTag = mark == '%';
                lineStarts = false;
                Token begin = token(insideTag ? Kind.TAG_BEGIN : Kind.OUTPUT_BEGIN, "", tag);
                if (text.text().isEmpty()) {
                    return begin;
                }
                waiting = begin;
                return text;
            }
            if (!text.text().isEmpty()) {
                return text;
            }
        }
        return token(Kind.END, "", source.length());
    }

    private int tagAt(int from) {
        for (int at = source.indexOf('{', from);
                at >= 0 && at + 1 < source.length();
                at = source.indexOf('{', at + 1)) {
            char mark = source.charAt(at + 1);
            if (mark == '{' || mark == '%' || mark == '#') {
                return at;
            }
        }
        return -1;
    }

    /** Where text before a tag ends once white space is taken off. */
    private int textEnd(int start, int tag, char sign, boolean takesBlanks) {
        int end = tag;
        if (sign == '-') {
            while (end > start && Characters.isSpace(source.charAt(end - 1))) {
                end--;
            }
        } else if (trimsBlocks && sign != '+' && takesBlanks) {
            int from = source.lastIndexOf('\n', tag - 1) + 1;
            if (tag > 0 && (from > start || from == start && lineStarts || from < start && lineStarts)) {
                from = Math.max(from, start);
                int at = from;
                while (at < tag && Characters.isSpace(source.charAt(at))) {
                    at++;
                }
                if (at == tag) {
                    end = from;
                }
            }
        }
        return end;
    }

    private void comment(int tag) {
        int close = source.indexOf("#}", position);
        if (close < 0) {
            throw token(Kind.END, "", tag).wrong("a comment does not end: '#}' is missing");
        }
        char sign = close > position ? source.charAt(close - 1) : 0;
        position = close + 2;
        afterTag(sign, true);
    }

    /** Whether a tag holds this word alone; {@code position} is behind its beginning. */
    private boolean isWord(String word) {
        int at = skipSpace(position);
        if (!source.startsWith(word, at)) {
            return false;
        }
        at = skipSpace(at + word.length());
        return source.startsWith("%}", at) || source.startsWith("-%}", at);
    }

    private Token raw(int tag) {
        int close = source.indexOf("%}", position);
        position = close + 2;
        afterTag(source.charAt(close - 1), false);
        int start = position;
        for (int at = source.indexOf("{%", start); at >= 0; at = source.indexOf("{%", at + 2)) {
            char sign = at + 2 < source.length() ? source.charAt(at + 2) : 0;
            int word = skipSpace(at + 2 + (sign == '-' || sign == '+' ? 1 : 0));
            if (!source.startsWith("endraw", word)) {
                continue;
            }
            int end = skipSpace(word + "endraw".length());
            char last = end < source.length() ? source.charAt(end) : 0;
            if (source.startsWith("%}", last == '-' || last == '+' ? end + 1 : end)) {
                Token text = token(Kind.DATA, source.substring(start, textEnd(start, at, sign, true)), start);
                position = source.indexOf("%}", end) + 2;
                afterTag(last, true);
                return text;
            }
        }
        throw token(Kind.END, "", tag).wrong("'raw' does not end: '{% endraw %}' is missing");
    }

    /** Skips white space behind a tag that ended with {@code sign}. */
    private void afterTag(char sign, boolean trims) {
        int start = position;
        if (sign == '-') {
            position = skipSpace(position);
        } else if (trimsBlocks
                && trims
                && sign != '+'
                && position < source.length()
                && source.charAt(position) == '\n') {
            position++;
        }
        lineStarts = position > start && source.charAt(position - 1) == '\n';
    }

    private int skipSpace(int from) {
        int at = from;
        while (at < source.length() && Characters.isSpace(source.charAt(at))) {
            at++;
        }
        return at;
    }

    private Token code() {
        position = skipSpace(position);
        int start = position;
        if (start == source.length()) {
            throw token(Kind.END, "", start)
                    .wrong("the template ends inside a tag: '" + (insideTag ? "%}" : "}}") + "' is missing");
        }
        if (brackets.isEmpty()) {
            String close = insideTag ? "%}" : "}}";
            char sign = source.charAt(start);
            boolean signed = sign == '-' || sign == '+' && insideTag;
            if (source.startsWith(close, signed ? start + 1 : start)) {
                position = start + close.length() + (signed ? 1 : 0);
                afterTag(signed ? sign : 0, insideTag);
                inside = false;
                return token(insideTag ? Kind.TAG_END : Kind.OUTPUT_END, "", start);
            }
        }
        int c = source.codePointAt(start);
        if (c == '"' || c == '\'') {
            return string((char) c);
        }
        if (c >= '0' && c <= '9') {
            return number();
        }
        if (Character.isUnicodeIdentifierStart(c) || c == '_') {
            while (position < source.length() && Character.isUnicodeIdentifierPart(source.codePointAt(position))) {
                position += Character.charCount(source.codePointAt(position));
            }
            return token(Kind.NAME, source.substring(start, position), start);
        }
        return sign();
    }

    private Token string(char quote) {
        int start = position;
        for (int at = start + 1; at < source.length(); at++) {
            char c = source.charAt(at);
            if (c == '\\') {
                at++;
            } else if (c == quote) {
                position = at + 1;
                Token token = token(Kind.STRING, "", start);
                String characters = StringLiteral.unescape(source.substring(start + 1, at), token);
                return new Token(Kind.STRING, characters, token.line(), token.column());
            }
        }
        throw token(Kind.END, "", start).wrong("a string does not end");
    }

    private Token number() {
        int start = position;
        if (source.charAt(start) == '0'
                && start + 1 < source.length()
                && "xXoObB".indexOf(source.charAt(start + 1)) >= 0) {
            position += 2;
            while (position < source.length() && Character.digit(source.charAt(position), 16) >= 0) {
                position++;
            }
            return token(Kind.INTEGER, source.substring(start, position), start);
        }
        digits();
        boolean real = false;
        if (position + 1 < source.length() && source.charAt(position) == '.' && isDigit(position + 1)) {
            position++;
            digits();
            real = true;
        }
        if (position < source.length() && (source.charAt(position) == 'e' || source.charAt(position) == 'E')) {
            int at = position + 1;
            if (at < source.length() && (source.charAt(at) == '+' || source.charAt(at) == '-')) {
                at++;
            }
            if (isDigit(at)) {
                position = at;
                digits();
                real = true;
            }
        }
        return token(
                real ? Kind.REAL : Kind.INTEGER,
                source.substring(start, position).replace("_", ""),
                start);
    }

    private boolean isDigit(int at) {
        return at < source.length() && source.charAt(at) >= '0' && source.charAt(at) <= '9';
    }

    private void digits() {
        while (isDigit(position)
                || position < source.length() && source.charAt(position) == '_' && isDigit(position + 1)) {
            position++;
        }
    }

    private Token sign() {
        int start = position;
        for (String sign : SIGNS) {
            if (source.startsWith(sign, start)) {
                position += sign.length();
                Token token = token(Kind.SIGN, sign, start);
                balance(sign.charAt(0), token);
                return token;
            }
        }
        throw token(Kind.END, "", start)
                .wrong("unexpected character '" + Character.toString(source.codePointAt(start)) + "'");
    }

    private void balance(char sign, Token token) {
        switch (sign) {
            case '(' -> brackets.push(')');
            case '[' -> brackets.push(']');
            case '{' -> brackets.push('}');
            case ')', ']', '}' -> {
                if (brackets.isEmpty()) {
                    throw token.wrong("unexpected '" + sign + "'");
                }
                char expected = brackets.pop();
                if (expected != sign) {
                    throw token.wrong("unexpected '" + sign + "', expected '" + expected + "'");
                }
            }
            default -> {}
        }
    }

    /** A token at a place that is not before the one of the last call. */
    private Token token(Kind kind, String text, int at) {
        for (; counted < at; counted++) {
            if (source.charAt(counted) == '\n') {
                line++;
                lineStart = counted + 1;
            }
        }
        return new Token(kind, text, line, at - lineStart + 1);
    }
}
