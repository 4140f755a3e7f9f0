package dev.altiplano.evaluation.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Mean divergence, in decades, over the bits of a weight, as SVG; what does not diverge lies on the floor. */
record DivergencePlot(List<FormatCost> costs) {

    private static final int LEFT_PX = 70;
    private static final int TOP_PX = 28;
    private static final int WIDTH_PX = 640;
    private static final int HEIGHT_PX = 320;
    private static final int LABEL_PX = 110;
    private static final int LINE_PX = 15;
    private static final double EPSILON = 1e-6;

    void draw(StringBuilder page) {
        double[] positive = costs.stream()
                .mapToDouble(DivergencePlot::mean)
                .filter(mean -> mean > 0)
                .sorted()
                .toArray();
        int top = positive.length == 0 ? 0 : (int) Math.ceil(Math.log10(positive[positive.length - 1]));
        int bottom = positive.length == 0 ? -1 : Math.min(top - 1, (int) Math.floor(Math.log10(positive[0])));
        int bits = 4
                * (int) Math.ceil(
                        costs.stream().mapToDouble(FormatCost::bits).max().orElse(4) / 4);
        page.append(String.format(
                Locale.ROOT,
                "<svg role=\"img\" aria-label=\"mean divergence over bits\" viewBox=\"0 0 %d %d\" width=\"100%%\">%n",
                LEFT_PX + WIDTH_PX + LABEL_PX,
                TOP_PX + HEIGHT_PX + 44));
        for (int at = 0; at <= bits; at += 4) {
            vertical(page, LEFT_PX + (double) WIDTH_PX * at / bits, at);
        }
        for (int decade = bottom; decade <= top; decade++) {
            horizontal(page, y(decade, bottom, top), decade);
        }
        page.append(String.format(
                Locale.ROOT,
                "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">bits of a weight</text>"
                        + "<text x=\"%d\" y=\"%d\">mean KL, nats</text>%n",
                LEFT_PX + WIDTH_PX / 2,
                TOP_PX + HEIGHT_PX + 38,
                LEFT_PX - 60,
                12));
        List<double[]> labels = new ArrayList<>();
        for (FormatCost cost : costs) {
            double log = mean(cost) > 0 ? Math.log10(mean(cost)) : bottom;
            double x = LEFT_PX + WIDTH_PX * cost.bits() / bits;
            double y = y(log, bottom, top);
            point(page, cost, x, y, labelY(labels, x, y));
        }
        page.append("</svg>\n");
    }

    /** The line for a label where it lies on no earlier one. */
    private static double labelY(List<double[]> labels, double x, double y) {
        double free = y;
        boolean moved = true;
        while (moved) {
            moved = false;
            for (double[] other : labels) {
                if (Math.abs(other[0] - x) < LABEL_PX && Math.abs(other[1] - free) < LINE_PX - EPSILON) {
                    free = other[1] - LINE_PX;
                    moved = true;
                }
            }
        }
        labels.add(new double[] {x, free});
        return free;
    }

    private static double mean(FormatCost cost) {
        return cost.divergence().klDivergence().mean();
    }

    private static double y(double log, int bottom, int top) {
        return TOP_PX + HEIGHT_PX * (top - log) / (top - bottom);
    }

    private static void vertical(StringBuilder page, double x, int bits) {
        page.append(String.format(
                Locale.ROOT,
                "<path class=\"grid\" d=\"M%.1f %dV%d\"/><text class=\"tick\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%d</text>%n",
                x,
                TOP_PX,
                TOP_PX + HEIGHT_PX,
                x,
                TOP_PX + HEIGHT_PX + 18,
                bits));
    }

    private static void horizontal(StringBuilder page, double y, int decade) {
        page.append(String.format(
                Locale.ROOT,
                "<path class=\"grid\" d=\"M%d %.1fH%d\"/><text class=\"tick\" x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>%n",
                LEFT_PX,
                y,
                LEFT_PX + WIDTH_PX,
                LEFT_PX - 6,
                y + 4,
                decade >= 0 ? String.valueOf((long) Math.pow(10, decade)) : "0." + "0".repeat(-decade - 1) + "1"));
    }

    private static void point(StringBuilder page, FormatCost cost, double x, double y, double labelY) {
        String label = HtmlPage.escaped(cost.weights() + ", " + cost.kvFormat());
        page.append(String.format(
                Locale.ROOT,
                "<circle class=\"bar\" cx=\"%.1f\" cy=\"%.1f\" r=\"5\"><title>%s: %.2f bits, %.6f nats</title></circle>"
                        + "<text x=\"%.1f\" y=\"%.1f\">%s</text>%n",
                x,
                y,
                label,
                cost.bits(),
                mean(cost),
                x + 9,
                labelY + 4,
                label));
    }
}
