package dev.altiplano.engine.cache.tier;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A file that this process alone reads and writes, and that its user alone may. */
final class LockedFile implements Disk {

    private static final String OWNER_ALONE = "rw-------";

    /** Files that are open here: the system's lock is against other processes, and goes where the file is closed by anybody here. */
    private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;

    private LockedFile(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** Opens {@code path}, which is made where it does not exist; a message says why where that cannot be. */
    static LockedFile open(Path path) throws IOException {
        Path folder = path.toAbsolutePath().getParent();
        Path name = path.getFileName();
        if (folder == null || name == null) {
            throw new FileSystemException(path.toString(), null, "is not the name of a file");
        }
        Files.createDirectories(folder);
        Path file = folder.toRealPath().resolve(name);
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileSystemException(file.toString(), null, "is a link or no file");
        }
        if (!OPEN.add(file)) {
            throw inUse(file);
        }
        FileChannel channel = null;
        boolean opened = false;
        try {
            channel = channel(file);
            if (channel.tryLock() == null) {
                throw inUse(file);
            }
            opened = true;
            return new LockedFile(file, channel);
        } finally {
            if (!opened) {
                if (channel != null) {
                    channel.close();
                }
                OPEN.remove(file);
            }
        }
    }

    private static FileChannel channel(Path file) throws IOException {
        Set<OpenOption> options = Set.of(
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS);
        if (!hasPermissions(file)) {
            return FileChannel.open(file, options);
        }
        FileAttribute<?> mine = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(OWNER_ALONE));
        return FileChannel.open(file, options, mine);
    }

    private static boolean hasPermissions(Path file) {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    /** For a file that existed: a new one has been nobody else's from the beginning. */
    @Override
    public void protect() throws IOException {
        if (hasPermissions(file)) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(OWNER_ALONE));
        }
    }

    private static IOException inUse(Path file) {
        return new FileSystemException(
                file.toString(), null, "is in use by another engine: give each its own altiplano.cache.path");
    }

    @Override
    public long size() throws IOException {
        return channel.size();
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        return channel.read(target, position);
    }

    @Override
    public int write(ByteBuffer source, long position) throws IOException {
        return channel.write(source, position);
    }

    @Override
    public void truncate(long size) throws IOException {
        channel.truncate(size);
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            OPEN.remove(file);
        }
    }
}
