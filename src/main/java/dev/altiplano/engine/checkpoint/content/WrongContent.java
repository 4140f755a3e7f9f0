package dev.altiplano.engine.checkpoint.content;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Recognizes what people have in a model file's place by how it begins, and says what to do about it. */
public final class WrongContent {

    /** As many bytes as are looked at. */
    public static final int START_BYTES = 512;

    private static final Pattern POINTER_SIZE = Pattern.compile("(?m)^size (\\d{1,18})$");

    private WrongContent() {}

    /** Throws {@link CheckpointException} if {@code bytes}, a file's beginning or all of it, are of none of a model's files. */
    public static void refuse(Path file, MemorySegment bytes) {
        String problem = problem(
                bytes.asSlice(0, Math.min(START_BYTES, bytes.byteSize())).toArray(ValueLayout.JAVA_BYTE));
        if (problem != null) {
            throw new CheckpointException(file, problem);
        }
    }

    /** What a file is that begins with {@code start}, and what to do; null for what may be a model's. */
    private static @Nullable String problem(byte[] start) {
        String text = new String(start, StandardCharsets.ISO_8859_1);
        String plain = text.replaceFirst("^(\u00ef\u00bb\u00bf)?\\s*", "").toLowerCase(Locale.ROOT);
        if (plain.startsWith("version https://git-lfs.github.com/spec/")) {
            Matcher size = POINTER_SIZE.matcher(text);
            return "is a Git LFS pointer, which stands for a file"
                    + (size.find() ? " of " + size.group(1) + " bytes" : "")
                    + " and is not the file itself: run `git lfs pull` where it was cloned, or fetch the file";
        }
        if (plain.startsWith("<!doctype html") || plain.startsWith("<html") || plain.startsWith("<head")) {
            return "is an HTML page, such as a server sends in a file's place to sign in or to report an error: fetch the file"
                    + " itself (from a hub: the address with /resolve/, and a token where one is needed)";
        }
        if (plain.startsWith("<?xml")) {
            return "is an XML text, such as a store sends to report an error: look into it, and fetch the file again";
        }
        if (plain.startsWith("{\"error\"") || plain.startsWith("{\"message\"")) {
            return "is a server's error message, not the file: look into it, and fetch the file again";
        }
        if (text.startsWith("\u001f\u008b")
                || text.startsWith("\u00fd7zXZ")
                || text.startsWith("\u0028\u00b5\u002f\u00fd")) {
            return "is compressed: unpack it (gunzip, unxz or unzstd) first";
        }
        return start.length >= 64 && allZero(start)
                ? "begins with " + start.length + " zeros: is it a download that was not finished?"
                : null;
    }

    private static boolean allZero(byte[] start) {
        for (byte one : start) {
            if (one != 0) {
                return false;
            }
        }
        return true;
    }
}
