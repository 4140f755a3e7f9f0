package dev.altiplano.evaluation.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Locale;

/**
 * Values as horizontal bars with their standard errors, as SVG. Across, places are parts of the page's width, so that text keeps
 * its size on a narrow screen; each bar has its label above it.
 *
 * @param title for those who cannot see it
 * @param maximum where the axis ends; it begins at 0
 * @param format of values, for {@link String#format}
 */
record BarPlot(String title, List<Bar> bars, double maximum, String format) {

    private static final int ROW_PX = 38;
    private static final int LABEL_CHARACTERS = 48;

    /** Where the axis ends; what is left is for the value of the longest bar. */
    private static final double AXIS_PERCENT = 80;

    /** More bars than this have their axis above them, too. */
    private static final int LONG = 12;

    private static final int HEAD_PX = 20;

    /**
     * A bar.
     *
     * @param error the standard error, NaN where there is none
     */
    record Bar(String label, double value, double error) {}

    /** An end of the axis that leaves no more than half of it empty: 1, 2 or 5 times a power of ten. */
    static double roundMaximum(double value) {
        double power = Math.pow(10, Math.floor(Math.log10(Math.max(value, 1e-9))));
        for (double factor : new double[] {1, 2, 5}) {
            if (value <= factor * power) {
                return factor * power;
            }
        }
        return 10 * power;
    }

    void draw(StringBuilder page) {
        boolean isLong = bars.size() > LONG;
        int top = isLong ? HEAD_PX : 0;
        int bottom = top + ROW_PX * bars.size() + 4;
        page.append(String.format(
                Locale.ROOT,
                "<svg role=\"img\" aria-label=\"%s\" width=\"100%%\" height=\"%d\">%n",
                HtmlPage.escaped(title),
                bottom + 24));
        for (int quarter = 0; quarter <= 4; quarter++) {
            double x = AXIS_PERCENT * quarter / 4;
            line(page, "grid", x, x, top, bottom);
            tick(page, x, bottom + 16, maximum * quarter / 4);
            if (isLong) {
                tick(page, x, top - 6, maximum * quarter / 4);
            }
        }
        for (int i = 0; i < bars.size(); i++) {
            bar(page, bars.get(i), top + ROW_PX * i);
        }
        page.append("</svg>\n");
    }

    private void bar(StringBuilder page, Bar bar, int y) {
        double end = AXIS_PERCENT * bar.value() / maximum;
        page.append(String.format(
                Locale.ROOT,
                "<text y=\"%d\">%s</text><rect class=\"bar\" y=\"%d\" width=\"%.2f%%\" height=\"12\"/>",
                y + 15,
                label(bar.label()),
                y + 21,
                end));
        double half = Double.isNaN(bar.error()) ? 0 : AXIS_PERCENT * bar.error() / maximum;
        double left = Math.max(0, end - half);
        double right = Math.min(AXIS_PERCENT, end + half);
        if (half > 0) {
            line(page, "line", left, right, y + 27, y + 27);
            // An end without a mark lies outside the axis.
            if (end - half >= 0) {
                line(page, "line", left, left, y + 23, y + 31);
            }
            if (end + half <= AXIS_PERCENT) {
                line(page, "line", right, right, y + 23, y + 31);
            }
        }
        page.append(String.format(
                Locale.ROOT,
                "<text x=\"%.2f%%\" dx=\"8\" y=\"%d\">%s</text>%n",
                Math.max(end, right),
                y + 32,
                number(bar.value())));
    }

    private static void line(StringBuilder page, String style, double left, double right, int top, int bottom) {
        page.append(String.format(
                Locale.ROOT,
                "<line class=\"%s\" x1=\"%.2f%%\" x2=\"%.2f%%\" y1=\"%d\" y2=\"%d\"/>",
                style,
                left,
                right,
                top,
                bottom));
    }

    private static void tick(StringBuilder page, double x, int y, double value) {
        page.append(String.format(
                Locale.ROOT,
                "<text class=\"tick\" x=\"%.2f%%\" y=\"%d\" text-anchor=\"%s\">%s</text>",
                x,
                y,
                x == 0 ? "start" : "middle",
                tick(value)));
    }

    /** As much as there is room for; all of it where a pointer rests on it. */
    private static String label(String text) {
        int length = text.codePointCount(0, text.length());
        String shown = length <= LABEL_CHARACTERS
                ? text
                : text.substring(0, text.offsetByCodePoints(0, LABEL_CHARACTERS - 1)) + "…";
        return HtmlPage.escaped(shown) + (shown.equals(text) ? "" : "<title>" + HtmlPage.escaped(text) + "</title>");
    }

    /** Without zeros that say nothing. */
    private static String tick(double value) {
        BigDecimal rounded = new BigDecimal(value).round(new MathContext(3));
        return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
    }

    private String number(double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
