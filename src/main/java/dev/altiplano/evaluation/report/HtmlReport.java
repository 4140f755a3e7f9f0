package dev.altiplano.evaluation.report;

import dev.altiplano.evaluation.run.MetricResult;
import dev.altiplano.evaluation.run.TaskResult;
import dev.altiplano.evaluation.statistic.Calibration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Results as one page of HTML that needs nothing beside it: shares with their standard errors, calibration, and times as plots. */
public final class HtmlReport {

    /** Beside that of all tasks. */
    private static final int MAX_CALIBRATIONS = 11;

    /** Where the axis of times ends at least: answers that a journal knew take none. */
    private static final double SHORTEST_SECONDS = 0.001;

    private HtmlReport() {}

    public static String of(RunReport report) {
        StringBuilder page = HtmlPage.begin(report.result().model());
        accuracies(report, page);
        table(report, page);
        calibrations(report, page);
        times(report, page);
        page.append("<h2>The run</h2>\n<table class=\"facts\">\n");
        for (Map.Entry<String, String> fact : report.facts().entrySet()) {
            HtmlPage.row(page, fact.getKey(), fact.getValue());
        }
        HtmlPage.row(page, "tokens", String.valueOf(report.result().tokens()));
        HtmlPage.row(
                page,
                "seconds",
                String.format(Locale.ROOT, "%.1f", report.result().seconds()));
        HtmlPage.row(page, "energy", report.energyText().replaceFirst("^energy: ", ""));
        page.append("</table>\n");
        return HtmlPage.end(page);
    }

    private static void accuracies(RunReport report, StringBuilder page) {
        List<BarPlot.Bar> bars = new ArrayList<>();
        for (TaskResult task : report.result().results()) {
            for (MetricResult metric : task.metrics()) {
                if (metric.higherIsBetter() && metric.value() >= 0 && metric.value() <= 1) {
                    bars.add(new BarPlot.Bar(task.name() + " " + metric.key(), metric.value(), metric.standardError()));
                }
            }
        }
        if (!bars.isEmpty()) {
            page.append("<p>Values, with a standard error to each side.</p>\n");
            new BarPlot("values with standard errors", bars, 1, "%.4f").draw(page);
        }
    }

    /** Of all tasks together, and of each of the first ones. */
    private static void calibrations(RunReport report, StringBuilder page) {
        List<TaskResult> tasks = report.result().results().stream()
                .filter(task -> !task.group() && task.calibration().answers() > 0)
                .toList();
        if (tasks.isEmpty()) {
            return;
        }
        page.append(
                "<h2>Calibration</h2>\n<p>How often the most likely choice was right, over its part of the probability"
                        + " of all choices.</p>\n<div class=\"row\">\n");
        if (tasks.size() > 1) {
            Calibration all = Calibration.joined(
                    tasks.stream().map(TaskResult::calibration).toList());
            new CalibrationPlot("all tasks", all).draw(page);
        }
        tasks.stream()
                .limit(MAX_CALIBRATIONS)
                .forEach(task -> new CalibrationPlot(task.name(), task.calibration()).draw(page));
        page.append("</div>\n");
    }

    private static void times(RunReport report, StringBuilder page) {
        List<BarPlot.Bar> bars = report.result().results().stream()
                .filter(task -> !task.group())
                .map(task -> new BarPlot.Bar(task.name(), task.seconds(), Double.NaN))
                .toList();
        double longest = bars.stream().mapToDouble(BarPlot.Bar::value).max().orElse(0);
        page.append("<h2>Time of each task, s</h2>\n");
        new BarPlot("seconds of each task", bars, BarPlot.roundMaximum(Math.max(longest, SHORTEST_SECONDS)), "%.3g")
                .draw(page);
    }

    private static void table(RunReport report, StringBuilder page) {
        page.append(
                        "<div class=\"wide\"><table>\n<tr><th>task</th><th>version</th><th class=\"n\">shots</th><th>metric</th><th></th><th class=\"n\">value</th>")
                .append("<th class=\"n\">stderr</th><th class=\"n\">documents</th></tr>\n");
        for (TaskResult task : report.result().results()) {
            for (MetricResult metric : task.metrics()) {
                page.append("<tr><td>")
                        .append(HtmlPage.escaped(task.name()))
                        .append("</td><td>")
                        .append(HtmlPage.escaped(task.version()))
                        .append("</td><td class=\"n\">")
                        .append(task.group() ? "" : String.valueOf(task.examples()))
                        .append("</td><td>")
                        .append(HtmlPage.escaped(metric.key()))
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
        page.append("</table></div>\n");
    }
}
