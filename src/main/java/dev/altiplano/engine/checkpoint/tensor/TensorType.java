package dev.altiplano.engine.checkpoint.tensor;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a tensor's elements are stored, named and numbered as in GGUF
 * (<a href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">specification</a>). Elements come in quant blocks of
 * {@link #elements()} that take {@link #bytes()} bytes.
 */
public enum TensorType {
    F32(0, 1, 4),
    F16(1, 1, 2),
    Q4_0(2, 32, 18),
    Q4_1(3, 32, 20),
    Q5_0(6, 32, 22),
    Q5_1(7, 32, 24),
    Q8_0(8, 32, 34),
    Q2_K(10, 256, 84),
    Q3_K(11, 256, 110),
    Q4_K(12, 256, 144),
    Q5_K(13, 256, 176),
    Q6_K(14, 256, 210),
    Q8_K(15, 256, 292),
    IQ2_XXS(16, 256, 66),
    IQ2_XS(17, 256, 74),
    IQ3_XXS(18, 256, 98),
    IQ1_S(19, 256, 50),
    IQ4_NL(20, 32, 18),
    IQ3_S(21, 256, 110),
    IQ2_S(22, 256, 82),
    IQ4_XS(23, 256, 136),
    IQ1_M(29, 256, 56),
    BF16(30, 1, 2),
    TQ1_0(34, 256, 54),
    TQ2_0(35, 256, 66),
    MXFP4(39, 32, 17);

    /** Types that are no more: Q4_0 and IQ4_NL with rows interleaved for one processor. */
    private static final Map<Integer, String> RETIRED = Map.of(
            31, "Q4_0_4_4", 32, "Q4_0_4_8", 33, "Q4_0_8_8", 36, "IQ4_NL_4_4", 37, "IQ4_NL_4_8", 38, "IQ4_NL_8_8");

    /** Types of numbers that weights are not made of, or that came later. */
    private static final Map<Integer, String> OTHERS =
            Map.of(4, "Q4_2", 5, "Q4_3", 9, "Q8_1", 24, "I8", 25, "I16", 26, "I32", 27, "I64", 28, "F64", 40, "NVFP4");

    private final int id;
    private final int elements;
    private final int bytes;

    TensorType(int id, int elements, int bytes) {
        this.id = id;
        this.elements = elements;
        this.bytes = bytes;
    }

    /** The type that GGUF files number {@code id}, or null. */
    public static @Nullable TensorType of(int id) {
        for (TensorType type : values()) {
            if (type.id == id) {
                return type;
            }
        }
        return null;
    }

    /** What is wrong with a number for which there is no type, and what to do: the end of a sentence. */
    public static String missing(int id) {
        String retired = RETIRED.get(id);
        if (retired != null) {
            return id + " (" + retired
                    + "), whose rows are interleaved for one kind of processor and which llama.cpp has given up:"
                    + " quantize again from the original model, to "
                    + (retired.startsWith("Q4") ? "Q4_0" : "IQ4_NL") + " for the same size";
        }
        String other = OTHERS.get(id);
        return Integer.toUnsignedString(id)
                + (other != null ? " (" + other + ")" : "")
                + ", which is not supported: convert the original model to one of " + List.of(values());
    }

    /** The number that GGUF files use. */
    public int id() {
        return id;
    }

    /** Elements in one quant block. */
    public int elements() {
        return elements;
    }

    /** Bytes of one quant block. */
    public int bytes() {
        return bytes;
    }

    /** Bytes of a row of {@code columns} elements; throws {@link ArithmeticException} where that is no whole number of blocks. */
    public long rowBytes(long columns) {
        if (columns % elements != 0) {
            throw new ArithmeticException(columns + " columns are not a multiple of " + name() + "'s " + elements);
        }
        return Math.multiplyExact(columns / elements, (long) bytes);
    }
}
