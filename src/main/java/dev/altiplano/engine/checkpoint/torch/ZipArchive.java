package dev.altiplano.engine.checkpoint.torch;

import dev.altiplano.engine.checkpoint.content.ByteCursor;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The directory of a zip file as torch writes it: stored entries, padding in the local headers, ZIP64 beyond 4 GiB. Entries
 * lie inside the file and do not overlap; anything compressed or encrypted is refused
 * (<a href="https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT">APPNOTE</a>).
 */
public final class ZipArchive {

    /** A stored entry: its bytes are {@code [offset, offset + bytes)} of the file. */
    public record Entry(String name, long offset, long bytes, int crc32) {}

    private static final int LOCAL = 0x04034b50;
    private static final int CENTRAL = 0x02014b50;
    private static final int END = 0x06054b50;
    private static final int END64 = 0x06064b50;
    private static final int END64_LOCATOR = 0x07064b50;
    private static final int END_BYTES = 22;
    private static final int CENTRAL_BYTES = 46;
    private static final int MAX_ENTRIES = 1 << 14;
    private static final int MAX_NAME_BYTES = 512;
    /** An entry takes some hundred bytes; extra fields and comments may take 128 KiB more, which bounds the time to read them. */
    private static final long MAX_DIRECTORY_BYTES = 16 << 20;

    private static final long IN_ZIP64 = 0xFFFF_FFFFL;

    private final Path file;
    private final MemorySegment bytes;

    private ZipArchive(Path file, MemorySegment bytes) {
        this.file = file;
        this.bytes = bytes;
    }

    /** Reads the directory of {@code file}, mapped as {@code bytes}: entries by name in the directory's order. */
    public static Map<String, Entry> entries(Path file, MemorySegment bytes) {
        return new ZipArchive(file, bytes).read();
    }

    private record Directory(long offset, long bytes, long entries) {}

    private record Placed(Entry entry, long headerOffset) {}

    private Map<String, Entry> read() {
        Directory directory = directory();
        List<Placed> placed = new ArrayList<>();
        Map<String, Entry> entries = new LinkedHashMap<>();
        ByteCursor cursor = new ByteCursor(file, bytes, directory.offset, directory.offset + directory.bytes);
        for (long i = 0; i < directory.entries; i++) {
            Placed next = entry(cursor, directory.offset);
            placed.add(next);
            if (entries.put(next.entry.name(), next.entry) != null) {
                throw new CheckpointException(file, "the zip entry " + next.entry.name() + " occurs twice");
            }
        }
        if (cursor.remaining() != 0) {
            throw cursor.wrong(
                    cursor.position(), "the zip directory holds more than its " + directory.entries + " entries");
        }
        refuseOverlaps(placed);
        return entries;
    }

    private Directory directory() {
        long end = endRecord();
        ByteCursor cursor = new ByteCursor(file, bytes, end + 4, bytes.byteSize());
        int disk = cursor.u16("the zip end record");
        int directoryDisk = cursor.u16("the zip end record");
        long entriesHere = cursor.u16("the zip end record");
        long entries = cursor.u16("the zip end record");
        long size = cursor.u32("the zip end record");
        long offset = cursor.u32("the zip end record");
        long limit = end;
        if (end >= 20 && u32(end - 20) == END64_LOCATOR) {
            ByteCursor locator = new ByteCursor(file, bytes, end - 16, end);
            locator.skip(4, "the ZIP64 locator");
            limit = locator.count("the offset of the ZIP64 end record", end - 20);
            ByteCursor end64 = new ByteCursor(file, bytes, limit, end);
            if (end64.i32("the ZIP64 end record") != END64) {
                throw end64.wrong(limit, "the ZIP64 end record is not where its locator says");
            }
            end64.skip(8 + 2 + 2, "the ZIP64 end record");
            disk = end64.i32("the ZIP64 end record");
            directoryDisk = end64.i32("the ZIP64 end record");
            entriesHere = end64.i64("the ZIP64 end record");
            entries = end64.i64("the ZIP64 end record");
            size = end64.i64("the ZIP64 end record");
            offset = end64.i64("the ZIP64 end record");
        }
        if (disk != 0 || directoryDisk != 0 || entriesHere != entries) {
            throw new CheckpointException(file, "is one part of a zip archive that spans several files");
        }
        if (offset < 0 || size < 0 || offset > limit || size > limit - offset) {
            throw new CheckpointException(
                    file,
                    "the zip directory should be " + Long.toUnsignedString(size) + " bytes from byte "
                            + Long.toUnsignedString(offset) + ", which lies outside the file");
        }
        if (size > MAX_DIRECTORY_BYTES) {
            throw new CheckpointException(
                    file, "the zip directory has " + size + " bytes, more than the allowed " + MAX_DIRECTORY_BYTES);
        }
        if (entries < 0 || entries > Math.min(MAX_ENTRIES, size / CENTRAL_BYTES)) {
            throw new CheckpointException(
                    file,
                    "the zip directory of " + size + " bytes cannot hold the " + Long.toUnsignedString(entries)
                            + " entries that it announces");
        }
        return new Directory(offset, size, entries);
    }

    private long endRecord() {
        long size = bytes.byteSize();
        for (long at = size - END_BYTES; at >= Math.max(0, size - END_BYTES - 0xFFFF); at--) {
            if (u32(at) == END && u16(at + 20) == size - at - END_BYTES) {
                return at;
            }
        }
        throw new CheckpointException(
                file,
                size >= 4 && u32(0) == LOCAL
                        ? "is a zip archive without its end: the file is cut short"
                        : "is not a zip archive, which torch.save has written since PyTorch 1.6 (older files: load and save"
                                + " them again)");
    }

    private Placed entry(ByteCursor cursor, long directoryOffset) {
        long at = cursor.position();
        String what = "a record of the zip directory";
        if (cursor.i32(what) != CENTRAL) {
            throw cursor.wrong(at, "the zip directory is damaged");
        }
        cursor.skip(4, what);
        int flags = cursor.u16(what);
        int method = cursor.u16(what);
        cursor.skip(4, what);
        int crc32 = cursor.i32(what);
        long packedSize = cursor.u32(what);
        long size = cursor.u32(what);
        int nameBytes = cursor.u16(what);
        int extraBytes = cursor.u16(what);
        int commentBytes = cursor.u16(what);
        cursor.skip(8, what);
        long headerOffset = cursor.u32(what);
        String name = cursor.utf8(nameBytes, MAX_NAME_BYTES, "the name of a zip entry");
        long extraEnd = cursor.position() + extraBytes;
        cursor.skip(extraBytes, what);
        ByteCursor extra = new ByteCursor(file, bytes, extraEnd - extraBytes, extraEnd);
        while (extra.remaining() >= 4) {
            int id = extra.u16(what);
            int length = extra.u16(what);
            long next = extra.position() + length;
            if (id == 1) {
                size = size == IN_ZIP64 ? extra.i64(what) : size;
                packedSize = packedSize == IN_ZIP64 ? extra.i64(what) : packedSize;
                headerOffset = headerOffset == IN_ZIP64 ? extra.i64(what) : headerOffset;
            }
            if (extra.position() > next) {
                throw extra.wrong(next, "the ZIP64 sizes of " + name + " are cut short");
            }
            extra.skip(next - extra.position(), what);
        }
        cursor.skip(commentBytes, what);
        if ((flags & 1) != 0) {
            throw new CheckpointException(file, "the zip entry " + name + " is encrypted");
        }
        if (method != 0) {
            throw new CheckpointException(
                    file,
                    "the zip entry " + name + " is compressed (method " + method
                            + "); torch stores its entries plainly");
        }
        if (size != packedSize) {
            throw new CheckpointException(
                    file, "the zip entry " + name + " states two sizes: " + size + " and " + packedSize);
        }
        return new Placed(
                new Entry(name, dataOffset(name, headerOffset, size, directoryOffset), size, crc32), headerOffset);
    }

    /** Where an entry's bytes begin: the local header has padding of its own, of which the directory knows nothing. */
    private long dataOffset(String name, long headerOffset, long size, long limit) {
        String what = "the local header of " + name;
        if (headerOffset < 0 || headerOffset > limit) {
            throw new CheckpointException(
                    file,
                    what + " should be at byte " + Long.toUnsignedString(headerOffset) + ", outside of the archive");
        }
        ByteCursor local = new ByteCursor(file, bytes, headerOffset, limit);
        if (local.i32(what) != LOCAL) {
            throw local.wrong(headerOffset, what + " is not there");
        }
        local.skip(2, what);
        int flags = local.u16(what);
        int method = local.u16(what);
        local.skip(16, what);
        int nameBytes = local.u16(what);
        int extraBytes = local.u16(what);
        if ((flags & 1) != 0
                || method != 0
                || !local.utf8(nameBytes, MAX_NAME_BYTES, what).equals(name)) {
            throw local.wrong(headerOffset, what + " contradicts the zip directory");
        }
        local.skip(extraBytes, what);
        long offset = local.position();
        local.skip(size, "the zip entry " + name);
        return offset;
    }

    private void refuseOverlaps(List<Placed> placed) {
        placed.sort(Comparator.comparingLong(Placed::headerOffset));
        for (int i = 1; i < placed.size(); i++) {
            Entry before = placed.get(i - 1).entry;
            if (placed.get(i).headerOffset < before.offset() + before.bytes()) {
                throw new CheckpointException(
                        file,
                        "the zip entries " + before.name() + " and "
                                + placed.get(i).entry.name() + " overlap");
            }
        }
    }

    private int u32(long at) {
        return bytes.get(ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), at);
    }

    private int u16(long at) {
        return bytes.get(ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), at) & 0xFFFF;
    }
}
