package dev.altiplano.tool.doctor;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Facts by section and name, in the order in which they were found. Every value is masked when it is added. */
final class Report {

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    private static final int NAME_WIDTH = 28;

    private final Map<String, Map<String, String>> sections = new LinkedHashMap<>();

    /** Finds the facts of a section; an exception becomes the fact {@code problem}. */
    interface Finder {
        void find(Section section) throws IOException;
    }

    /** One section of the report. */
    static final class Section {

        private final Map<String, String> facts;

        private Section(Map<String, String> facts) {
            this.facts = facts;
        }

        void add(String name, Object value) {
            facts.put(name, Secrets.masked(String.valueOf(value)));
        }

        /** Adds a setting, whose name may say that its value is secret. */
        void setting(String name, String value) {
            facts.put(name, Secrets.maskedSetting(name, value));
        }
    }

    /** Adds the section {@code title}. */
    void section(String title, Finder finder) {
        Section section = new Section(sections.computeIfAbsent(title, t -> new LinkedHashMap<>()));
        try {
            finder.find(section);
        } catch (IOException | RuntimeException | LinkageError e) {
            section.add("problem", e.getMessage() == null ? e : e.getMessage());
        }
    }

    void printText(PrintWriter out) {
        sections.forEach((title, facts) -> {
            out.println(title);
            facts.forEach((name, value) ->
                    out.println("  " + padded(name) + " " + value.strip().replace("\n", "\n    ")));
        });
        out.flush();
    }

    void printJson(PrintWriter out) {
        out.println(JSON.writeValueAsString(sections));
        out.flush();
    }

    private static String padded(String name) {
        return name + " ".repeat(Math.max(0, NAME_WIDTH - name.length()));
    }
}
