package dev.altiplano.server.api.record;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file of lines that, once full, becomes its own predecessor ({@code NAME.1}, of which there is one) and begins again. Only its owner
 * may read it. Used by one thread.
 */
final class RecordFile implements AutoCloseable {

    private static final Set<StandardOpenOption> OPTIONS =
            Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.APPEND);

    private final Path path;
    private final long maxBytes;
    private @Nullable FileChannel channel;
    private long bytes;

    RecordFile(Path path, long maxBytes) {
        this.path = path;
        this.maxBytes = maxBytes;
    }

    /** Appends {@code line}, which ends in a line feed, whole or not at all as far as the disk allows; after an error the file is opened again. */
    void write(byte[] line) throws IOException {
        FileChannel out = channel();
        if (bytes > 0 && bytes + line.length > maxBytes) {
            close();
            Files.move(path, path.resolveSibling(path.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
            out = channel();
        }
        try {
            ByteBuffer rest = ByteBuffer.wrap(line);
            while (rest.hasRemaining()) {
                int written = out.write(rest);
                if (written <= 0) {
                    throw new IOException(path + " takes no more bytes");
                }
            }
            bytes += line.length;
        } catch (IOException e) {
            takeBack(out, e);
            throw e;
        }
    }

    /** Opens the file, which is made where there is none; {@link #write} does so too. */
    void open() throws IOException {
        FileChannel opened = channel();
    }

    private FileChannel channel() throws IOException {
        FileChannel now = channel;
        if (now == null) {
            FileAttribute<?>[] attributes =
                    path.getFileSystem().supportedFileAttributeViews().contains("posix")
                            ? new FileAttribute<?>[] {
                                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                            }
                            : new FileAttribute<?>[0];
            now = FileChannel.open(path, OPTIONS, attributes);
            channel = now;
            bytes = now.size();
        }
        return now;
    }

    /** Half a line would spoil the next one. */
    private void takeBack(FileChannel out, IOException reason) {
        try (out) {
            FileChannel whole = out.truncate(bytes);
        } catch (IOException e) {
            reason.addSuppressed(e);
        } finally {
            channel = null;
        }
    }

    @Override
    public void close() throws IOException {
        FileChannel open = channel;
        channel = null;
        if (open != null) {
            open.close();
        }
    }
}
