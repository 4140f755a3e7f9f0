package dev.altiplano.engine.checkpoint.huggingface;

import dev.altiplano.engine.checkpoint.TensorFile;
import dev.altiplano.engine.checkpoint.content.ByteCursor;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.content.JsonObject;
import dev.altiplano.engine.checkpoint.content.JsonReader;
import dev.altiplano.engine.checkpoint.quantized.RawTensor;
import dev.altiplano.engine.checkpoint.tensor.StoredTensor;
import dev.altiplano.engine.checkpoint.tensor.TensorType;
import dev.altiplano.engine.checkpoint.verify.CheckedFiles;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads a safetensors file: the length of a JSON header, the header, and the tensors' bytes without gaps
 * (<a href="https://huggingface.co/docs/safetensors">format</a>).
 */
public final class SafetensorsReader {

    private static final long MAX_HEADER_BYTES = 4 << 20;
    /** Bytes of an element of each type. */
    private static final Map<String, Integer> ITEM_BYTES = Map.ofEntries(
            Map.entry("F32", 4),
            Map.entry("F16", 2),
            Map.entry("BF16", 2),
            Map.entry("BOOL", 1),
            Map.entry("U8", 1),
            Map.entry("I8", 1),
            Map.entry("F8_E5M2", 1),
            Map.entry("F8_E4M3", 1),
            Map.entry("F8_E8M0", 1),
            Map.entry("I16", 2),
            Map.entry("U16", 2),
            Map.entry("I32", 4),
            Map.entry("U32", 4),
            Map.entry("F64", 8),
            Map.entry("I64", 8),
            Map.entry("U64", 8),
            Map.entry("C64", 8));

    private record Range(String name, long begin, long end) {}

    private final Path file;
    private final MemorySegment bytes;

    private SafetensorsReader(Path file, MemorySegment bytes) {
        this.file = file;
        this.bytes = bytes;
    }

    /** Maps {@code file} into {@code arena} and reads its header; the tensors' data is not touched. */
    public static TensorFile read(Path file, Arena arena) {
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        SequencedMap<String, RawTensor> raw = readRaw(file, arena);
        raw.forEach((name, tensor) -> {
            if (tensor.dtype().equals("F64") && (tensor.shape().length == 1 || tensor.shape().length == 2)) {
                tensors.put(
                        name, StoredTensor.ofDoubles(file, JsonObject.shorten(name), tensor.shape(), tensor.data()));
                return;
            }
            TensorType type = type(tensor);
            if (type != null && tensor.shape().length > 0) {
                tensors.put(
                        name, StoredTensor.dense(file, JsonObject.shorten(name), type, tensor.shape(), tensor.data()));
            }
        });
        return new TensorFile(file, CheckedFiles.size(file), tensors, List.of());
    }

    /** The same with tensors of every type, as they are; by name in the header's order. */
    public static SequencedMap<String, RawTensor> readRaw(Path file, Arena arena) {
        return new SafetensorsReader(file, TensorFile.map(file, arena)).tensors();
    }

    private SequencedMap<String, RawTensor> tensors() {
        ByteCursor cursor = new ByteCursor(file, bytes);
        long headerBytes =
                cursor.count("the length of the header", Math.min(MAX_HEADER_BYTES, Math.max(0, bytes.byteSize() - 8)));
        byte[] json = bytes.asSlice(8, headerBytes).toArray(ValueLayout.JAVA_BYTE);
        JsonObject header = JsonReader.read(file, json, MAX_HEADER_BYTES);
        MemorySegment data = bytes.asSlice(8 + headerBytes);
        SequencedMap<String, RawTensor> tensors = new LinkedHashMap<>();
        List<Range> ranges = new ArrayList<>();
        for (String name : header.keys()) {
            if (!name.equals("__metadata__")) {
                tensors.put(name, tensor(name, header.object(name), data, ranges));
            }
        }
        checkCoverage(ranges, data.byteSize());
        return tensors;
    }

    private RawTensor tensor(String fullName, JsonObject entry, MemorySegment data, List<Range> ranges) {
        String name = JsonObject.shorten(fullName);
        List<?> offsets = entry.list("data_offsets");
        if (offsets.size() != 2
                || !(offsets.get(0) instanceof Long begin)
                || !(offsets.get(1) instanceof Long end)
                || begin < 0
                || end < begin
                || end > data.byteSize()) {
            throw new CheckpointException(
                    file,
                    name + " has data_offsets " + offsets(offsets) + ", but there are " + data.byteSize()
                            + " bytes of data"
                            + (offsets.size() == 2 && offsets.get(1) instanceof Long last && last > data.byteSize()
                                    ? ": is the file cut short?"
                                    : ""));
        }
        ranges.add(new Range(name, begin, end));
        long[] shape = shape(name, entry.list("shape"));
        String dtype = entry.text("dtype");
        Integer itemBytes = ITEM_BYTES.get(dtype);
        if (itemBytes == null) {
            throw new CheckpointException(file, name + " has the unknown dtype " + JsonObject.shorten(dtype));
        }
        try {
            long expected = itemBytes;
            for (long size : shape) {
                expected = Math.multiplyExact(expected, size);
            }
            if (expected != end - begin) {
                throw new CheckpointException(
                        file,
                        name + " needs " + expected + " bytes by its shape, its data_offsets give it " + (end - begin));
            }
            return new RawTensor(file, fullName, dtype, shape, data.asSlice(begin, end - begin));
        } catch (ArithmeticException e) {
            throw new CheckpointException(file, name + " has a shape too large for any file", e);
        }
    }

    private long[] shape(String name, List<?> dimensions) {
        if (dimensions.size() > 8) {
            throw new CheckpointException(file, name + " has " + dimensions.size() + " dimensions");
        }
        long[] shape = new long[dimensions.size()];
        for (int i = 0; i < shape.length; i++) {
            if (!(dimensions.get(i) instanceof Long size) || size < 1) {
                throw new CheckpointException(
                        file,
                        name + " has the size " + JsonObject.describe(dimensions.get(i)) + " along dimension " + i);
            }
            shape[i] = size;
        }
        return shape;
    }

    private static @Nullable TensorType type(RawTensor tensor) {
        return switch (tensor.dtype()) {
            case "F32" -> TensorType.F32;
            case "F16" -> TensorType.F16;
            case "BF16" -> TensorType.BF16;
            default -> {
                if (FolderTensors.isKnown(tensor.name())) {
                    throw new CheckpointException(
                            tensor.file(),
                            JsonObject.shorten(tensor.name()) + " is " + tensor.dtype()
                                    + ", expected F32, F16, BF16 or F64");
                }
                yield null;
            }
        };
    }

    /** Together the tensors must cover the data exactly: no gap, no overlap, nothing behind. */
    private void checkCoverage(List<Range> ranges, long size) {
        ranges.sort(Comparator.comparingLong(Range::begin).thenComparingLong(Range::end));
        long covered = 0;
        for (Range range : ranges) {
            if (range.begin != covered) {
                throw new CheckpointException(
                        file,
                        range.name + " begins at byte " + range.begin + " of the data, expected " + covered + ": "
                                + (range.begin < covered ? "tensors overlap" : "there is a gap"));
            }
            covered = range.end;
        }
        if (covered != size) {
            throw new CheckpointException(
                    file,
                    (size - covered) + " bytes follow the last tensor, which ends at byte " + covered + " of the data");
        }
    }

    private static String offsets(List<? extends Object> offsets) {
        return offsets.size() == 2
                ? "[" + JsonObject.describe(offsets.get(0)) + ", " + JsonObject.describe(offsets.get(1)) + "]"
                : "of " + offsets.size() + " values";
    }
}
