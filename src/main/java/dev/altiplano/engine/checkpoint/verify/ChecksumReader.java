package dev.altiplano.engine.checkpoint.verify;

import dev.altiplano.engine.checkpoint.CheckedFile;
import dev.altiplano.engine.checkpoint.CheckedFile.PartSum;
import dev.altiplano.engine.checkpoint.Progress;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32;

/** Reads whole files once each and compares the sums that are stated for them; several threads may check files at a time. */
public final class ChecksumReader {

    private static final int CHUNK_BYTES = 1 << 20;

    private final long totalBytes;
    private final Progress progress;
    private long doneBytes;
    private volatile boolean stopped;

    ChecksumReader(long totalBytes, Progress progress) {
        this.totalBytes = totalBytes;
        this.progress = progress;
    }

    /** Makes checks that are under way end soon. */
    void stop() {
        stopped = true;
    }

    public static String crcMismatch(String part, int stated, int actual) {
        HexFormat hex = HexFormat.of();
        return part + " is damaged: its CRC-32 is " + hex.toHexDigits(actual) + ", the archive states "
                + hex.toHexDigits(stated);
    }

    void check(CheckedFile file) {
        MessageDigest md5 = md5();
        PartSums parts = new PartSums(file);
        byte[] chunk = new byte[CHUNK_BYTES];
        long position = 0;
        try (InputStream in = Files.newInputStream(file.file())) {
            for (int read = in.read(chunk); read > 0 && !stopped; read = in.read(chunk)) {
                if (file.md5() != null) {
                    md5.update(chunk, 0, read);
                }
                parts.update(chunk, read, position);
                position += read;
                advance(read);
            }
        } catch (IOException e) {
            throw new CheckpointException(file.file(), "cannot be read at byte " + position + ": " + e, e);
        }
        if (stopped) {
            return;
        }
        if (position != file.bytes()) {
            throw new CheckpointException(
                    file.file(), "has " + position + " bytes now, but had " + file.bytes() + " when it was opened");
        }
        String actual = HexFormat.of().formatHex(md5.digest());
        if (file.md5() != null && !file.md5().equals(actual)) {
            throw new CheckpointException(
                    file.file(),
                    "is damaged: its MD5 is " + actual + ", " + file.checklist() + " states " + file.md5());
        }
    }

    private synchronized void advance(long bytes) {
        doneBytes += bytes;
        progress.advanced(doneBytes, totalBytes);
    }

    private static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no MD5", e);
        }
    }

    /** The CRC-32 of a file's parts, fed with the file's bytes from its beginning to its end. */
    private static final class PartSums {

        private final CheckedFile file;
        private final List<PartSum> parts;
        private final CRC32 sum = new CRC32();
        private int next;

        PartSums(CheckedFile file) {
            this.file = file;
            this.parts = new ArrayList<>(file.parts());
            parts.sort(Comparator.comparingLong(PartSum::offset));
        }

        /** Takes the bytes {@code [position, position + length)} of the file. */
        void update(byte[] chunk, int length, long position) {
            while (next < parts.size()) {
                PartSum part = parts.get(next);
                long from = Math.max(part.offset(), position);
                long to = Math.min(part.offset() + part.bytes(), position + length);
                if (from < to) {
                    sum.update(chunk, (int) (from - position), (int) (to - from));
                }
                if (part.offset() + part.bytes() > position + length) {
                    return;
                }
                if ((int) sum.getValue() != part.crc32()) {
                    throw new CheckpointException(
                            file.file(), crcMismatch(part.name(), part.crc32(), (int) sum.getValue()));
                }
                sum.reset();
                next++;
            }
        }
    }
}
