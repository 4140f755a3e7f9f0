package dev.altiplano.engine.tokenizer.regex;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The matches of an expression in a text, from left to right, none overlapping another. Belongs to one thread. */
public final class Matcher {

    /** Characters whose sets are kept at a time: a long text is cut into blocks, each read backwards when its turn comes. */
    private static final int BLOCK = 1 << 16;

    private final Regex regex;
    private final char[] text;
    private final int end;

    /** Ends of the blocks, in order, and the set at each. */
    private final List<Integer> blockEnds = new ArrayList<>();

    private final @Nullable LiveSet[] setsAtEnds;

    private int block = -1;
    private int blockStart;
    private int blockEnd;
    private final @Nullable LiveSet[] sets;

    private int position;
    private int lastMatchEnd = -1;
    private int matchStart;
    private int matchEnd;

    Matcher(Regex regex, char[] text, int from, int end) {
        this.regex = regex;
        this.text = text;
        this.end = end;
        for (int at = from; at < end; ) {
            at = Math.min(end, at + BLOCK);
            if (at < end && Character.isSurrogatePair(text[at - 1], text[at])) {
                at--;
            }
            blockEnds.add(at);
        }
        if (blockEnds.isEmpty()) {
            blockEnds.add(end);
        }
        setsAtEnds = new @Nullable LiveSet[blockEnds.size()];
        LiveSet set = regex.atEnd();
        for (int i = blockEnds.size() - 1; i > 0; i--) {
            setsAtEnds[i] = set;
            set = read(blockEnds.get(i - 1), blockEnds.get(i), set, null);
        }
        setsAtEnds[0] = set;
        sets = new @Nullable LiveSet[Math.min(BLOCK, end - from) + 1];
        blockStart = from;
        blockEnd = from - 1;
        position = from;
    }

    /** Goes to the next match; false where there is none. As elsewhere, an empty match does not stand where the last one ended. */
    public boolean find() {
        while (position <= end) {
            if (!setAt(position).has(regex.start())) {
                position += width(position);
                continue;
            }
            matchStart = position;
            matchEnd = matchEnd(position);
            position = matchEnd > matchStart ? matchEnd : matchEnd + width(matchEnd);
            if (matchEnd > matchStart || matchEnd != lastMatchEnd) {
                lastMatchEnd = matchEnd;
                return true;
            }
        }
        return false;
    }

    /** Where the match begins that {@link #find} found. */
    public int start() {
        return matchStart;
    }

    /** Where the match ends that {@link #find} found. */
    public int end() {
        return matchEnd;
    }

    private int matchEnd(int from) {
        int at = from;
        int step = regex.choose(setAt(at), regex.start());
        while (!regex.isEnd(step)) {
            at += width(at);
            step = regex.choose(setAt(at), regex.next(step));
        }
        return at;
    }

    private int width(int at) {
        return at + 1 < end && Character.isSurrogatePair(text[at], text[at + 1]) ? 2 : 1;
    }

    private LiveSet setAt(int at) {
        while (at > blockEnd || block < 0) {
            int start = block < 0 ? blockStart : blockEnd;
            block++;
            blockStart = start;
            blockEnd = blockEnds.get(block);
            read(blockStart, blockEnd, known(setsAtEnds[block]), sets);
        }
        return known(sets[at - blockStart]);
    }

    /** Reads {@code [from, to)} backwards from the set at its end; answers the set at its beginning and notes all in {@code into}. */
    private LiveSet read(int from, int to, LiveSet setAtEnd, @Nullable LiveSet @Nullable [] into) {
        LiveSet set = setAtEnd;
        if (into != null) {
            into[to - from] = set;
        }
        for (int at = to; at > from; ) {
            int codePoint = text[--at];
            if (at > from && Character.isLowSurrogate((char) codePoint) && Character.isHighSurrogate(text[at - 1])) {
                codePoint = Character.toCodePoint(text[--at], (char) codePoint);
            }
            set = regex.before(set, regex.classOf(codePoint));
            if (into != null) {
                into[at - from] = set;
            }
        }
        return set;
    }

    private static LiveSet known(@Nullable LiveSet set) {
        if (set == null) {
            throw new IllegalStateException("a place inside a character");
        }
        return set;
    }
}
