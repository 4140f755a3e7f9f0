package dev.altiplano.engine.grammar.regex;

import dev.altiplano.engine.grammar.automaton.CodePoints;
import dev.altiplano.engine.grammar.limit.GrammarException;

/** Reads what follows a backslash and stands for characters, within and outside of brackets. */
final class EscapeParser {

    private final String pattern;
    private int position;

    /** A parser that begins after the backslash. */
    EscapeParser(String pattern, int position) {
        this.pattern = pattern;
        this.position = position;
    }

    int position() {
        return position;
    }

    /** The characters; {@code excluded} says that they are to be left out, where dialects may differ in what belongs to a class. */
    CodePoints parse(boolean excluded) {
        int c = pattern.codePointAt(position);
        position += Character.charCount(c);
        return switch (c) {
            case 'd' -> CharacterClasses.digit(excluded);
            case 'D' -> CharacterClasses.digit(!excluded).not();
            case 'w' -> CharacterClasses.word(excluded);
            case 'W' -> CharacterClasses.word(!excluded).not();
            case 's' -> CharacterClasses.space(excluded);
            case 'S' -> CharacterClasses.space(!excluded).not();
            case 'p' -> property();
            case 'P' -> property().not();
            case 'n' -> CodePoints.of('\n');
            case 'r' -> CodePoints.of('\r');
            case 't' -> CodePoints.of('\t');
            case 'f' -> CodePoints.of('\f');
            case 'v' -> CodePoints.of(0x0B);
            case 'a' -> CodePoints.of(0x07);
            case 'e' -> CodePoints.of(0x1B);
            case '0' -> CodePoints.of(0);
            case 'x' -> CodePoints.of(pattern.startsWith("{", position) ? braced() : hex(2));
            case 'u' -> CodePoints.of(pattern.startsWith("{", position) ? braced() : unit());
            case 'U' -> CodePoints.of(hex(8));
            case 'c' -> {
                if (position == pattern.length()) {
                    throw new GrammarException("\\c without its letter");
                }
                yield CodePoints.of(pattern.charAt(position++) & 0x1F);
            }
            default -> {
                if (Character.isLetterOrDigit(c)) {
                    throw new GrammarException("the escape \\" + Character.toString(c) + " is not supported");
                }
                yield CodePoints.of(c);
            }
        };
    }

    private CodePoints property() {
        String name;
        if (pattern.startsWith("{", position)) {
            int end = pattern.indexOf('}', position);
            if (end < 0) {
                throw new GrammarException("\\p{ without its closing brace");
            }
            name = pattern.substring(position + 1, end);
            position = end + 1;
        } else if (position < pattern.length()) {
            name = pattern.substring(position, position + 1);
            position++;
        } else {
            throw new GrammarException("\\p without a name");
        }
        CodePoints set = CharacterClasses.unicode(name);
        if (set == null) {
            throw new GrammarException("the class \\p{" + GrammarException.shorten(name)
                    + "} is not known: use a general category such as L or Nd, or a script such as Greek");
        }
        return set;
    }

    private int unit() {
        int unit = hex(4);
        boolean pair = Character.isHighSurrogate((char) unit) && pattern.startsWith("\\u", position);
        if (pair) {
            position += 2;
            return Character.toCodePoint((char) unit, (char) hex(4));
        }
        return unit;
    }

    private int braced() {
        int end = pattern.indexOf('}', position);
        if (end < 0 || end - position > 9 || end == position + 1) {
            throw new GrammarException("an escape with a brace and no hexadecimal number in it");
        }
        position++;
        int value = hex(end - position);
        position = end + 1;
        return value;
    }

    private int hex(int digits) {
        long value = 0;
        for (int i = 0; i < digits; i++) {
            int digit = position < pattern.length() ? Character.digit(pattern.charAt(position), 16) : -1;
            if (digit < 0) {
                throw new GrammarException("an escape that needs " + digits + " hexadecimal digits");
            }
            value = value << 4 | digit;
            position++;
        }
        if (value > Character.MAX_CODE_POINT) {
            throw new GrammarException("an escape beyond the last code point of Unicode");
        }
        return (int) value;
    }
}
