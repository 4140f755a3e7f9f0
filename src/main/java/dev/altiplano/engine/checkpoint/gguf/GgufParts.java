package dev.altiplano.engine.checkpoint.gguf;

import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.tensor.StoredTensor;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files of a split GGUF model, named {@code NAME-00001-of-00003.gguf} as llama.cpp's gguf-split names them. The first holds
 * the keys, and perhaps no tensor.
 */
public final class GgufParts {

    private static final Pattern NAME = Pattern.compile("(.*)-([0-9]{5})-of-([0-9]{5})\\.gguf");
    private static final int MAX_PARTS = 1 << 10;
    private static final String NUMBER = "split.no";
    private static final String COUNT = "split.count";

    private GgufParts() {}

    /** The first part if {@code files} are parts of one split model; else nothing. */
    public static Optional<Path> firstOf(List<Path> files) {
        Optional<Path> first = Optional.empty();
        for (Path file : files) {
            Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
            if (!name.matches()) {
                return Optional.empty();
            }
            Path begin = file.resolveSibling(name.group(1) + "-00001-of-" + name.group(3) + ".gguf");
            if (first.isPresent() && !first.get().equals(begin)) {
                return Optional.empty();
            }
            first = Optional.of(begin);
        }
        return first;
    }

    /** Opens {@code file} and, where it is a part, all others; the first one first. */
    static List<GgufFile> open(Path file, Arena arena) {
        GgufFile named = new GgufFile(file, arena);
        int count = (int) named.keys().integer(COUNT, 0, MAX_PARTS, 1);
        if (count <= 1) {
            return List.of(named);
        }
        int number = (int) named.keys().integer(NUMBER, 0, count - 1L);
        Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
        if (!name.matches()
                || Integer.parseInt(name.group(2)) != number + 1
                || Integer.parseInt(name.group(3)) != count) {
            throw new CheckpointException(
                    file,
                    "is part " + (number + 1) + " of " + count
                            + " of a split model, which is not what its name says: give it back the ending "
                            + ending(number, count) + ", and the other parts theirs");
        }
        List<GgufFile> parts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Path path = file.resolveSibling(name.group(1) + ending(i, count));
            if (!Files.exists(path)) {
                throw new CheckpointException(
                        path, "is missing: it is part " + (i + 1) + " of " + count + " of a split model");
            }
            GgufFile part = i == number ? named : new GgufFile(path, arena);
            if (part.keys().integer(NUMBER, 0, MAX_PARTS) != i || part.keys().integer(COUNT, 0, MAX_PARTS) != count) {
                throw new CheckpointException(
                        path, "does not say of itself that it is part " + (i + 1) + " of " + count);
            }
            parts.add(part);
        }
        return parts;
    }

    private static String ending(int number, int count) {
        return String.format("-%05d-of-%05d.gguf", number + 1, count);
    }

    /** The tensors of all parts; as many as the first one says. */
    static Map<String, StoredTensor> tensors(List<GgufFile> parts) {
        Map<String, StoredTensor> all = new LinkedHashMap<>();
        for (GgufFile part : parts) {
            part.tensors().forEach((name, tensor) -> {
                if (all.put(name, tensor) != null) {
                    throw new CheckpointException(part.file(), "has the tensor " + name + ", as a part before it has");
                }
            });
        }
        GgufFile first = parts.getFirst();
        long stated = first.keys().integer("split.tensors.count", 0, Integer.MAX_VALUE, all.size());
        if (stated != all.size() && parts.size() > 1) {
            throw new CheckpointException(
                    first.file(),
                    "says that the parts hold " + stated + " tensors, but they hold " + all.size()
                            + ": they are not of one model");
        }
        return all;
    }
}
