package dev.altiplano.evaluation.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Locale;

/**
 * Values as horizontal bars with their standard errors, as SVG.
 *
 * @param title for those who cannot see it
 * @param maximum where the axis ends; it begins at 0
 * @param format of values, for {@link String#format}
 */
record BarPlot(String title, List<Bar> bars, double maximum, String format) {

    private static final int ROW_PX = 26;
    private static final int LABEL_PX = 280;
    private static final int LABEL_CHARACTERS = 40;
    private static final int BAR_PX = 420;
    private static final int VALUE_PX = 110;

    /** More bars than this have their axis above them, too. */
    private static final int LONG = 20;

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
        int bottom = top + ROW_PX * bars.size() + 5;
        page.append(String.format(
                Locale.ROOT,
                "<svg role=\"img\" aria-label=\"%s\" viewBox=\"0 0 %d %d\" width=\"100%%\">%n",
                HtmlPage.escaped(title),
                LABEL_PX + BAR_PX + VALUE_PX,
                bottom + 25));
        for (int quarter = 0; quarter <= 4; quarter++) {
            double x = LABEL_PX + BAR_PX * quarter / 4.0;
            page.append(String.format(
                    Locale.ROOT,
                    "<path class=\"grid\" d=\"M%.1f %dV%d\"/>%s%s%n",
                    x,
                    top,
                    bottom,
                    tick(x, bottom + 16, maximum * quarter / 4),
                    isLong ? tick(x, top - 6, maximum * quarter / 4) : ""));
        }
        for (int i = 0; i < bars.size(); i++) {
            bar(page, bars.get(i), top + ROW_PX * i + 5);
        }
        page.append("</svg>\n");
    }

    private void bar(StringBuilder page, Bar bar, int y) {
        double width = BAR_PX * bar.value() / maximum;
        double end = LABEL_PX + width;
        page.append(String.format(
                Locale.ROOT,
                "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>"
                        + "<rect class=\"bar\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"14\"/>",
                LABEL_PX - 8,
                y + 12,
                label(bar.label()),
                LABEL_PX,
                y,
                width));
        double half = Double.isNaN(bar.error()) ? 0 : BAR_PX * bar.error() / maximum;
        double left = Math.max(LABEL_PX, end - half);
        double right = Math.min(LABEL_PX + BAR_PX, end + half);
        if (half > 0) {
            page.append(String.format(
                    Locale.ROOT,
                    "<path class=\"line\" d=\"M%.1f %dH%.1fM%.1f %dv8M%.1f %dv8\"/>",
                    left,
                    y + 7,
                    right,
                    left,
                    y + 3,
                    right,
                    y + 3));
        }
        page.append(String.format(
                Locale.ROOT,
                "<text x=\"%.1f\" y=\"%d\">%s</text>%n",
                Math.max(end, right) + 8,
                y + 12,
                number(bar.value())));
    }

    /** As much as there is room for; all of it where a pointer rests on it. */
    private static String label(String text) {
        int length = text.codePointCount(0, text.length());
        String shown = length <= LABEL_CHARACTERS
                ? text
                : text.substring(0, text.offsetByCodePoints(0, LABEL_CHARACTERS - 1)) + "…";
        return HtmlPage.escaped(shown) + (shown.equals(text) ? "" : "<title>" + HtmlPage.escaped(text) + "</title>");
    }

    private static String tick(double x, int y, double value) {
        return String.format(
                Locale.ROOT,
                "<text class=\"tick\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
                x,
                y,
                tick(value));
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
