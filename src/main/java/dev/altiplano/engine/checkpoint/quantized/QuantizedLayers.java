package dev.altiplano.engine.checkpoint.quantized;

import dev.altiplano.engine.checkpoint.TensorNames;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.content.JsonObject;
import dev.altiplano.engine.checkpoint.tensor.StoredTensor;
import dev.altiplano.engine.checkpoint.tensor.Tensor;
import dev.altiplano.engine.checkpoint.tensor.TensorType;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes one matrix of the several tensors that a quantized layer consists of: {@code q_proj.qweight}, {@code .qzeros},
 * {@code .scales} and {@code .g_idx} become {@code q_proj.weight}. Every shape is checked against the others.
 */
public final class QuantizedLayers {

    private static final Set<String> FLOAT8 = Set.of("F8_E4M3", "F8_E5M2");
    private static final int MAX_COLUMNS = 1 << 24;

    /** Tensors that say how activations or keys and values would be rounded, which is not done here. */
    private static final List<String> UNUSED = List.of(
            ".input_scale",
            ".input_zero_point",
            ".output_scale",
            ".k_scale",
            ".v_scale",
            ".kv_scale",
            ".q_scale",
            ".activation_scale",
            ".input_scale_ub",
            ".weight_global_scale_inv");

    private final Quantization method;
    private final Map<String, RawTensor> raw;
    private final List<String> notes;
    private final Set<String> used = new HashSet<>();
    private final Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    private int widened;

    private QuantizedLayers(Quantization method, Map<String, RawTensor> raw, List<String> notes) {
        this.method = method;
        this.raw = raw;
        this.notes = notes;
    }

    /** The tensors of a folder by Hugging Face's names, quantized ones as matrices. */
    public static Map<String, StoredTensor> decode(
            Quantization method, Map<String, RawTensor> raw, List<String> notes) {
        QuantizedLayers layers = new QuantizedLayers(method, raw, notes);
        for (String name : raw.keySet()) {
            layers.add(name);
        }
        layers.finish();
        return layers.tensors;
    }

    private void add(String name) {
        switch (method) {
            case Quantization.Gptq gptq when name.endsWith(".qweight") -> gptq(layer(name, ".qweight"), gptq);
            case Quantization.Awq awq when name.endsWith(".qweight") -> awq(layer(name, ".qweight"), awq);
            case Quantization.Scaled scaled
            when name.endsWith(".weight_packed") -> packed(layer(name, ".weight_packed"), scaled);
            case Quantization.Scaled _
            when name.endsWith(".weight") && raw.get(name) instanceof RawTensor weight -> {
                if (FLOAT8.contains(weight.dtype())) {
                    float8(layer(name, ".weight"));
                } else if (weight.dtype().equals("I8")) {
                    int8(layer(name, ".weight"));
                }
            }
            default -> {}
        }
    }

    private static String layer(String name, String suffix) {
        return name.substring(0, name.length() - suffix.length());
    }

    private void gptq(String layer, Quantization.Gptq gptq) {
        RawTensor qweight = take(layer, ".qweight");
        RawTensor qzeros = take(layer, ".qzeros");
        RawTensor scales = take(layer, ".scales");
        RawTensor order = find(layer, ".g_idx");
        int bits = gptq.bits();
        long columns = 32L * qweight.size(0) / bits;
        int rows = qweight.size(1);
        int groups = scales.size(0);
        qweight.require("I32", columns * bits / 32, rows);
        if (columns > MAX_COLUMNS || columns * bits % 32 != 0 || (long) rows * bits % 32 != 0) {
            throw qweight.wrong("has a shape that " + bits + "-bit codes do not fill");
        }
        scales.require("float", groups, rows);
        qzeros.require("I32", groups, (long) rows * bits / 32);
        GptqMatrix matrix = new GptqMatrix(qweight, qzeros, scales, bits, gptq.zeroOffset(), rows, (int) columns);
        add(layer, qweight, matrix, groups(matrix, scales, gptq.groupSize(), order));
    }

    private void awq(String layer, Quantization.Awq awq) {
        RawTensor qweight = take(layer, ".qweight");
        RawTensor qzeros = take(layer, ".qzeros");
        RawTensor scales = take(layer, ".scales");
        int columns = qweight.size(0);
        int words = qweight.size(1);
        int groups = scales.size(0);
        qweight.require("I32", columns, words);
        qzeros.require("I32", groups, words);
        scales.require("float", groups, 8L * words);
        AwqMatrix matrix = new AwqMatrix(qweight, qzeros, scales, 8 * words, columns);
        add(layer, qweight, matrix, groups(matrix, scales, awq.groupSize(), null));
    }

    private void packed(String layer, Quantization.Scaled scaled) {
        RawTensor packed = take(layer, ".weight_packed");
        RawTensor scales = take(layer, ".weight_scale");
        RawTensor zeros = find(layer, ".weight_zero_point");
        RawTensor order = find(layer, ".weight_g_idx");
        RawTensor shape = find(layer, ".weight_shape");
        int bits = scaled.bits();
        int rows = packed.size(0);
        long columns = packed.size(1) * 32L / Math.max(1, bits);
        if (shape != null) {
            columns = shape.require("I64", 2).i64(1);
            bits = columns > 0 ? Math.toIntExact(Math.clamp(packed.size(1) * 32L / columns, 0, 32)) : 0;
        }
        if (bits != 2 && bits != 4 && bits != 8 || columns < 1 || columns > MAX_COLUMNS) {
            throw packed.wrong("has codes of " + bits + " bits; 2, 4 and 8 are read");
        }
        packed.require("I32", rows, Math.ceilDiv(columns * bits, 32));
        int groups = scales.size(1);
        scales.require("float", rows, groups);
        if (zeros != null) {
            zeros.require("I32", Math.ceilDiv((long) rows * bits, 32), groups);
        }
        PackQuantizedMatrix matrix = new PackQuantizedMatrix(packed, zeros, scales, bits, rows, (int) columns);
        add(layer, packed, matrix, groups(matrix, scales, evenly(matrix, scales), order));
    }

    private void int8(String layer) {
        RawTensor weight = take(layer, ".weight");
        RawTensor scales = take(layer, ".weight_scale");
        RawTensor zeros = find(layer, ".weight_zero_point");
        weight.require("I8", weight.size(0), weight.size(1));
        if (scales.elements() != 1) {
            scales.require("float", weight.size(0), scales.size(1));
        }
        if (zeros != null) {
            zeros.require("I8", scales.shape());
        }
        Int8Matrix matrix = new Int8Matrix(weight, zeros, scales);
        add(layer, weight, matrix, groups(matrix, scales, evenly(matrix, scales), null));
    }

    private void float8(String layer) {
        RawTensor weight = take(layer, ".weight");
        boolean inverse = raw.containsKey(layer + ".weight_scale_inv");
        RawTensor scales = take(layer, inverse ? ".weight_scale_inv" : ".weight_scale");
        int rows = weight.size(0);
        int columns = weight.size(1);
        weight.require(weight.dtype(), rows, columns);
        if (scales.elements() == 1) {
            scales.require("float", scales.shape());
            add(weight, layer, Float8Tensor.of(layer, weight, scales, rows, columns));
            return;
        }
        int blockRows = blockSize(scales, rows, scales.size(0));
        int blockColumns = blockSize(scales, columns, scales.size(1));
        scales.require("float", Math.ceilDiv(rows, blockRows), Math.ceilDiv(columns, blockColumns));
        add(weight, layer, Float8Tensor.of(layer, weight, scales, blockRows, blockColumns));
    }

    /** The size of blocks of which {@code blocks} cover {@code size}: one, all, or a power of two. */
    private static int blockSize(RawTensor scales, int size, int blocks) {
        if (blocks == size) {
            return 1;
        }
        if (blocks == 1) {
            return size;
        }
        for (int block = 16; block < size; block *= 2) {
            if (Math.ceilDiv(size, block) == blocks) {
                return block;
            }
        }
        throw scales.wrong("has " + blocks + " scales along a side of " + size + ", which no size of block explains");
    }

    /** Where scales alone say how large a group is. */
    private static int evenly(IntegerMatrix matrix, RawTensor scales) {
        if (matrix.columns() % matrix.groups() != 0) {
            throw scales.wrong("has " + matrix.groups() + " groups for " + matrix.columns() + " inputs");
        }
        return matrix.columns() / matrix.groups();
    }

    /** The group of each column. */
    private static int[] groups(IntegerMatrix matrix, RawTensor scales, int groupSize, @Nullable RawTensor order) {
        int columns = matrix.columns();
        int[] groups = new int[columns];
        if (order != null) {
            order.require("I32", columns);
            for (int i = 0; i < columns; i++) {
                groups[i] = order.i32(i);
                if (groups[i] < 0 || groups[i] >= matrix.groups()) {
                    throw order.wrong("names group " + groups[i] + " of " + matrix.groups());
                }
            }
            return groups;
        }
        int size = groupSize < 0 ? columns : groupSize;
        if (Math.ceilDiv(columns, size) != matrix.groups()) {
            throw scales.wrong("has " + matrix.groups() + " groups, but " + columns + " inputs in groups of " + size
                    + " have " + Math.ceilDiv(columns, size));
        }
        for (int i = 0; i < columns; i++) {
            groups[i] = i / size;
        }
        return groups;
    }

    private void add(String layer, RawTensor source, IntegerMatrix matrix, int[] groups) {
        add(source, layer, IntegerTensor.of(layer, matrix, groups));
    }

    private void add(RawTensor source, String layer, Tensor matrix) {
        if (matrix.type() == TensorType.F32) {
            widened++;
        }
        tensors.put(layer + ".weight", StoredTensor.computed(source.file(), layer + ".weight", matrix));
    }

    private RawTensor take(String layer, String suffix) {
        RawTensor tensor = find(layer, suffix);
        if (tensor == null) {
            RawTensor first = raw.values().iterator().next();
            throw new CheckpointException(
                    first.file(), "lacks the tensor " + JsonObject.shorten(layer) + suffix + " of a quantized layer");
        }
        return tensor;
    }

    private @Nullable RawTensor find(String layer, String suffix) {
        used.add(layer + suffix);
        return raw.get(layer + suffix);
    }

    /** Adds what belongs to no quantized layer, and notes what was widened. */
    private void finish() {
        raw.forEach((name, tensor) -> {
            if (!used.contains(name) && UNUSED.stream().noneMatch(name::endsWith)) {
                plain(name, tensor);
            }
        });
        if (widened > 0) {
            notes.add(widened
                    + " quantized matrices have values that no quant block of GGUF holds exactly: they are held as"
                    + " F16, or as F32 where that is requested");
        }
    }

    private void plain(String name, RawTensor tensor) {
        if (tensor.isFloat() && tensor.shape().length > 0) {
            TensorType type = TensorType.valueOf(tensor.dtype());
            tensors.put(name, StoredTensor.dense(tensor.file(), name, type, tensor.shape(), tensor.data()));
        } else if (TensorNames.HUGGING_FACE.toGguf(name) != null || name.endsWith(".qweight")) {
            throw tensor.wrong("is " + tensor.dtype() + ", which the stated quantization does not explain");
        }
    }
}
