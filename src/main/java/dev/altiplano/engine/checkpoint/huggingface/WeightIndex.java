package dev.altiplano.engine.checkpoint.huggingface;

import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.content.JsonObject;
import dev.altiplano.engine.checkpoint.content.JsonReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * An index of weights in several files ({@code model.safetensors.index.json}).
 *
 * @param names tensors by the file that has them; each is a plain file beside the index
 */
record WeightIndex(Path index, SortedMap<String, Set<String>> names) {

    private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,127}\\.(safetensors|bin)");
    private static final long MAX_BYTES = 4 << 20;

    static WeightIndex read(Path index) {
        JsonObject map = JsonReader.readFile(index, MAX_BYTES).object("weight_map");
        SortedMap<String, Set<String>> names = new TreeMap<>();
        for (String tensor : map.keys()) {
            String name = map.text(tensor);
            if (!PLAIN_NAME.matcher(name).matches()) {
                throw new CheckpointException(
                        index, "refers to \"" + JsonObject.shorten(name) + "\", which is not a file next to it");
            }
            if (!names.containsKey(name) && !Files.exists(index.resolveSibling(name))) {
                throw new CheckpointException(index, "refers to " + name + ", which is missing");
            }
            names.computeIfAbsent(name, none -> new HashSet<>()).add(tensor);
        }
        return new WeightIndex(index, names);
    }

    /** Throws {@link CheckpointException} unless the file {@code name}, which has the tensors {@code held}, has all that it should. */
    void checkHeld(String name, Set<String> held) {
        for (String wanted : names.getOrDefault(name, Set.of())) {
            if (!held.contains(wanted)) {
                throw new CheckpointException(
                        index, "says that " + name + " holds " + JsonObject.shorten(wanted) + ", which it does not");
            }
        }
    }
}
