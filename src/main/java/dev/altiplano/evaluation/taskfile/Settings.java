package dev.altiplano.evaluation.taskfile;

import dev.altiplano.evaluation.EvaluationException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A mapping of a task file, read with checks.
 *
 * @param file where the task is defined
 * @param label {@code task NAME} for errors; empty where it has no name
 * @param path where in the file the mapping is; empty for the whole file
 * @param lines where settings were written
 */
record Settings(Path file, String label, String path, Map<String, ?> values, Lines lines) {

    EvaluationException wrong(String key, String what) {
        return new EvaluationException(place(key) + ": " + what);
    }

    /** The file, the line, the task and the path of a setting. */
    String place(String key) {
        String whole = Lines.path(path, key);
        String line = lines.at(whole);
        return (line == null ? file.toString() : line) + (label.isEmpty() ? "" : ", " + label) + ": " + whole;
    }

    /** Refuses Python functions wherever they are, by name. */
    void refuseFunctions() {
        values.forEach(this::refuseFunction);
    }

    private void refuseFunction(String key, @Nullable Object value) {
        switch (value) {
            case FunctionReference function ->
                throw wrong(
                        key,
                        "is the Python function " + function.name() + " (line " + function.line()
                                + "); no code of task files is run here: write it as a template, or prepare the documents");
            case List<?> list -> list.forEach(item -> refuseFunction(key, item));
            case Map<?, ?> map -> map.forEach((name, item) -> refuseFunction(Lines.path(key, "" + name), item));
            case null, default -> {}
        }
    }

    /** The same without one of them. */
    Settings without(String key) {
        Map<String, Object> left = new LinkedHashMap<>(values);
        left.remove(key);
        return new Settings(file, label, path, left, lines);
    }

    void refuseUnknown(Set<String> known) {
        for (String key : values.keySet()) {
            if (!known.contains(key)) {
                throw wrong(
                        key,
                        "is not a setting that is known here; there are "
                                + String.join(", ", known.stream().sorted().toList()));
            }
        }
    }

    @Nullable
    Object raw(String key) {
        return values.get(key);
    }

    boolean has(String key) {
        return values.get(key) != null;
    }

    String text(String key, String fallback) {
        return switch (values.get(key)) {
            case null -> fallback;
            case String text -> text;
            case Number number -> number.toString();
            case Object other -> throw wrong(key, "must be text, not " + other);
        };
    }

    @Nullable
    String optionalText(String key) {
        return has(key) ? text(key, "") : null;
    }

    int integer(String key, int fallback, int min, int max) {
        return switch (values.get(key)) {
            case null -> fallback;
            case Integer number when number >= min && number <= max -> number;
            case Object other -> throw wrong(key, "must be an integer from " + min + " to " + max + ", not " + other);
        };
    }

    double number(String key, double fallback) {
        Object value = values.get(key);
        if (value instanceof String text) {
            try {
                return Double.parseDouble(text);
            } catch (NumberFormatException e) {
                throw wrong(key, "must be a number, not \"" + text + "\"");
            }
        }
        return switch (value) {
            case null -> fallback;
            case Number number -> number.doubleValue();
            case Object other -> throw wrong(key, "must be a number, not " + other);
        };
    }

    boolean flag(String key, boolean fallback) {
        return switch (values.get(key)) {
            case null -> fallback;
            case Boolean flag -> flag;
            case Object other -> throw wrong(key, "must be true or false, not " + other);
        };
    }

    /** A list of texts, of which one alone may stand without the list. */
    List<String> texts(String key) {
        Object value = values.get(key);
        List<String> texts = new ArrayList<>();
        for (Object item : value == null ? List.of() : value instanceof List<?> list ? list : List.of(value)) {
            if (!(item instanceof String text)) {
                throw wrong(key, "must be text or a list of texts, not " + item);
            }
            texts.add(text);
        }
        return texts;
    }

    /** The mappings in a list, of which one alone may stand without the list. */
    List<Settings> list(String key) {
        Object value = values.get(key);
        if (value == null) {
            return List.of();
        }
        if (value instanceof Map<?, ?>) {
            return List.of(map(key, value));
        }
        if (!(value instanceof List<?> list)) {
            throw wrong(key, "must be a list");
        }
        List<Settings> all = new ArrayList<>();
        for (Object item : list) {
            all.add(map(key + "[" + all.size() + "]", item));
        }
        return all;
    }

    /** A mapping inside; an empty one where there is none. */
    Settings map(String key) {
        Object value = values.get(key);
        return map(key, value == null ? Map.of() : value);
    }

    private Settings map(String key, @Nullable Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            throw wrong(key, "must be a mapping");
        }
        Map<String, Object> inside = new LinkedHashMap<>();
        map.forEach((name, entry) -> inside.put(String.valueOf(name), entry));
        return new Settings(file, label, Lines.path(path, key), inside, lines);
    }
}
