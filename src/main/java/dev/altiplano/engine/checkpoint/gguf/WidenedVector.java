package dev.altiplano.engine.checkpoint.gguf;

import dev.altiplano.engine.checkpoint.tensor.Tensor;
import dev.altiplano.engine.checkpoint.tensor.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Objects;

/** A vector of F16 or BF16 read as F32. */
final class WidenedVector implements Tensor {

    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Tensor stored;

    private WidenedVector(Tensor stored) {
        this.stored = stored;
    }

    /** {@code tensor} itself, or a view of it as F32 if it is a vector of 16 bits. */
    static Tensor of(Tensor tensor) {
        boolean narrow = tensor.type() == TensorType.F16 || tensor.type() == TensorType.BF16;
        return narrow && tensor.rows() == 1 ? new WidenedVector(tensor) : tensor;
    }

    @Override
    public String name() {
        return stored.name();
    }

    @Override
    public TensorType type() {
        return TensorType.F32;
    }

    @Override
    public int rows() {
        return 1;
    }

    @Override
    public int columns() {
        return stored.columns();
    }

    @Override
    public void read(int firstRow, int rows, MemorySegment target, long targetOffset) {
        Objects.checkFromIndexSize(firstRow, rows, 1);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment narrow = arena.allocate(stored.byteSize());
            stored.read(0, rows, narrow, 0);
            boolean half = stored.type() == TensorType.F16;
            for (int i = 0; i < rows * columns(); i++) {
                short bits = narrow.get(U16, i * 2L);
                float value = half ? Float.float16ToFloat(bits) : Float.intBitsToFloat(bits << 16);
                target.set(F32, targetOffset + i * 4L, value);
            }
        }
    }
}
