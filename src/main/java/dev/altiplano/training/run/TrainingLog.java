package dev.altiplano.training.run;

import dev.altiplano.training.TrainingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The log of a run as CSV, one line for each step; and the curve that is drawn from it. */
public final class TrainingLog {

    private static final String HEADER = "step,loss,learning_rate,gradient_norm,tokens,tokens_per_second";

    private final Path file;

    /** The log in {@code file}; drops lines behind {@code lastStep}, which a resumed run will write again. */
    public TrainingLog(Path file, int lastStep) {
        this.file = file;
        try {
            ArrayList<String> lines = new ArrayList<>();
            lines.add(HEADER);
            if (lastStep > 0 && Files.exists(file)) {
                for (String line : Files.readAllLines(file)) {
                    int comma = line.indexOf(',');
                    if (comma > 0
                            && Character.isDigit(line.charAt(0))
                            && Integer.parseInt(line.substring(0, comma)) <= lastStep) {
                        lines.add(line);
                    }
                }
            }
            Path part = file.resolveSibling(file.getFileName() + ".part");
            Files.write(part, lines);
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException | NumberFormatException e) {
            throw new TrainingException(file + ": the log cannot be written: " + e, e);
        }
    }

    /** Adds a step. */
    public void add(StepReport report) {
        String line = String.format(
                Locale.ROOT,
                "%d,%.6f,%.6g,%.4f,%d,%.0f%n",
                report.step(),
                report.loss(),
                report.rate(),
                report.gradientNorm(),
                report.tokens(),
                report.tokensPerSecond());
        try {
            Files.writeString(file, line, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new TrainingException(file + ": the log cannot be written: " + e, e);
        }
    }

    /** The losses of all steps. */
    public List<double[]> losses() {
        try {
            ArrayList<double[]> points = new ArrayList<>();
            for (String line : Files.readAllLines(file)) {
                String[] fields = line.split(",");
                if (Character.isDigit(line.charAt(0))) {
                    points.add(new double[] {Double.parseDouble(fields[0]), Double.parseDouble(fields[1])});
                }
            }
            return points;
        } catch (IOException e) {
            throw new TrainingException(file + ": cannot be read: " + e, e);
        }
    }
}
