package dev.altiplano.engine.grammar.schema;

import dev.altiplano.engine.grammar.limit.Budget;
import dev.altiplano.engine.grammar.limit.GrammarException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A strict reader of JSON (RFC 8259) for schemas: no key twice, bounded depth, bounded numbers. */
final class JsonParser {

    private static final int MAX_NUMBER_CHARS = 60;
    private static final int MAX_EXPONENT = 400;

    private final String text;
    private final Budget budget;
    private int position;
    private int depth;

    private JsonParser(String text, Budget budget) {
        this.text = text;
        this.budget = budget;
    }

    static Json parse(String text, Budget budget) {
        budget.text(text);
        JsonParser parser = new JsonParser(text, budget);
        try {
            Json value = parser.value();
            parser.skipSpace();
            if (parser.position < text.length()) {
                throw new GrammarException("something follows the end of the schema");
            }
            return value;
        } catch (GrammarException e) {
            throw e.at("schema, character " + parser.position);
        }
    }

    private Json value() {
        budget.work(1);
        skipSpace();
        return switch (peek()) {
            case '{' -> object();
            case '[' -> array();
            case '"' -> new Json.Str(string());
            case 't' -> word("true", Json.TRUE);
            case 'f' -> word("false", Json.FALSE);
            case 'n' -> word("null", Json.NULL);
            default -> number();
        };
    }

    private Json object() {
        budget.depth(++depth);
        position++;
        Map<String, Json> values = new LinkedHashMap<>();
        skipSpace();
        if (peek() != '}') {
            do {
                skipSpace();
                if (peek() != '"') {
                    throw new GrammarException("expected a key in quotation marks");
                }
                String key = string();
                skipSpace();
                expect(':');
                if (values.putIfAbsent(key, value()) != null) {
                    throw new GrammarException("the key \"" + GrammarException.shorten(key) + "\" is given twice");
                }
                skipSpace();
            } while (take(','));
        }
        expect('}');
        depth--;
        return new Json.Obj(values);
    }

    private Json array() {
        budget.depth(++depth);
        position++;
        List<Json> values = new ArrayList<>();
        skipSpace();
        if (peek() != ']') {
            do {
                values.add(value());
                skipSpace();
            } while (take(','));
        }
        expect(']');
        depth--;
        return new Json.Arr(values);
    }

    private Json word(String word, Json value) {
        if (!text.startsWith(word, position)) {
            throw new GrammarException("expected " + word);
        }
        position += word.length();
        return value;
    }

    private Json number() {
        int from = position;
        while (position < text.length() && "+-.eE0123456789".indexOf(text.charAt(position)) >= 0) {
            position++;
        }
        String number = text.substring(from, position);
        if (!isNumber(number)) {
            throw new GrammarException("expected a JSON value instead of \"" + GrammarException.shorten(number) + "\"");
        }
        if (number.length() > MAX_NUMBER_CHARS) {
            throw new GrammarException("a number of more than " + MAX_NUMBER_CHARS + " characters");
        }
        BigDecimal value = new BigDecimal(number);
        if (Math.abs((long) value.scale()) > MAX_EXPONENT) {
            throw new GrammarException("the number " + number + " has an exponent beyond " + MAX_EXPONENT);
        }
        return new Json.Num(value);
    }

    private static boolean isNumber(String text) {
        int at = text.startsWith("-") ? 1 : 0;
        int digits = digits(text, at);
        if (digits == at || digits > at + 1 && text.charAt(at) == '0') {
            return false;
        }
        at = digits;
        if (at < text.length() && text.charAt(at) == '.') {
            digits = digits(text, at + 1);
            if (digits == at + 1) {
                return false;
            }
            at = digits;
        }
        if (at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
            at++;
            if (at < text.length() && (text.charAt(at) == '+' || text.charAt(at) == '-')) {
                at++;
            }
            digits = digits(text, at);
            // More digits than an int has would not be read as an exponent.
            if (digits == at || digits - at > 9) {
                return false;
            }
            at = digits;
        }
        return at == text.length();
    }

    private static int digits(String text, int from) {
        int at = from;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        return at;
    }

    private String string() {
        position++;
        StringBuilder value = new StringBuilder();
        while (true) {
            char c = peek();
            position++;
            if (c == '"') {
                return value.toString();
            }
            if (c < 0x20) {
                throw new GrammarException("a control character in a string; escape it");
            }
            value.append(c == '\\' ? escape() : c);
        }
    }

    private char escape() {
        char c = peek();
        position++;
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                int value = 0;
                for (int i = 0; i < 4; i++) {
                    int digit = Character.digit(peek(), 16);
                    if (digit < 0) {
                        throw new GrammarException("\\u without four hexadecimal digits");
                    }
                    value = value << 4 | digit;
                    position++;
                }
                yield (char) value;
            }
            default -> throw new GrammarException("an escape that JSON does not have");
        };
    }

    private void skipSpace() {
        while (position < text.length() && " \n\r\t".indexOf(text.charAt(position)) >= 0) {
            position++;
        }
    }

    private char peek() {
        if (position >= text.length()) {
            throw new GrammarException("the schema ends too early");
        }
        return text.charAt(position);
    }

    private boolean take(char wanted) {
        if (position < text.length() && text.charAt(position) == wanted) {
            position++;
            return true;
        }
        return false;
    }

    private void expect(char wanted) {
        if (!take(wanted)) {
            throw new GrammarException("expected '" + wanted + "'");
        }
    }
}
