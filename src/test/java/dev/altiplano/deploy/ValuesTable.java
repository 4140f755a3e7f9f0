package dev.altiplano.deploy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.Collectors;

/** Makes the table of settings from a commented {@code values.yaml}: the comment above a key describes it. */
final class ValuesTable {
    private record Level(int indent, String key) {}

    private ValuesTable() {}

    /** The table in Markdown; throws where a setting has no comment. */
    static String of(String values) {
        StringBuilder table = new StringBuilder("| setting | default | what it is |\n| --- | --- | --- |\n");
        List<String> comment = new ArrayList<>();
        Deque<Level> levels = new ArrayDeque<>();
        List<String> lines = values.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            String text = line.strip();
            int indent = line.length() - line.stripLeading().length();
            if (text.startsWith("#")) {
                comment.add(text.substring(1).strip());
            } else if (text.isEmpty()) {
                comment.clear();
            } else {
                while (!levels.isEmpty() && levels.peek().indent() >= indent) {
                    levels.pop();
                }
                int colon = text.indexOf(':');
                String key = text.substring(0, colon);
                String value = text.substring(colon + 1).strip();
                levels.push(new Level(indent, key));
                if (comment.isEmpty() && !value.isEmpty()) {
                    throw new AssertionError("values.yaml line " + (i + 1) + ": " + key + " has no comment above it");
                }
                if (!comment.isEmpty()) {
                    if (value.isEmpty()) {
                        StringBuilder nested = new StringBuilder();
                        while (i + 1 < lines.size() && indentOf(lines.get(i + 1)) > indent) {
                            nested.append(nested.isEmpty() ? "" : ", ")
                                    .append(lines.get(++i).strip());
                        }
                        value = nested.toString();
                    }
                    table.append(
                            "| `%s` | %s | %s |\n".formatted(path(levels), code(value), String.join(" ", comment)));
                }
                comment.clear();
            }
        }
        return table.toString();
    }

    private static int indentOf(String line) {
        return line.isBlank() ? -1 : line.length() - line.stripLeading().length();
    }

    private static String path(Deque<Level> levels) {
        List<String> keys = levels.stream().map(Level::key).collect(Collectors.toCollection(ArrayList::new));
        return String.join(".", keys.reversed());
    }

    private static String code(String value) {
        return value.equals("\"\"") || value.equals("null") ? "" : "`" + value.replace("|", "\\|") + "`";
    }
}
