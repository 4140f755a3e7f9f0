package dev.altiplano.tool.bench;

import dev.altiplano.engine.checkpoint.tensor.Tensor;
import dev.altiplano.engine.checkpoint.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/** A tensor without memory: each row is put together from pieces of {@link RandomPieces} that its name and number choose. */
record RandomTensor(String name, TensorType type, int rows, int columns, RandomPieces pieces) implements Tensor {

    @Override
    public void read(int firstRow, int count, MemorySegment target, long targetOffset) {
        Objects.checkFromIndexSize(firstRow, count, rows);
        long at = targetOffset;
        for (int row = firstRow; row < firstRow + count; row++) {
            long choice = mix(((long) name.hashCode() << 32) + row);
            long end = at + rowBytes();
            while (at < end) {
                choice = mix(choice);
                int bytes = (int) Math.min(pieces.pieceBytes(), end - at);
                MemorySegment.copy(pieces.bytes(), pieces.begin(choice), target, ValueLayout.JAVA_BYTE, at, bytes);
                at += bytes;
            }
        }
    }

    /** One step of SplitMix64 (Steele, Lea and Flood 2014). */
    private static long mix(long state) {
        long z = state + 0x9e3779b97f4a7c15L;
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }
}
