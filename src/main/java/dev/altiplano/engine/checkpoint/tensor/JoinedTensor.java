package dev.altiplano.engine.checkpoint.tensor;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;

/** A matrix whose parts lie in several shards of equal shape: below each other, or side by side. */
public final class JoinedTensor implements Tensor {

    private final List<Tensor> parts;
    private final boolean sideBySide;

    public JoinedTensor(List<Tensor> parts, boolean sideBySide) {
        this.parts = List.copyOf(parts);
        this.sideBySide = sideBySide;
    }

    @Override
    public String name() {
        return parts.getFirst().name();
    }

    @Override
    public TensorType type() {
        return parts.getFirst().type();
    }

    @Override
    public int rows() {
        return parts.getFirst().rows() * (sideBySide ? 1 : parts.size());
    }

    @Override
    public int columns() {
        return parts.getFirst().columns() * (sideBySide ? parts.size() : 1);
    }

    @Override
    public void read(int firstRow, int count, MemorySegment target, long targetOffset) {
        Objects.checkFromIndexSize(firstRow, count, rows());
        if (sideBySide) {
            readSideBySide(firstRow, count, target, targetOffset);
        } else {
            readBelow(firstRow, count, target, targetOffset);
        }
    }

    private void readBelow(int firstRow, int count, MemorySegment target, long targetOffset) {
        int partRows = parts.getFirst().rows();
        long rowBytes = rowBytes();
        int done = 0;
        while (done < count) {
            int row = firstRow + done;
            int rowInPart = row % partRows;
            int readable = Math.min(count - done, partRows - rowInPart);
            parts.get(row / partRows).read(rowInPart, readable, target, targetOffset + done * rowBytes);
            done += readable;
        }
    }

    private void readSideBySide(int firstRow, int count, MemorySegment target, long targetOffset) {
        long partBytes = parts.getFirst().rowBytes();
        long sink = targetOffset;
        for (int row = firstRow; row < firstRow + count; row++) {
            for (int part = 0; part < parts.size(); part++) {
                parts.get(part).read(row, 1, target, sink);
                sink += partBytes;
            }
        }
    }
}
