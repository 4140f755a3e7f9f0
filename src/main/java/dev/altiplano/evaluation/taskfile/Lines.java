package dev.altiplano.evaluation.taskfile;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where the settings of a task were written, in its file and in those that it includes.
 *
 * @param places {@code FILE, line N} by path, such as {@code metric_list[0]: metric}
 */
record Lines(Map<String, String> places) {

    static final String SEPARATOR = ": ";

    static final Lines NONE = new Lines(Map.of());

    Lines {
        places = Map.copyOf(places);
    }

    /** The path of a key below another path. */
    static String path(String above, String key) {
        return above.isEmpty() ? key : above + SEPARATOR + key;
    }

    /** Where a path, or what is nearest above it, was written; null where that is not known. */
    @Nullable
    String at(String path) {
        String rest = path;
        while (!rest.isEmpty()) {
            String place = places.get(rest);
            if (place != null) {
                return place;
            }
            rest = rest.substring(0, Math.max(0, Math.max(rest.lastIndexOf(SEPARATOR), rest.lastIndexOf('['))));
        }
        return null;
    }

    /** Those below a path, by the rest of their paths. */
    Lines below(String path) {
        Map<String, String> rest = new LinkedHashMap<>();
        places.forEach((key, place) -> {
            if (key.startsWith(path + SEPARATOR)) {
                rest.put(key.substring(path.length() + SEPARATOR.length()), place);
            }
        });
        return new Lines(rest);
    }

    /** These, with those of settings called {@code keys} exchanged for others. */
    Lines with(Lines others, Set<String> keys) {
        Map<String, String> all = new LinkedHashMap<>();
        places.forEach((path, place) -> {
            if (!keys.contains(top(path))) {
                all.put(path, place);
            }
        });
        others.places.forEach((path, place) -> {
            if (keys.contains(top(path))) {
                all.put(path, place);
            }
        });
        return new Lines(all);
    }

    private static String top(String path) {
        return path.split("[:\\[]", 2)[0];
    }
}
