package dev.altiplano.training.run;

import java.util.List;
import java.util.Locale;

/** Draws losses over steps as SVG: each step faintly, a moving mean over them; the loss on a logarithmic axis. */
public final class LossCurve {

    private static final int WIDTH = 800;
    private static final int HEIGHT = 400;
    private static final int LEFT = 60;
    private static final int BOTTOM = 40;
    private static final int TOP = 30;
    private static final double[] MARKS = {0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 7, 10};

    private LossCurve() {}

    /** The picture of {@code points}, each a step and its loss. */
    public static String svg(String title, List<double[]> points) {
        StringBuilder svg = new StringBuilder();
        svg.append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ")
                .append(WIDTH)
                .append(' ');
        svg.append(HEIGHT).append("\" font-family=\"sans-serif\" font-size=\"12\">\n");
        svg.append("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
        svg.append("<text x=\"60\" y=\"18\">")
                .append(title.replace("&", "&amp;").replace("<", "&lt;"));
        svg.append("</text>\n");
        if (!points.isEmpty()) {
            draw(svg, points);
        }
        return svg.append("</svg>\n").toString();
    }

    private static void draw(StringBuilder svg, List<double[]> points) {
        double last = points.getLast()[0];
        double low = Double.POSITIVE_INFINITY;
        double high = 0;
        for (double[] point : points) {
            low = Math.min(low, point[1]);
            high = Math.max(high, point[1]);
        }
        low = Math.max(1e-4, low) * 0.95;
        high *= 1.05;
        for (double mark : MARKS) {
            if (mark >= low && mark <= high) {
                double y = y(mark, low, high);
                svg.append(String.format(
                        Locale.ROOT,
                        "<path d=\"M%d %.1fH%d\" stroke=\"#ddd\"/><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>%n",
                        LEFT,
                        y,
                        WIDTH - 10,
                        LEFT - 6,
                        y + 4,
                        mark));
            }
        }
        for (int i = 0; i <= 4; i++) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x=\"%.0f\" y=\"%d\" text-anchor=\"middle\">%.0f</text>%n",
                    x(last * i / 4, last),
                    HEIGHT - 18,
                    last * i / 4));
        }
        svg.append("<text x=\"430\" y=\"396\" text-anchor=\"middle\">step</text>\n");
        line(svg, points, 1, "#b9cfe8", low, high);
        line(svg, points, Math.max(1, points.size() / 50), "#1f5fa8", low, high);
    }

    private static void line(
            StringBuilder svg, List<double[]> points, int window, String color, double low, double high) {
        double last = points.getLast()[0];
        int stride = Math.max(1, points.size() / 1000);
        svg.append("<polyline fill=\"none\" stroke=\"").append(color).append("\" points=\"");
        double sum = 0;
        for (int i = 0; i < points.size(); i++) {
            sum += points.get(i)[1];
            if (i >= window) {
                sum -= points.get(i - window)[1];
            }
            if (i % stride == 0 || i == points.size() - 1) {
                double mean = sum / Math.min(i + 1, window);
                svg.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(points.get(i)[0], last), y(mean, low, high)));
            }
        }
        svg.append("\"/>\n");
    }

    private static double x(double step, double last) {
        return LEFT + (WIDTH - LEFT - 10) * step / last;
    }

    private static double y(double loss, double low, double high) {
        double part = Math.log(loss / low) / Math.log(high / low);
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * part;
    }
}
