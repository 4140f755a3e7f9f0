package dev.altiplano.engine.checkpoint.fetch;

import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.content.JsonObject;
import dev.altiplano.engine.checkpoint.content.JsonReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The files of one commit of a model, as the hub lists them.
 *
 * @param commit what the revision meant when it was asked
 */
public record HubListing(String commit, List<HubFile> files) {

    /**
     * A file.
     *
     * @param path its place in the repository
     * @param sha256 of large files; null for small ones
     * @param blob git's SHA-1 of the file with its length, for small ones; null for large ones
     */
    public record HubFile(
            String path,
            long bytes,
            @Nullable String sha256,
            @Nullable String blob) {}

    public HubListing {
        files = List.copyOf(files);
    }

    /** Length of all files together. */
    public long bytes() {
        return files.stream()
                .mapToLong(HubFile::bytes)
                .filter(bytes -> bytes > 0)
                .sum();
    }

    static final int MAX_BYTES = 16 << 20;
    private static final int MAX_FILES = 1 << 14;
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40,64}");
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern SAFE_PATH =
            Pattern.compile("(?:[A-Za-z0-9_+][A-Za-z0-9 ._+@=-]{0,199}/){0,4}[A-Za-z0-9_+][A-Za-z0-9 ._+@=-]{0,199}");

    /** Reads the hub's answer; names that could lead out of a folder are left out. */
    static HubListing read(HubAddress model, byte[] json) {
        try {
            return read(JsonReader.read(Path.of("the list of files"), json, MAX_BYTES), model);
        } catch (CheckpointException e) {
            throw new FetchException(model + ": the hub's answer is not what a hub sends: " + e.getMessage());
        }
    }

    private static HubListing read(JsonObject answer, HubAddress model) {
        String commit = answer.text("sha");
        List<?> siblings = answer.list("siblings");
        if (!COMMIT.matcher(commit).matches() || siblings.size() > MAX_FILES) {
            throw new FetchException(model + ": the hub names no commit, or more than " + MAX_FILES + " files");
        }
        List<HubFile> files = new ArrayList<>();
        for (Object sibling : siblings) {
            if (sibling instanceof JsonObject file
                    && SAFE_PATH.matcher(file.text("rfilename")).matches()) {
                files.add(file(file));
            }
        }
        return new HubListing(commit, files);
    }

    private static HubFile file(JsonObject file) {
        String path = file.text("rfilename");
        if (file.has("lfs")) {
            JsonObject large = file.object("lfs");
            String sha256 = large.text(large.has("sha256") ? "sha256" : "oid");
            if (SHA256.matcher(sha256).matches()) {
                return new HubFile(path, large.integer("size", 0, Long.MAX_VALUE), sha256, null);
            }
        }
        String blob = file.has("blobId") ? file.text("blobId") : null;
        return new HubFile(path, file.integer("size", 0, Long.MAX_VALUE, -1), null, blob);
    }
}
