package dev.altiplano.deploy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** Reads nested maps and lists, as YAML and JSON give them, by paths such as {@code spec.containers.0.name}. */
final class Tree {
    private Tree() {}

    @SuppressWarnings("unchecked")
    static Map<String, Object> map(Object node) {
        return (Map<String, Object>) node;
    }

    /** The node at {@code path}, or null. */
    static Object at(Object node, String path) {
        Object here = node;
        for (String part : path.split("\\.")) {
            here = switch (here) {
                case Map<?, ?> map -> map.get(part);
                case List<?> list
                when part.matches("\\d+") && Integer.parseInt(part) < list.size() -> list.get(Integer.parseInt(part));
                case null, default -> null;
            };
        }
        return here;
    }

    static String text(Object node, String path) {
        Object found = at(node, path);
        if (found == null) {
            throw new AssertionError("nothing at " + path + " in " + node);
        }
        return found.toString();
    }

    static long number(Object node, String path) {
        return Long.parseLong(text(node, path));
    }

    /** The list of maps at {@code path}; empty where there is none. */
    static List<Map<String, Object>> maps(Object node, String path) {
        List<Map<String, Object>> maps = new ArrayList<>();
        if (at(node, path) instanceof List<?> list) {
            list.forEach(element -> maps.add(map(element)));
        }
        return maps;
    }

    /** Calls {@code visitor} with the path and value of every leaf. */
    static void leaves(Object node, String path, BiConsumer<String, Object> visitor) {
        switch (node) {
            case Map<?, ?> map -> map.forEach((key, value) -> leaves(value, path + "/" + key, visitor));
            case List<?> list -> {
                for (int i = 0; i < list.size(); i++) {
                    leaves(list.get(i), path + "/" + i, visitor);
                }
            }
            case null, default -> visitor.accept(path, node);
        }
    }
}
