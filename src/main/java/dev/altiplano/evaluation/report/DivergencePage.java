package dev.altiplano.evaluation.report;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What formats cost, as one page of HTML that needs nothing beside it. */
public final class DivergencePage {

    private DivergencePage() {}

    /**
     * Writes the page.
     *
     * @param facts how it was measured, by name
     */
    public static String of(String model, List<FormatCost> costs, Map<String, String> facts) {
        StringBuilder page = HtmlPage.begin(model);
        page.append(
                "<p>Mean divergence over the bits of a weight. What does not differ at all lies on the lowest line.</p>\n");
        page.append("<div class=\"wide\">\n");
        new DivergencePlot(costs).draw(page);
        page.append("</div>\n");
        page.append("<div class=\"wide\"><table>\n<tr><th>weights</th><th>KV cache</th>");
        for (String column :
                List.of("bits", "mean KL", "±", "99 %", "same top, %", "perplexity", "tokens/s", "J/token")) {
            page.append("<th class=\"n\">").append(column).append("</th>");
        }
        page.append("</tr>\n");
        for (FormatCost cost : costs) {
            page.append("<tr><td>")
                    .append(HtmlPage.escaped(cost.weights()))
                    .append("</td><td>")
                    .append(HtmlPage.escaped(cost.kvFormat()))
                    .append("</td>");
            cell(page, "%.2f", cost.bits());
            cell(page, "%.6f", cost.divergence().klDivergence().mean());
            cell(page, "%.6f", cost.divergence().klDivergence().error());
            cell(page, "%.5f", cost.divergence().klDivergence().percentile99());
            cell(page, "%.2f", 100 * cost.divergence().sameTop());
            cell(page, "%.5f", cost.divergence().perplexity());
            cell(page, "%.0f", cost.tokensPerSecond());
            cell(page, "%.4f", cost.joulesPerToken());
            page.append("</tr>\n");
        }
        page.append("</table></div>\n<h2>The run</h2>\n<table class=\"facts\">\n");
        facts.forEach((name, value) -> HtmlPage.row(page, name, value));
        page.append("</table>\n");
        return HtmlPage.end(page);
    }

    private static void cell(StringBuilder page, String format, double value) {
        page.append("<td class=\"n\">")
                .append(Double.isNaN(value) ? "" : String.format(Locale.ROOT, format, value))
                .append("</td>");
    }
}
