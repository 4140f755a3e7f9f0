package dev.altiplano.evaluation.report;

import dev.altiplano.evaluation.run.MetricResult;
import dev.altiplano.evaluation.run.TaskResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Results as one page of HTML that needs nothing beside it; shares are drawn as bars with their standard errors. */
public final class HtmlReport {

    private static final int ROW_PX = 26;
    private static final int LABEL_PX = 280;
    private static final int BAR_PX = 420;

    private record Bar(String label, double value, double error) {}

    private HtmlReport() {}

    public static String of(RunReport report) {
        StringBuilder page = new StringBuilder();
        page.append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>")
                .append(escaped(report.result().model()))
                .append(": evaluation</title>\n<style>")
                .append("body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}")
                .append("table{border-collapse:collapse;margin:1rem 0}td,th{padding:.2rem .8rem;text-align:left;")
                .append("border-bottom:1px solid #8884}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}")
                .append("th{white-space:nowrap}svg{max-width:52rem}.grid{stroke:#8884}.tick{opacity:.7}")
                .append("text{font:13px system-ui,sans-serif;fill:currentColor}:root{color-scheme:light dark}")
                .append("</style></head>\n<body><h1>")
                .append(escaped(report.result().model()))
                .append("</h1>\n");
        bars(report, page);
        table(report, page);
        page.append("<h2>The run</h2>\n<table>\n");
        for (Map.Entry<String, String> fact : report.facts().entrySet()) {
            row(page, fact.getKey(), fact.getValue());
        }
        row(page, "tokens", String.valueOf(report.result().tokens()));
        row(page, "seconds", String.format(Locale.ROOT, "%.1f", report.result().seconds()));
        row(page, "energy", report.energy().text(report.result().tokens()).replaceFirst("^energy: ", ""));
        return page.append("</table>\n</body></html>\n").toString();
    }

    private static void row(StringBuilder page, String name, String value) {
        page.append("<tr><th>")
                .append(escaped(name))
                .append("</th><td>")
                .append(escaped(value))
                .append("</td></tr>\n");
    }

    private static void bars(RunReport report, StringBuilder page) {
        List<Bar> bars = new ArrayList<>();
        for (TaskResult task : report.result().results()) {
            for (MetricResult metric : task.metrics()) {
                if (metric.higherIsBetter() && metric.value() >= 0 && metric.value() <= 1) {
                    bars.add(new Bar(task.name() + " " + metric.key(), metric.value(), metric.standardError()));
                }
            }
        }
        if (bars.isEmpty()) {
            return;
        }
        page.append(String.format(
                Locale.ROOT,
                "<svg role=\"img\" aria-label=\"values with standard errors\" viewBox=\"0 0 %d %d\" width=\"100%%\">%n",
                LABEL_PX + BAR_PX + 80,
                ROW_PX * bars.size() + 30));
        scale(page, ROW_PX * bars.size() + 5);
        for (int i = 0; i < bars.size(); i++) {
            bar(page, bars.get(i), ROW_PX * i + 5);
        }
        page.append("</svg>\n");
    }

    /** Lines from 0 to 1, a quarter apart, with their values below. */
    private static void scale(StringBuilder page, int bottom) {
        for (int quarter = 0; quarter <= 4; quarter++) {
            double x = LABEL_PX + BAR_PX * quarter / 4.0;
            page.append(String.format(
                    Locale.ROOT,
                    "<path class=\"grid\" d=\"M%.1f 0V%d\"/><text class=\"tick\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%.2f</text>%n",
                    x,
                    bottom,
                    x,
                    bottom + 16,
                    quarter / 4.0));
        }
    }

    private static void bar(StringBuilder page, Bar bar, int y) {
        double end = LABEL_PX + BAR_PX * bar.value();
        page.append(String.format(
                Locale.ROOT,
                "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>"
                        + "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"14\" fill=\"#4a7fb5\"/>",
                LABEL_PX - 8,
                y + 12,
                escaped(bar.label()),
                LABEL_PX,
                y,
                BAR_PX * bar.value()));
        if (!Double.isNaN(bar.error())) {
            double half = BAR_PX * bar.error();
            page.append(String.format(
                    Locale.ROOT,
                    "<path d=\"M%.1f %dH%.1fM%.1f %dv8M%.1f %dv8\" stroke=\"currentColor\" stroke-width=\"1.5\"/>",
                    end - half,
                    y + 7,
                    end + half,
                    end - half,
                    y + 3,
                    end + half,
                    y + 3));
        }
        page.append(String.format(
                Locale.ROOT,
                "<text x=\"%.1f\" y=\"%d\">%.4f</text>%n",
                end + 8 + (Double.isNaN(bar.error()) ? 0 : BAR_PX * bar.error()),
                y + 12,
                bar.value()));
    }

    private static void table(RunReport report, StringBuilder page) {
        page.append(
                        "<table>\n<tr><th>task</th><th>version</th><th class=\"n\">shots</th><th>metric</th><th></th><th class=\"n\">value</th>")
                .append("<th class=\"n\">stderr</th><th class=\"n\">documents</th></tr>\n");
        for (TaskResult task : report.result().results()) {
            for (MetricResult metric : task.metrics()) {
                page.append("<tr><td>")
                        .append(escaped(task.name()))
                        .append("</td><td>")
                        .append(escaped(task.version()))
                        .append("</td><td class=\"n\">")
                        .append(task.group() ? "" : String.valueOf(task.examples()))
                        .append("</td><td>")
                        .append(escaped(metric.key()))
                        .append("</td><td>")
                        .append(metric.higherIsBetter() ? "↑" : "↓")
                        .append("</td><td class=\"n\">")
                        .append(MarkdownReport.number(metric.value()))
                        .append("</td><td class=\"n\">")
                        .append(MarkdownReport.number(metric.standardError()))
                        .append("</td><td class=\"n\">")
                        .append(task.documents())
                        .append("</td></tr>\n");
            }
        }
        page.append("</table>\n");
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
