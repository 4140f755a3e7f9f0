package dev.altiplano.engine.tokenizer.regex;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The matches of an expression in stretches of a text, from left to right, none overlapping another. Belongs to one thread. */
public final class Matcher {

    private final Regex regex;
    private final char[] text;
    /** Characters whose sets are kept at a time: a long text is cut into blocks, each read backwards when its turn comes. */
    private final int blockSize;

    private int end;

    private int blocks;
    /** [blocks + 1] where each block begins, and the last one ends. */
    private int[] bounds = new int[2];
    /** [blocks] the set at the end of each block. */
    private @Nullable LiveSet[] setsAtEnds = new @Nullable LiveSet[1];

    /** The block that has been read, and the sets of its places and of its end. */
    private int block;

    private @Nullable LiveSet[] sets = new @Nullable LiveSet[64];

    private int position;
    private int lastMatchEnd;
    private int matchStart;
    private int matchEnd;

    Matcher(Regex regex, char[] text) {
        this.regex = regex;
        this.text = text;
        blockSize = regex.block();
    }

    /** Begins again with the text from {@code from} to {@code end}, as if nothing stood around it. */
    public void reset(int from, int newEnd) {
        end = newEnd;
        position = from;
        lastMatchEnd = -1;
        blocks = 0;
        bounds[0] = from;
        do {
            int at = Math.min(end, bounds[blocks] + blockSize);
            if (at < end && Character.isSurrogatePair(text[at - 1], text[at])) {
                at--;
            }
            blocks++;
            if (blocks == bounds.length) {
                bounds = Arrays.copyOf(bounds, 2 * blocks);
                setsAtEnds = Arrays.copyOf(setsAtEnds, 2 * blocks);
            }
            bounds[blocks] = at;
        } while (bounds[blocks] < end);
        LiveSet set = regex.atEnd();
        for (int i = blocks - 1; i > 0; i--) {
            setsAtEnds[i] = set;
            set = read(i, set, false);
        }
        setsAtEnds[0] = set;
        if (sets.length <= Math.min(blockSize, end - from)) {
            sets = new @Nullable LiveSet[Math.min(blockSize + 1, 2 * (end - from) + 1)];
        }
        block = 0;
        read(0, set, true);
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
        while (at > bounds[block + 1]) {
            block++;
            read(block, known(setsAtEnds[block]), true);
        }
        return known(sets[at - bounds[block]]);
    }

    /** Reads a block backwards from the set at its end; answers the set at its beginning. */
    private LiveSet read(int which, LiveSet setAtEnd, boolean keeps) {
        int from = bounds[which];
        int to = bounds[which + 1];
        LiveSet set = setAtEnd;
        if (keeps) {
            sets[to - from] = set;
        }
        for (int at = to; at > from; ) {
            int codePoint = text[--at];
            if (at > from && Character.isLowSurrogate((char) codePoint) && Character.isHighSurrogate(text[at - 1])) {
                codePoint = Character.toCodePoint(text[--at], (char) codePoint);
            }
            set = regex.before(set, regex.classOf(codePoint));
            if (keeps) {
                sets[at - from] = set;
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
