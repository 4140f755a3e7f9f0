package dev.altiplano.engine.checkpoint.verify;

import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.content.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A file in the form of md5sum: one line {@code <32 hexadecimal digits>  <name>} for each file beside it. */
public final class Checklist {

    private static final Pattern LINE = Pattern.compile("([0-9a-fA-F]{32}) [ *](.+)");
    private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,127}");
    private static final int MAX_BYTES = 64 << 10;

    private final Path file;
    private final Map<String, String> sums = new LinkedHashMap<>();

    private Checklist(Path file) {
        this.file = file;
    }

    /** Reads a checklist; one that is not there is empty. Every file that it lists must be there. */
    public static Checklist read(Path file) {
        Checklist checklist = new Checklist(file);
        if (Files.exists(file)) {
            checklist.parse();
        }
        return checklist;
    }

    /** The sums by name, in the file's order. */
    public Map<String, String> sums() {
        return sums;
    }

    public Path file() {
        return file;
    }

    private void parse() {
        int number = 0;
        for (String line : text().split("\r?\n", -1)) {
            number++;
            if (line.isEmpty()) {
                continue;
            }
            Matcher matcher = LINE.matcher(line);
            if (!matcher.matches()) {
                throw new CheckpointException(
                        file,
                        "line " + number + " is not '<md5>  <name>' as md5sum writes it: " + JsonObject.shorten(line));
            }
            String name = matcher.group(2);
            if (!PLAIN_NAME.matcher(name).matches()) {
                throw new CheckpointException(
                        file,
                        "line " + number + " names something that is not a file next to it: "
                                + JsonObject.shorten(name));
            }
            if (!Files.isRegularFile(file.resolveSibling(name))) {
                throw new CheckpointException(file, "lists " + name + ", which is missing");
            }
            if (sums.put(name, matcher.group(1).toLowerCase(Locale.ROOT)) != null) {
                throw new CheckpointException(file, "lists " + name + " twice");
            }
        }
    }

    private String text() {
        if (!Files.isRegularFile(file)) {
            throw new CheckpointException(file, "is not a regular file");
        }
        try (var in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new CheckpointException(
                        file, "has more than the " + MAX_BYTES + " bytes that are allowed for it");
            }
            return new String(bytes, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new CheckpointException(file, "cannot be read: " + e, e);
        }
    }
}
