package dev.altiplano.evaluation.report;

import dev.altiplano.evaluation.statistic.Calibration;
import java.util.Locale;

/**
 * How often answers were right over how sure the model was of them, as SVG: on the diagonal it knows what it knows, below it is
 * too sure. Circles are as large as the number of answers that they stand for.
 */
record CalibrationPlot(String name, Calibration calibration) {

    private static final int LEFT_PX = 40;
    private static final int TOP_PX = 12;
    private static final int SIDE_PX = 240;
    private static final int MAX_RADIUS_PX = 11;

    void draw(StringBuilder page) {
        page.append("<figure>\n")
                .append(String.format(
                        Locale.ROOT,
                        "<svg role=\"img\" aria-label=\"calibration of %s\" viewBox=\"0 0 %d %d\" width=\"%d\">%n",
                        HtmlPage.escaped(name),
                        LEFT_PX + SIDE_PX + 20,
                        TOP_PX + SIDE_PX + 48,
                        LEFT_PX + SIDE_PX + 20));
        axes(page);
        curve(page);
        page.append("</svg>\n<figcaption>")
                .append(HtmlPage.escaped(name))
                .append(String.format(
                        Locale.ROOT,
                        ": %d answers, expected calibration error %.3f</figcaption>%n</figure>%n",
                        calibration.answers(),
                        calibration.expectedError()));
    }

    private static void axes(StringBuilder page) {
        for (int quarter = 0; quarter <= 4; quarter++) {
            double share = quarter / 4.0;
            page.append(String.format(
                    Locale.ROOT,
                    "<path class=\"grid\" d=\"M%.1f %dV%dM%d %.1fH%d\"/>"
                            + "<text class=\"tick\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%.2f</text>"
                            + "<text class=\"tick\" x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.2f</text>%n",
                    x(share),
                    TOP_PX,
                    TOP_PX + SIDE_PX,
                    LEFT_PX,
                    y(share),
                    LEFT_PX + SIDE_PX,
                    x(share),
                    TOP_PX + SIDE_PX + 24,
                    share,
                    LEFT_PX - 6,
                    y(share) + 4,
                    share));
        }
        page.append(String.format(
                Locale.ROOT,
                "<path class=\"line\" stroke-dasharray=\"4 4\" d=\"M%.1f %.1fL%.1f %.1f\"/>"
                        + "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">confidence</text>"
                        + "<text x=\"%d\" y=\"%d\">right</text>%n",
                x(0),
                y(0),
                x(1),
                y(1),
                x(0.5),
                TOP_PX + SIDE_PX + 42,
                LEFT_PX + 4,
                TOP_PX + 14));
    }

    private void curve(StringBuilder page) {
        StringBuilder path = new StringBuilder();
        StringBuilder circles = new StringBuilder();
        int largest = calibration.bins().stream()
                .mapToInt(Calibration.Bin::count)
                .max()
                .orElse(1);
        for (Calibration.Bin bin : calibration.bins()) {
            if (bin.count() > 0) {
                path.append(String.format(
                        Locale.ROOT,
                        "%s%.1f %.1f",
                        path.isEmpty() ? "M" : "L",
                        x(bin.confidence()),
                        y(bin.accuracy())));
                circles.append(String.format(
                        Locale.ROOT,
                        "<circle class=\"bar\" cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"><title>%d answers: %.3f sure, %.3f right</title></circle>%n",
                        x(bin.confidence()),
                        y(bin.accuracy()),
                        Math.max(2.5, MAX_RADIUS_PX * Math.sqrt((double) bin.count() / largest)),
                        bin.count(),
                        bin.confidence(),
                        bin.accuracy()));
            }
        }
        page.append("<path class=\"curve\" d=\"").append(path).append("\"/>\n").append(circles);
    }

    private static double x(double share) {
        return LEFT_PX + SIDE_PX * share;
    }

    private static double y(double share) {
        return TOP_PX + SIDE_PX * (1 - share);
    }
}
