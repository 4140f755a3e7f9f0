package dev.altiplano.tool.console;

import dev.altiplano.engine.checkpoint.Progress;
import java.io.Console;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Shows how far a command has come: on a terminal as a bar that is drawn over itself ten times a second, elsewhere (a log, a
 * pipe) as a line for every tenth part, unless all is done within a second.
 */
public final class ProgressBar implements Progress, AutoCloseable {

    private static final int WIDTH = 30;
    private static final long REDRAW_NS = 100_000_000;
    private static final long QUIET_NS = 1_000_000_000;

    private final String label;
    private final PrintWriter out;
    private final boolean terminal;
    private final LongSupplier clockNs;
    private final long startNs;
    private long drawnNs;
    private long doneBytes;
    private long totalBytes = 1;
    private int tenths;
    private boolean drawn;

    ProgressBar(String label, PrintWriter out, boolean terminal, LongSupplier clockNs) {
        this.label = label;
        this.out = out;
        this.terminal = terminal;
        this.clockNs = clockNs;
        this.startNs = clockNs.getAsLong();
        this.drawnNs = startNs;
    }

    /** A bar for this process's standard error. */
    @SuppressWarnings("SystemConsoleNull") // its contract still allows null
    public static ProgressBar of(String label, PrintWriter err) {
        Console console = System.console();
        boolean terminal = console != null && console.isTerminal() && !"dumb".equals(System.getenv("TERM"));
        return new ProgressBar(label, err, terminal, System::nanoTime);
    }

    @Override
    public void advanced(long done, long total) {
        doneBytes = done;
        totalBytes = Math.max(1, total);
        long now = clockNs.getAsLong();
        if (terminal && (now - drawnNs >= REDRAW_NS || done >= total)) {
            drawnNs = now;
            drawn = true;
            out.print("\r" + bar() + "  " + text(now) + "\u001b[K");
            out.flush();
        } else if (!terminal && done * 10 / totalBytes > tenths && now - startNs >= QUIET_NS) {
            tenths = (int) (done * 10 / totalBytes);
            out.println(label + " " + text(now));
            out.flush();
        }
    }

    /** Ends the bar's line. */
    @Override
    public void close() {
        if (drawn) {
            out.println();
            out.flush();
        }
    }

    private String bar() {
        int filled = (int) (WIDTH * doneBytes / totalBytes);
        return label + " [" + "#".repeat(filled) + "-".repeat(WIDTH - filled) + "]";
    }

    private String text(long now) {
        double seconds = Math.max(1e-3, (now - startNs) / 1e9);
        double perSecond = doneBytes / seconds;
        StringBuilder text = new StringBuilder();
        text.append(String.format(Locale.ROOT, "%3d%%  ", 100 * doneBytes / totalBytes));
        text.append(ByteText.of(doneBytes)).append(" of ").append(ByteText.of(totalBytes));
        text.append("  ").append(ByteText.of((long) perSecond)).append("/s");
        if (doneBytes < totalBytes && perSecond > 0) {
            long left = Math.round((totalBytes - doneBytes) / perSecond);
            text.append(String.format(Locale.ROOT, "  %d:%02d left", left / 60, left % 60));
        }
        return text.toString();
    }
}
