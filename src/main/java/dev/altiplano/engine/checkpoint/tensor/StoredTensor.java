package dev.altiplano.engine.checkpoint.tensor;

import dev.altiplano.engine.checkpoint.content.CheckpointException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * A tensor as one file holds it, under the file's own name and with any number of dimensions (slowest first). That all of
 * its elements lie inside {@code storage} is checked when it is made.
 */
public final class StoredTensor {

    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path file;
    private final String name;
    private final TensorType type;
    private final long[] shape;
    /** Distance of neighbours along each dimension, in elements. */
    private final long[] strides;

    private final MemorySegment storage;
    private final long offset;
    /** What reads the elements, where they are computed from others; else null. */
    private final @Nullable Tensor computed;

    private StoredTensor(
            Path file,
            String name,
            TensorType type,
            long[] shape,
            long[] strides,
            MemorySegment storage,
            long offset,
            @Nullable Tensor computed) {
        this.file = file;
        this.name = name;
        this.type = type;
        this.shape = shape;
        this.strides = strides;
        this.storage = storage;
        this.offset = offset;
        this.computed = computed;
    }

    /** A matrix that is computed when it is read, such as one of a quantized layer. */
    public static StoredTensor computed(Path file, String name, Tensor matrix) {
        long[] shape = {matrix.rows(), matrix.columns()};
        return new StoredTensor(file, name, matrix.type(), shape, shape, MemorySegment.NULL, 0, matrix);
    }

    /** A matrix or vector of 64-bit floats, which lie one after the other in {@code storage}; read as F32. */
    public static StoredTensor ofDoubles(Path file, String name, long[] shape, MemorySegment storage) {
        int columns = Math.toIntExact(shape[shape.length - 1]);
        Tensor matrix = new DoubleTensor(name, shape.length == 1 ? 1 : Math.toIntExact(shape[0]), columns, storage);
        return new StoredTensor(file, name, TensorType.F32, shape, shape, MemorySegment.NULL, 0, matrix);
    }

    /** A tensor whose elements lie one after the other in {@code storage}, which they must fill. */
    public static StoredTensor dense(Path file, String name, TensorType type, long[] shape, MemorySegment storage) {
        long[] strides = new long[shape.length];
        long elements = 1;
        for (int i = shape.length - 1; i >= 0; i--) {
            strides[i] = elements;
            elements = Math.multiplyExact(elements, shape[i]);
        }
        return new StoredTensor(file, name, type, shape, strides, storage, 0, null);
    }

    /** A view of {@code storage}, whose elements must be plain (no quant blocks): {@code offset} and strides count elements. */
    public static StoredTensor view(
            Path file, String name, TensorType type, long[] shape, long[] strides, MemorySegment storage, long offset) {
        return new StoredTensor(file, name, type, shape, strides, storage, offset, null);
    }

    public Path file() {
        return file;
    }

    public String name() {
        return name;
    }

    public TensorType type() {
        return type;
    }

    /** Whether this has {@code rows} rows of {@code columns}; a vector has one row. */
    public boolean hasShape(long rows, long columns) {
        return shape.length == 2
                ? shape[0] == rows && shape[1] == columns
                : shape.length == 1 && rows == 1 && shape[0] == columns;
    }

    public int dimensions() {
        return shape.length;
    }

    /** Size along a dimension, slowest first. */
    public long size(int dimension) {
        return shape[dimension];
    }

    /** Part {@code index} along the first dimension, under a name of its own; the tensor must lie dense if it has quant blocks. */
    public StoredTensor part(int index, String partName) {
        long[] partShape = Arrays.copyOfRange(shape, 1, shape.length);
        if (type.elements() == 1) {
            long[] partStrides = Arrays.copyOfRange(strides, 1, strides.length);
            return view(file, partName, type, partShape, partStrides, storage, offset + index * strides[0]);
        }
        long bytes = storage.byteSize() / shape[0];
        return dense(file, partName, type, partShape, storage.asSlice(index * bytes, bytes));
    }

    /** {@code count} rows from {@code first} on of a matrix without quant blocks, under a name of their own. */
    public StoredTensor rows(long first, long count, String partName) {
        long[] partShape = {count, shape[1]};
        return view(file, partName, type, partShape, strides, storage, offset + first * strides[0]);
    }

    /** Whether this is a vector of plain numbers that are all 0. */
    public boolean isZero() {
        if (shape.length != 1 || type.elements() > 1) {
            return false;
        }
        byte[] elements = new byte[Math.toIntExact(shape[0] * type.bytes())];
        matrix(name).read(0, 1, MemorySegment.ofArray(elements), 0);
        for (int i = 0; i < elements.length; i++) {
            // Only the sign may be set, in the last byte of each number.
            boolean sign = (i + 1) % type.bytes() == 0;
            if ((elements[i] & (sign ? 0x7F : 0xFF)) != 0) {
                return false;
            }
        }
        return true;
    }

    /** This matrix or vector under the name {@code ggufName}; the caller has checked its shape. */
    public Tensor matrix(String ggufName) {
        if (computed != null) {
            return new RenamedTensor(computed, ggufName);
        }
        boolean vector = shape.length == 1;
        int rows = vector ? 1 : Math.toIntExact(shape[0]);
        int columns = Math.toIntExact(vector ? shape[0] : shape[1]);
        long columnStride = vector ? strides[0] : strides[1];
        if (type.elements() > 1) {
            return new MatrixTensor(file, ggufName, type, rows, columns, storage, type.rowBytes(columns), 0);
        }
        long bytes = type.bytes();
        long rowStride = vector ? columns : strides[0];
        return new MatrixTensor(
                file,
                ggufName,
                type,
                rows,
                columns,
                storage.asSlice(offset * bytes),
                rowStride * bytes,
                columns == 1 ? 0 : (columnStride - 1) * bytes);
    }

    /** The elements of a vector of {@code count} floating-point numbers; throws {@link CheckpointException} for any other tensor. */
    public List<Double> numbers(int count) {
        if (shape.length != 1 || shape[0] != count || type.elements() > 1 || computed != null) {
            throw new CheckpointException(
                    file, name + " is " + type + " " + shapeText() + ", expected a vector of " + count + " numbers");
        }
        List<Double> numbers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long at = (offset + i * strides[0]) * type.bytes();
            numbers.add(
                    switch (type) {
                        case F16 -> (double) Float.float16ToFloat(storage.get(U16, at));
                        case BF16 -> (double) Float.intBitsToFloat(storage.get(U16, at) << 16);
                        default -> (double) storage.get(F32, at);
                    });
        }
        return numbers;
    }

    /** The shape as people write it: {@code [rows, columns]}. */
    public String shapeText() {
        StringJoiner text = new StringJoiner(", ", "[", "]");
        Arrays.stream(shape).limit(8).mapToObj(Long::toString).forEach(text::add);
        return text.toString();
    }
}
