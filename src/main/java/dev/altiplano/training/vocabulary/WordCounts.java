package dev.altiplano.training.vocabulary;

import java.util.HashMap;
import java.util.Map;

/**
 * Texts cut into the units inside of which pieces are made, and how often each occurs. A unit is a run of letters or of other
 * signs, with the space before it as U+2581; each digit is a unit of its own. Control characters are left out: they are
 * written as bytes.
 */
public final class WordCounts {

    static final char SPACE = '\u2581';

    private final HashMap<String, Long> counts = new HashMap<>();

    private enum Kind {
        LETTER,
        DIGIT,
        SIGN,
        CONTROL
    }

    /** Adds the units of one text, as the encoder sees it: with a space in front. */
    public void add(String text) {
        StringBuilder unit = new StringBuilder().append(SPACE);
        Kind last = Kind.CONTROL;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            if (c == ' ' || c == SPACE) {
                flush(unit);
                unit.append(SPACE);
                last = Kind.CONTROL;
                continue;
            }
            Kind kind = kind(c);
            boolean afterSpace = unit.length() == 1 && unit.charAt(0) == SPACE;
            if (kind == Kind.CONTROL) {
                flush(unit);
            } else {
                if (kind == Kind.DIGIT || (kind != last && !afterSpace)) {
                    flush(unit);
                }
                unit.appendCodePoint(c);
            }
            last = kind;
        }
        flush(unit);
    }

    private static Kind kind(int c) {
        if (Character.isLetter(c) || Character.getType(c) == Character.NON_SPACING_MARK) {
            return Kind.LETTER;
        }
        if (Character.isDigit(c)) {
            return Kind.DIGIT;
        }
        return Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE ? Kind.CONTROL : Kind.SIGN;
    }

    private void flush(StringBuilder unit) {
        if (!unit.isEmpty()) {
            counts.merge(unit.toString(), 1L, Long::sum);
            unit.setLength(0);
        }
    }

    /** How often each unit occurred. */
    public Map<String, Long> counts() {
        return counts;
    }
}
