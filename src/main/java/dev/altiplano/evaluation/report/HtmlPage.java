package dev.altiplano.evaluation.report;

/** The frame of a page that needs nothing beside it, light or dark as its reader has it. */
final class HtmlPage {

    private static final String STYLE = """
            :root{color-scheme:light dark}
            body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
            table{border-collapse:collapse;margin:1rem 0}
            td,th{padding:.2rem .8rem;text-align:left;border-bottom:1px solid #8884}
            .facts td{overflow-wrap:anywhere}
            td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
            th{white-space:nowrap}
            .wide{overflow-x:auto}
            .wide td,.wide th{padding:.2rem .5rem;white-space:nowrap}
            svg{max-width:54rem}
            .wide svg{min-width:36rem}
            text{font:13px system-ui,sans-serif;fill:currentColor}
            .grid{stroke:#8884}
            .tick{opacity:.7}
            .bar{fill:#4a7fb5}
            .line{stroke:currentColor;stroke-width:1.5;fill:none}
            .curve{stroke:#4a7fb5;stroke-width:2;fill:none}
            .row{display:flex;flex-wrap:wrap;gap:1rem}
            figure{margin:0}
            figcaption{max-width:300px;font-size:13px}
            """;

    private HtmlPage() {}

    /** A page up to its heading. */
    static StringBuilder begin(String heading) {
        return new StringBuilder()
                .append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
                .append("<meta name=\"viewport\" content=\"width=device-width\"><title>")
                .append(escaped(heading))
                .append(": evaluation</title>\n<style>\n")
                .append(STYLE)
                .append("</style></head>\n<body><h1>")
                .append(escaped(heading))
                .append("</h1>\n");
    }

    static String end(StringBuilder page) {
        return page.append("</body></html>\n").toString();
    }

    /** A row of a table of names and values. */
    static void row(StringBuilder page, String name, String value) {
        page.append("<tr><th>")
                .append(escaped(name))
                .append("</th><td>")
                .append(escaped(value))
                .append("</td></tr>\n");
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
