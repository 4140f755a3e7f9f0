package dev.altiplano.engine.checkpoint.gguf;

import dev.altiplano.engine.checkpoint.TensorFile;
import dev.altiplano.engine.checkpoint.content.ByteCursor;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.tensor.StoredTensor;
import dev.altiplano.engine.checkpoint.tensor.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One GGUF file, version 2 or 3: its keys and its tensors by name
 * (<a href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">specification</a>).
 */
final class GgufFile {

    private static final int MAX_TENSORS = 1 << 16;
    private static final int MAX_NAME_BYTES = 64;
    private static final int MAX_DIMENSIONS = 4;
    private static final long MAX_ALIGNMENT = 1 << 16;

    @SuppressWarnings("ArrayRecordComponent")
    private record Info(String name, int type, long[] shape, long offset) {}

    private final Path file;
    private final MemorySegment bytes;
    private final GgufMetadata keys;
    private final Map<String, StoredTensor> tensors;

    /** Maps {@code file} into {@code arena} and reads its header; the tensors' data is not touched. */
    GgufFile(Path file, Arena arena) {
        this.file = file;
        bytes = TensorFile.map(file, arena);
        ByteCursor cursor = new ByteCursor(file, bytes);
        if (cursor.i32("the magic number") != GgufReader.MAGIC) {
            throw cursor.wrong(0, "is not a GGUF file");
        }
        checkVersion(cursor);
        long tensorCount = cursor.count("the number of tensors", MAX_TENSORS);
        long keyCount = cursor.count("the number of keys", cursor.remaining() / 13);
        keys = new GgufMetadata(file, bytes, cursor, keyCount);
        List<Info> infos = new ArrayList<>();
        for (long i = 0; i < tensorCount; i++) {
            infos.add(info(cursor, i));
        }
        tensors = place(infos, cursor.position(), alignment());
    }

    Path file() {
        return file;
    }

    long byteSize() {
        return bytes.byteSize();
    }

    GgufMetadata keys() {
        return keys;
    }

    /** By name, in the order of their data. */
    Map<String, StoredTensor> tensors() {
        return tensors;
    }

    private static void checkVersion(ByteCursor cursor) {
        int version = cursor.i32("the version");
        if (version != 2 && version != 3) {
            throw cursor.wrong(
                    4,
                    (version & 0xFFFF) == 0 && version != 0
                            ? "is a big-endian GGUF file, which is not supported; convert the model again on a little-endian"
                                    + " machine"
                            : "has GGUF version " + Integer.toUnsignedString(version)
                                    + "; 2 and 3 are supported: convert the model again with a newer program");
        }
    }

    /** Alignment of the tensors' data in bytes: a power of two of at least 8. */
    private long alignment() {
        long alignment = keys.integer("general.alignment", 1, MAX_ALIGNMENT, 32);
        if (alignment < 8 || Long.bitCount(alignment) != 1) {
            throw new CheckpointException(
                    file, "general.alignment is " + alignment + ", expected a power of two from 8");
        }
        return alignment;
    }

    private Info info(ByteCursor cursor, long index) {
        String name = cursor.utf8(cursor.i64("a tensor's name"), MAX_NAME_BYTES, "the name of tensor " + index);
        long at = cursor.position();
        int dimensions = cursor.i32(name);
        if (dimensions < 1 || dimensions > MAX_DIMENSIONS) {
            throw cursor.wrong(at, name + " has " + Integer.toUnsignedString(dimensions) + " dimensions");
        }
        long[] shape = new long[dimensions];
        for (int i = dimensions - 1; i >= 0; i--) {
            shape[i] = cursor.i64(name);
            if (shape[i] < 1) {
                throw cursor.wrong(
                        at, name + " has the size " + Long.toUnsignedString(shape[i]) + " along a dimension");
            }
        }
        return new Info(name, cursor.i32(name), shape, cursor.i64(name));
    }

    /** Finds each tensor's bytes; those of tensors that LLaMA does not have are checked only against each other. */
    private Map<String, StoredTensor> place(List<Info> infos, long headerEnd, long alignment) {
        long dataStart = Math.ceilDiv(headerEnd, alignment) * alignment;
        long dataBytes = Math.max(0, bytes.byteSize() - dataStart);
        List<Info> byOffset = new ArrayList<>(infos);
        byOffset.sort(Comparator.comparingLong(Info::offset));
        Map<String, StoredTensor> stored = new LinkedHashMap<>();
        long free = 0;
        for (Info info : byOffset) {
            TensorType type = type(info);
            if (info.offset < free) {
                throw new CheckpointException(
                        file,
                        info.offset < 0
                                ? info.name + " has the offset " + Long.toUnsignedString(info.offset)
                                : info.name + " overlaps the tensor before it");
            }
            long size = byteSize(info, type);
            if (info.offset % alignment != 0 || info.offset > dataBytes || size > dataBytes - info.offset) {
                throw new CheckpointException(
                        file,
                        info.name + " should be " + size + " bytes from byte " + info.offset
                                + " of the data, which has " + dataBytes + " bytes and an alignment of " + alignment
                                + (size > dataBytes - info.offset ? ": is the file cut short?" : ""));
            }
            free = info.offset + size;
            MemorySegment data = bytes.asSlice(dataStart + info.offset, size);
            if (stored.put(info.name, StoredTensor.dense(file, info.name, type, info.shape, data)) != null) {
                throw new CheckpointException(file, "has two tensors named " + info.name);
            }
        }
        return stored;
    }

    private TensorType type(Info info) {
        @Nullable TensorType type = TensorType.of(info.type);
        if (type == null) {
            throw new CheckpointException(file, info.name + " has the tensor type " + TensorType.missing(info.type));
        }
        return type;
    }

    private long byteSize(Info info, TensorType type) {
        long columns = info.shape[info.shape.length - 1];
        if (columns % type.elements() != 0) {
            throw new CheckpointException(
                    file,
                    info.name + " has " + columns + " columns, but " + type + " stores " + type.elements()
                            + " together");
        }
        try {
            long size = type.rowBytes(columns);
            for (int i = 0; i < info.shape.length - 1; i++) {
                size = Math.multiplyExact(size, info.shape[i]);
            }
            return size;
        } catch (ArithmeticException e) {
            throw new CheckpointException(file, info.name + " has a size that no file can have", e);
        }
    }
}
