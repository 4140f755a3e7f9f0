package dev.altiplano.engine.tokenizer.regex;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A compiled regular expression that is matched in linear time.
 *
 * <p>A text is read twice. Backwards, to find at each place the steps from which the rest of the text leads to a match
 * ({@link LiveSet}); that settles every look-ahead, too. Then forwards, taking of all ways the preferred one among those
 * that are known to succeed: so no way is ever taken back, and the matches are those that backtracking would find (A.
 * Frisch and L. Cardelli, Greedy Regular Expression Matching, 2004).
 */
public final class Regex {

    /** Bounds the memory of shared sets; texts that need more make their own, one at a time. */
    private static final int MAX_SHARED_INTS = 1 << 22;

    private static final int MAX_BLOCK = 1 << 16;
    private static final int MAX_BLOCK_STEPS = 1 << 25;

    private final String text;
    private final Program program;
    private final CharClasses classes;
    private final Map<LiveSet, LiveSet> shared = new HashMap<>();
    private final int mostShared;
    private final LiveSet atEnd;
    private final int shortest;

    private Regex(String text, Node node) {
        this.text = text;
        shortest = node.shortest();
        program = new Program(node);
        classes = new CharClasses(program.sets());
        mostShared = MAX_SHARED_INTS / (program.size() + classes.count());
        atEnd = share(live(null, -1));
    }

    /** Compiles an expression; throws {@link RegexException} where it is wrong or needs what is not supported. */
    public static Regex compile(String text) {
        return new Regex(text, RegexParser.parse(text));
    }

    /** The expression that matches {@code text} itself, which is not empty. */
    public static Regex literal(String text) {
        List<Node> parts = text.codePoints()
                .<Node>mapToObj(codePoint -> new Node.Char(CodePoints.one(codePoint)))
                .toList();
        return new Regex(text, new Node.Sequence(parts));
    }

    /** Finds matches in {@code text}, which has no lone surrogates and does not change meanwhile; {@link Matcher#reset} says where. */
    public Matcher matcher(char[] chars) {
        return new Matcher(this, chars);
    }

    /** How many characters a match has at least. */
    public int shortestMatch() {
        return shortest;
    }

    @Override
    public String toString() {
        return text;
    }

    int start() {
        return program.start();
    }

    int classOf(int codePoint) {
        return classes.of(codePoint);
    }

    /** How many characters' sets are kept at a time; those of a large expression are large. */
    int block() {
        return Math.clamp(MAX_BLOCK_STEPS / program.size(), 1, MAX_BLOCK);
    }

    LiveSet atEnd() {
        return atEnd;
    }

    /** The set before a character of {@code charClass} that {@code after} follows. */
    LiveSet before(LiveSet after, int charClass) {
        @Nullable LiveSet[] neighbours = after.before;
        LiveSet known = neighbours == null ? null : neighbours[charClass];
        if (known != null) {
            return known;
        }
        LiveSet made = share(live(after, charClass));
        if (neighbours != null && made.before != null) {
            neighbours[charClass] = made;
        }
        return made;
    }

    /** The next character step or end from {@code step}, which is live in {@code set}: the preferred of those that are live. */
    int choose(LiveSet set, int step) {
        int[] choices = set.choices;
        if (choices != null && choices[step] > 0) {
            return choices[step] - 1;
        }
        int at = step;
        while (true) {
            switch (program.kind(at)) {
                case Program.FORK -> at = set.has(program.next(at)) ? program.next(at) : program.other(at);
                case Program.LOOK, Program.LOOK_NOT -> at = program.next(at);
                default -> {
                    if (choices != null) {
                        choices[step] = at + 1;
                    }
                    return at;
                }
            }
        }
    }

    boolean isEnd(int step) {
        return program.kind(step) == Program.END;
    }

    int next(int step) {
        return program.next(step);
    }

    private LiveSet live(@Nullable LiveSet after, int charClass) {
        long[] bits = new long[(program.size() + 63) >> 6];
        for (int[] look : program.looks()) {
            settle(bits, look[0], look[1], after, charClass);
        }
        settle(bits, 0, program.size(), after, charClass);
        return new LiveSet(bits);
    }

    /** Marks what is live from step {@code from} to {@code end}, until nothing changes: loops lead back. */
    private void settle(long[] bits, int from, int end, @Nullable LiveSet after, int charClass) {
        boolean changed = true;
        while (changed) {
            changed = false;
            for (int step = from; step < end; step++) {
                if (!has(bits, step) && isLive(bits, step, after, charClass)) {
                    bits[step >> 6] |= 1L << step;
                    changed = true;
                }
            }
        }
    }

    private boolean isLive(long[] bits, int step, @Nullable LiveSet after, int charClass) {
        int next = program.next(step);
        int other = program.other(step);
        return switch (program.kind(step)) {
            case Program.CHAR -> after != null && classes.isIn(other, charClass) && after.has(next);
            case Program.FORK -> has(bits, next) || has(bits, other);
            case Program.LOOK -> has(bits, next) && has(bits, other);
            case Program.LOOK_NOT -> has(bits, next) && !has(bits, other);
            default -> true;
        };
    }

    private static boolean has(long[] bits, int step) {
        return (bits[step >> 6] & (1L << step)) != 0;
    }

    private LiveSet share(LiveSet set) {
        synchronized (shared) {
            LiveSet same = shared.get(set);
            if (same != null) {
                return same;
            }
            if (shared.size() >= mostShared) {
                return set;
            }
            LiveSet kept = set.shared(classes.count(), program.size());
            shared.put(kept, kept);
            return kept;
        }
    }
}
