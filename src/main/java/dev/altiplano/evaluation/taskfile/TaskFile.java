package dev.altiplano.evaluation.taskfile;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The settings of a task or group, as they stand in a file and in those that it includes.
 *
 * @param file where it is defined
 * @param values plain values, and {@link FunctionReference}s
 * @param lines where they were written
 */
record TaskFile(Path file, Map<String, Object> values, Lines lines) {

    TaskFile {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** The same file without any setting. */
    TaskFile empty() {
        return new TaskFile(file, Map.of(), Lines.NONE);
    }

    /** The same with the settings of another over its own. */
    TaskFile with(TaskFile over) {
        Map<String, Object> all = new LinkedHashMap<>(values);
        all.putAll(over.values);
        return new TaskFile(file, all, lines.with(over.lines, over.values.keySet()));
    }

    /** The same without some settings. */
    TaskFile without(Set<String> keys) {
        Map<String, Object> left = new LinkedHashMap<>(values);
        left.keySet().removeAll(keys);
        return new TaskFile(file, left, lines);
    }

    /** A mapping inside as a file of its own. */
    TaskFile below(String path, Map<?, ?> inside) {
        Map<String, Object> all = new LinkedHashMap<>();
        inside.forEach((key, value) -> all.put(String.valueOf(key), value));
        return new TaskFile(file, all, lines.below(path));
    }

    /**
     * The settings for reading.
     *
     * @param kind {@code task} or {@code group}: the setting that names it
     */
    Settings settings(String kind) {
        String label = values.get(kind) instanceof String name ? kind + " " + name : "";
        return new Settings(file, label, "", values, lines);
    }
}
