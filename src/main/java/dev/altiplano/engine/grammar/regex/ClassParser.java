package dev.altiplano.engine.grammar.regex;

import dev.altiplano.engine.grammar.automaton.CodePoints;
import dev.altiplano.engine.grammar.limit.Budget;
import dev.altiplano.engine.grammar.limit.GrammarException;
import java.util.ArrayList;
import java.util.List;

/** Reads a class in brackets. */
final class ClassParser {

    private final String pattern;
    private final Budget budget;
    private int position;
    private final boolean excluded;
    private boolean negated;

    /** A parser that begins after the opening bracket; {@code excluded} says that what matches the class is to be left out. */
    ClassParser(String pattern, int position, boolean excluded, Budget budget) {
        this.excluded = excluded;
        this.pattern = pattern;
        this.position = position;
        this.budget = budget;
    }

    int position() {
        return position;
    }

    CodePoints parse() {
        if (peek() == '^') {
            position++;
            negated = true;
        }
        List<CodePoints> members = new ArrayList<>();
        boolean first = true;
        while (first && peek() == ']' && pattern.indexOf(']', position + 1) > 0 && !emptyClass() || peek() != ']') {
            first = false;
            members.add(member());
        }
        position++;
        CodePoints set = union(members);
        return negated ? set.not() : set;
    }

    /** Whether {@code []} or {@code [^]} is meant, as in JavaScript: nothing, or any character. Only a following quantifier or end shows it. */
    private boolean emptyClass() {
        int after = position + 1;
        return after >= pattern.length() || "*+?{)|$".indexOf(pattern.charAt(after)) >= 0;
    }

    private static CodePoints union(List<CodePoints> members) {
        int size = 0;
        for (CodePoints member : members) {
            size += member.bounds().length;
        }
        int[] all = new int[size];
        int at = 0;
        for (CodePoints member : members) {
            System.arraycopy(member.bounds(), 0, all, at, member.bounds().length);
            at += member.bounds().length;
        }
        return CodePoints.ofRanges(all);
    }

    private CodePoints member() {
        budget.work(1);
        if (pattern.startsWith("[:", position)) {
            int end = pattern.indexOf(":]", position + 2);
            CodePoints named = end < 0 ? null : CharacterClasses.posix(pattern.substring(position + 2, end));
            if (named != null) {
                position = end + 2;
                return named;
            }
        }
        if (pattern.startsWith("&&", position)) {
            throw new GrammarException("the intersection of classes with && is not supported");
        }
        CodePoints low = single();
        boolean one = isOne(low);
        if (one && peek() == '-' && position + 1 < pattern.length() && pattern.charAt(position + 1) != ']') {
            int before = position;
            position++;
            CodePoints high = single();
            if (!isOne(high)) {
                position = before;
                return low;
            }
            if (high.first(0) < low.first(0)) {
                throw new GrammarException("a range in brackets that runs backwards");
            }
            return CodePoints.range(low.first(0), high.first(0));
        }
        return low;
    }

    private static boolean isOne(CodePoints set) {
        return set.rangeCount() == 1 && set.first(0) == set.last(0);
    }

    private CodePoints single() {
        int c = pattern.codePointAt(position);
        position += Character.charCount(c);
        if (c != '\\') {
            return CodePoints.of(c);
        }
        if (peek() == 'b') {
            position++;
            return CodePoints.of('\b');
        }
        EscapeParser parser = new EscapeParser(pattern, position);
        CodePoints set = parser.parse(negated != excluded);
        position = parser.position();
        return set;
    }

    private char peek() {
        if (position >= pattern.length()) {
            throw new GrammarException("a class in brackets without its closing ]");
        }
        return pattern.charAt(position);
    }
}
