package dev.altiplano.tool.train;

import dev.altiplano.training.run.Progress;
import dev.altiplano.training.run.StepReport;
import java.io.Console;
import java.io.PrintWriter;
import java.util.Locale;

/**
 * Shows a training run: on a terminal one line that is drawn over itself, elsewhere a line for every fiftieth part. Losses are
 * smoothed, speeds are those of the last steps.
 */
final class TrainingProgress implements Progress {

    private static final int WIDTH = 24;
    private static final double NEWEST_SHARE = 0.1;

    private final PrintWriter out;
    private final boolean terminal;
    private double loss;
    private double secondsPerStep;
    private double tokensPerSecond;
    private boolean drawn;
    private int first = -1;

    TrainingProgress(PrintWriter out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    static TrainingProgress of(PrintWriter err) {
        Console console = System.console();
        return new TrainingProgress(
                err, console != null && console.isTerminal() && !"dumb".equals(System.getenv("TERM")));
    }

    @Override
    public void step(StepReport report) {
        if (first < 0) {
            first = report.step();
            loss = report.loss();
            secondsPerStep = report.seconds();
            tokensPerSecond = report.tokensPerSecond();
        }
        loss += NEWEST_SHARE * (report.loss() - loss);
        secondsPerStep += NEWEST_SHARE * (report.seconds() - secondsPerStep);
        tokensPerSecond += NEWEST_SHARE * (report.tokensPerSecond() - tokensPerSecond);
        if (terminal) {
            int filled = (int) ((long) WIDTH * report.step() / report.steps());
            out.print("\r[" + "#".repeat(filled) + "-".repeat(WIDTH - filled) + "] " + text(report) + "\u001b[K");
            out.flush();
            drawn = true;
        } else if (report.step() == first
                || report.step() == report.steps()
                || report.step() % Math.max(1, report.steps() / 50) == 0) {
            out.println(text(report));
            out.flush();
        }
    }

    private String text(StepReport report) {
        long left = Math.round((report.steps() - report.step()) * secondsPerStep);
        return String.format(
                Locale.ROOT,
                "step %d/%d  loss %.4f (%.4f)  rate %.2e  %.0f tokens/s  %d:%02d:%02d left",
                report.step(),
                report.steps(),
                report.loss(),
                loss,
                report.rate(),
                tokensPerSecond,
                left / 3600,
                left / 60 % 60,
                left % 60);
    }

    @Override
    public void note(String text) {
        if (drawn) {
            out.println();
            drawn = false;
        }
        out.println(text);
        out.flush();
    }
}
