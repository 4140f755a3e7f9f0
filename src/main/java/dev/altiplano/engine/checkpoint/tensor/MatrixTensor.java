package dev.altiplano.engine.checkpoint.tensor;

import dev.altiplano.engine.checkpoint.content.CheckpointException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Objects;

/** A matrix in mapped memory: dense rows, or rows and columns at some distance from each other. */
final class MatrixTensor implements Tensor {

    private final Path file;
    private final String name;
    private final TensorType type;
    private final int rows;
    private final int columns;
    private final MemorySegment storage;
    private final long rowStrideBytes;
    /** Bytes between the end of an element and the next one of its row; 0 where rows are dense. */
    private final long gapBytes;

    MatrixTensor(
            Path file,
            String name,
            TensorType type,
            int rows,
            int columns,
            MemorySegment storage,
            long rowStrideBytes,
            long gapBytes) {
        this.file = file;
        this.name = name;
        this.type = type;
        this.rows = rows;
        this.columns = columns;
        this.storage = storage;
        this.rowStrideBytes = rowStrideBytes;
        this.gapBytes = gapBytes;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public TensorType type() {
        return type;
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public int columns() {
        return columns;
    }

    @Override
    public void read(int firstRow, int count, MemorySegment target, long targetOffset) {
        Objects.checkFromIndexSize(firstRow, count, rows);
        try {
            copy(firstRow, count, target, targetOffset);
        } catch (InternalError e) {
            throw new CheckpointException(
                    file,
                    name + " cannot be read: was the file changed, or does its disk fail? (" + e.getMessage() + ")",
                    e);
        }
    }

    private void copy(int firstRow, int count, MemorySegment target, long targetOffset) {
        long rowBytes = rowBytes();
        if (gapBytes == 0 && rowStrideBytes == rowBytes) {
            MemorySegment.copy(storage, firstRow * rowBytes, target, targetOffset, count * rowBytes);
            return;
        }
        for (int row = 0; row < count; row++) {
            long source = (firstRow + row) * rowStrideBytes;
            long sink = targetOffset + row * rowBytes;
            if (gapBytes == 0) {
                MemorySegment.copy(storage, source, target, sink, rowBytes);
            } else {
                gather(source, target, sink);
            }
        }
    }

    private void gather(long source, MemorySegment target, long sink) {
        long step = gapBytes + type.bytes();
        if (type.bytes() == 2) {
            for (int column = 0; column < columns; column++) {
                short element = storage.get(ValueLayout.JAVA_SHORT_UNALIGNED, source + column * step);
                target.set(ValueLayout.JAVA_SHORT_UNALIGNED, sink + column * 2L, element);
            }
        } else {
            for (int column = 0; column < columns; column++) {
                int element = storage.get(ValueLayout.JAVA_INT_UNALIGNED, source + column * step);
                target.set(ValueLayout.JAVA_INT_UNALIGNED, sink + column * 4L, element);
            }
        }
    }
}
