package dev.altiplano.engine.checkpoint;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;

/** Recognizes what lies where a file of a model should be when a download went wrong, and says what to do about it. */
public final class WrongContent {

    private static final int START_BYTES = 64;

    private WrongContent() {}

    /** Throws {@link CheckpointException} if {@code bytes}, a file's beginning or all of it, are a Git LFS pointer or a web page. */
    public static void refuse(Path file, MemorySegment bytes) {
        byte[] start = bytes.asSlice(0, Math.min(START_BYTES, bytes.byteSize())).toArray(ValueLayout.JAVA_BYTE);
        String text =
                new String(start, StandardCharsets.ISO_8859_1).stripLeading().toLowerCase(Locale.ROOT);
        if (text.startsWith("version https://git-lfs")) {
            throw new CheckpointException(
                    file,
                    "is a Git LFS pointer and not the file itself: run \"git lfs pull\" in its folder, or download the file");
        }
        if (text.startsWith("<!doctype") || text.startsWith("<html") || text.startsWith("<?xml")) {
            throw new CheckpointException(
                    file,
                    "is a web page and not a file of a model: the download ended at a page, perhaps one that asks to log in;"
                            + " download the file itself");
        }
    }
}
