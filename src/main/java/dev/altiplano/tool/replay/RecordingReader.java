package dev.altiplano.tool.replay;

import dev.altiplano.tool.console.ToolException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Reads a recording line by line, as far as it reached when it was opened: the service that answers may be writing it. A last line
 * without its end, as a killed service leaves it, is left out. Used by one thread.
 */
final class RecordingReader implements AutoCloseable {

    /** A body has its bound, and so have its tokens. */
    private static final int MAX_BYTES = 1 << 28;

    private final String name;
    private final InputStream in;
    private long unreadBytes;
    private long line;

    RecordingReader(Path file) throws IOException {
        name = file.toString();
        in = new BufferedInputStream(Files.newInputStream(file));
        unreadBytes = Files.size(file);
    }

    /** The next request; null at the end. */
    @Nullable
    RecordedRequest next() throws IOException {
        while (true) {
            String text = text();
            if (text == null) {
                return null;
            }
            line++;
            if (!text.isBlank()) {
                return RecordedRequest.parse(name, line, text);
            }
        }
    }

    private @Nullable String text() throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        while (unreadBytes > 0) {
            int next = in.read();
            unreadBytes = next < 0 ? 0 : unreadBytes - 1;
            if (next == '\n') {
                return text.toString(StandardCharsets.UTF_8);
            }
            if (text.size() == MAX_BYTES) {
                throw new ToolException(name + ", line " + (line + 1) + ": it is longer than any request");
            }
            text.write(next);
        }
        return null;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
