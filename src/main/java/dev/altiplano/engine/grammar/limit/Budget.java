package dev.altiplano.engine.grammar.limit;

/** What is left of the limits of one compilation. Belongs to the compiling thread. */
public final class Budget {

    private static final int CLOCK_INTERVAL = 1 << 14;

    private final GrammarLimits limits;
    private final long startNs = System.nanoTime();
    private long states;
    private long work;
    private int untilClock = CLOCK_INTERVAL;

    public Budget(GrammarLimits limits) {
        this.limits = limits;
    }

    public GrammarLimits limits() {
        return limits;
    }

    /** Checks the length of the text before it is parsed. */
    public void text(String text) {
        if (text.length() > limits.maxTextChars()) {
            throw new GrammarException("the text has " + text.length()
                    + " characters, more than the limit maxTextChars = " + limits.maxTextChars());
        }
    }

    /** Checks how deep the parser stands. */
    public void depth(int depth) {
        if (depth > limits.maxDepth()) {
            throw new GrammarException("nested deeper than the limit maxDepth = " + limits.maxDepth());
        }
    }

    /** Uses up states of automata or nodes of rules. */
    public void states(long count) {
        states += count;
        if (states > limits.maxStates()) {
            throw new GrammarException("needs more than maxStates = " + limits.maxStates()
                    + " states; use smaller counts, fewer alternatives or a simpler pattern");
        }
        work(count);
    }

    /** States and nodes that have been used up. */
    public long statesUsed() {
        return states;
    }

    /** Uses up elementary steps, and looks at the clock now and then. */
    public void work(long steps) {
        work += steps;
        if (work > limits.maxWork()) {
            throw new GrammarException("needs more than maxWork = " + limits.maxWork()
                    + " steps to compile; use smaller counts or a pattern with less overlap");
        }
        untilClock -= (int) Math.min(steps, CLOCK_INTERVAL);
        if (untilClock <= 0) {
            untilClock = CLOCK_INTERVAL;
            if (System.nanoTime() - startNs > limits.maxCompileMs() * 1_000_000L) {
                throw new GrammarException("takes longer to compile than maxCompileMs = " + limits.maxCompileMs()
                        + " ms; make it simpler");
            }
        }
    }
}
