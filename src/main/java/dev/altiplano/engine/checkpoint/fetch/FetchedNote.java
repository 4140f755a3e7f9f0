package dev.altiplano.engine.checkpoint.fetch;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A note in a folder that all of a model's files have come and were checked, with their lengths: who finds it need not ask the
 * server, nor read the files once more to see that they are right.
 *
 * @param key what was asked for; a folder in which something else was asked for is not complete
 */
record FetchedNote(String key, List<Entry> files) {

    /** A file, by its place in the folder. */
    record Entry(long bytes, String path) {}

    private static final String FILE = ".altiplano-fetched";
    private static final String HEAD = "altiplano fetched 1";
    private static final Pattern LINE = Pattern.compile("(\\d{1,18}) (.+)");

    /** Whether {@code folder} holds all that {@code key} asked for, by name and length. */
    static boolean isComplete(Path folder, String key) throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(folder.resolve(FILE));
        } catch (NoSuchFileException | CharacterCodingException e) {
            return false;
        }
        if (lines.size() < 3 || !lines.get(0).equals(HEAD) || !lines.get(1).equals(key)) {
            return false;
        }
        for (String line : lines.subList(2, lines.size())) {
            Matcher matcher = LINE.matcher(line);
            if (!matcher.matches()) {
                return false;
            }
            Path file = folder.resolve(matcher.group(2));
            if (!Files.isRegularFile(file) || Files.size(file) != Long.parseLong(matcher.group(1))) {
                return false;
            }
        }
        return true;
    }

    /** The note about files that have just come. */
    static FetchedNote of(String key, Path folder, List<String> paths) throws IOException {
        List<Entry> files = new ArrayList<>();
        for (String path : paths) {
            files.add(new Entry(Files.size(folder.resolve(path)), path));
        }
        return new FetchedNote(key, files);
    }

    /** Puts it into {@code folder}, in one step. */
    void write(Path folder) throws IOException {
        StringBuilder text = new StringBuilder(HEAD + "\n" + key + "\n");
        files.forEach(file ->
                text.append(file.bytes()).append(' ').append(file.path()).append('\n'));
        Path fresh = Files.createTempFile(folder, FILE, ".new");
        Files.writeString(fresh, text);
        Files.move(fresh, folder.resolve(FILE), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
