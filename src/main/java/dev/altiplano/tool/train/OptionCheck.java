package dev.altiplano.tool.train;

import dev.altiplano.tool.console.ToolException;

/** Refuses values of options before anything is read. */
final class OptionCheck {

    private static final int MAX_THREADS = 1024;

    private OptionCheck() {}

    static void require(boolean holds, String option, Object value, String expected) {
        if (!holds) {
            throw new ToolException(option + " = " + value + ": must be " + expected);
        }
    }

    static void threads(int threads) {
        require(threads >= 1 && threads <= MAX_THREADS, "--threads", threads, "from 1 to " + MAX_THREADS);
    }
}
