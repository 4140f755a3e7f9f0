package dev.altiplano.engine.checkpoint.content;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A position in a mapped file that is read forward, little-endian; what does not fit before the end is refused with file and offset. */
public final class ByteCursor {

    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path file;
    private final MemorySegment bytes;
    private final long end;
    private long position;

    public ByteCursor(Path file, MemorySegment bytes) {
        this(file, bytes, 0, bytes.byteSize());
    }

    /** A cursor over the bytes {@code [position, end)} of a file, which the caller has checked against its size. */
    public ByteCursor(Path file, MemorySegment bytes, long position, long end) {
        this.file = file;
        this.bytes = bytes;
        this.position = position;
        this.end = end;
    }

    public long position() {
        return position;
    }

    public long remaining() {
        return end - position;
    }

    public int u8(String what) {
        return bytes.get(ValueLayout.JAVA_BYTE, take(1, what)) & 0xFF;
    }

    public int u16(String what) {
        return bytes.get(U16, take(2, what)) & 0xFFFF;
    }

    public int i32(String what) {
        return bytes.get(U32, take(4, what));
    }

    public long u32(String what) {
        return i32(what) & 0xFFFF_FFFFL;
    }

    public long i64(String what) {
        return bytes.get(U64, take(8, what));
    }

    /** An unsigned 64-bit number that counts bytes or things: refused from 2^63, and beyond {@code max}. */
    public long count(String what, long max) {
        long at = position;
        long count = i64(what);
        if (count < 0 || count > max) {
            throw wrong(at, what + " is " + Long.toUnsignedString(count) + ", more than the possible " + max);
        }
        return count;
    }

    /** The next {@code length} bytes as UTF-8, which they must be. */
    public String utf8(long length, long maxLength, String what) {
        long at = position;
        if (length < 0 || length > maxLength) {
            throw wrong(
                    at, what + " has " + Long.toUnsignedString(length) + " bytes, more than the allowed " + maxLength);
        }
        take(length, what);
        try {
            ByteBuffer slice = bytes.asSlice(at, length).asByteBuffer();
            return StandardCharsets.UTF_8.newDecoder().decode(slice).toString();
        } catch (CharacterCodingException e) {
            throw new CheckpointException(file, what + " is not UTF-8 (at byte " + at + ")", e);
        }
    }

    public void skip(long length, String what) {
        if (length < 0) {
            throw wrong(position, what + " has " + Long.toUnsignedString(length) + " bytes");
        }
        take(length, what);
    }

    public CheckpointException wrong(long at, String problem) {
        return new CheckpointException(file, problem + " (at byte " + at + ")");
    }

    private long take(long length, String what) {
        long at = position;
        if (length > end - at) {
            throw wrong(at, "ends inside " + what + ": " + length + " bytes are needed, " + (end - at) + " are left");
        }
        position = at + length;
        return at;
    }
}
