package dev.altiplano.engine.checkpoint.quantized;

import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.content.JsonObject;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A tensor of a safetensors file before anything is made of it.
 *
 * @param dtype the file's name for the type of an element, such as {@code F16} or {@code I32}
 * @param shape slowest dimension first; empty for a single number
 * @param data dense, of exactly as many bytes as type and shape need
 */
@SuppressWarnings("ArrayRecordComponent")
public record RawTensor(Path file, String name, String dtype, long[] shape, MemorySegment data) {

    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong I64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** Number of elements. */
    public long elements() {
        long elements = 1;
        for (long size : shape) {
            elements *= size;
        }
        return elements;
    }

    /** The size along a dimension; 1 beyond the last, so that a vector is a matrix of one column. */
    int size(int dimension) {
        return dimension < shape.length ? Math.toIntExact(shape[dimension]) : 1;
    }

    boolean isFloat() {
        return dtype.equals("F32") || dtype.equals("F16") || dtype.equals("BF16");
    }

    /** This tensor, if it has the type and the shape; a shorter shape than {@code sizes} counts as followed by ones. */
    RawTensor require(String wantedDtype, long... sizes) {
        boolean typed = wantedDtype.equals("float") ? isFloat() : dtype.equals(wantedDtype);
        boolean shaped = shape.length <= sizes.length;
        for (int i = 0; i < sizes.length; i++) {
            shaped &= i < shape.length ? shape[i] == sizes[i] : sizes[i] == 1;
        }
        if (!typed || !shaped) {
            throw wrong("is " + dtype + " " + Arrays.toString(shape) + ", expected " + wantedDtype + " "
                    + Arrays.toString(sizes));
        }
        return this;
    }

    CheckpointException wrong(String problem) {
        return new CheckpointException(file, JsonObject.shorten(name) + " " + problem);
    }

    int i8(long index) {
        return data.get(ValueLayout.JAVA_BYTE, index);
    }

    int i32(long index) {
        return data.get(I32, index * 4);
    }

    long i64(long index) {
        return data.get(I64, index * 8);
    }

    /** An element of a tensor of floats. */
    float number(long index) {
        return switch (dtype) {
            case "F32" -> Float.intBitsToFloat(i32(index));
            case "F16" -> Float.float16ToFloat(data.get(U16, index * 2));
            case "BF16" -> Float.intBitsToFloat(data.get(U16, index * 2) << 16);
            default -> throw wrong("is " + dtype + ", expected F32, F16 or BF16");
        };
    }

    /** Field {@code index} of {@code bits} bits in a run of 32-bit words: a little-endian stream of bits from word {@code word}, whose next is {@code stride} words on. */
    int field(long word, long stride, int index, int bits) {
        long bit = (long) index * bits;
        int shift = (int) (bit & 31);
        long at = word + (bit >>> 5) * stride;
        long value = (i32(at) & 0xFFFF_FFFFL) >>> shift;
        if (shift + bits > 32) {
            value |= (i32(at + stride) & 0xFFFF_FFFFL) << (32 - shift);
        }
        return (int) (value & ((1L << bits) - 1));
    }
}
