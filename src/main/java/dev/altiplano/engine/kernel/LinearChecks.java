package dev.altiplano.engine.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Checks that what a matrix product is about to touch lies inside its segments, for all backends; native code trusts them. */
public final class LinearChecks {

    private LinearChecks() {}

    public static void linear(PackedMatrix[] stack, MemorySegment in, MemorySegment out, int rows, int generatedRows) {
        if (stack.length == 0 || rows < 0 || generatedRows < 0 || generatedRows > rows) {
            throw new IllegalArgumentException(stack.length + " matrices, " + rows + " rows, " + generatedRows
                    + " of them generated: needs a matrix, and generated rows among the rows");
        }
        int columns = stack[0].columns();
        long outColumns = 0;
        for (PackedMatrix matrix : stack) {
            if (matrix.columns() != columns) {
                throw new IllegalArgumentException(
                        "matrices with " + columns + " and " + matrix.columns() + " columns cannot be one layer");
            }
            if (matrix.data().byteSize() < PackedLayout.bytes(matrix.format(), matrix.rows(), columns)) {
                throw new IllegalArgumentException("a matrix [" + matrix.rows() + ", " + columns + "] in "
                        + matrix.format() + " has only " + matrix.data().byteSize() + " bytes");
            }
            outColumns += matrix.rows();
        }
        floats(in, "in", (long) rows * columns);
        floats(out, "out", rows * outColumns);
    }

    public static void embed(
            MemorySegment table, WeightFormat format, int columns, MemorySegment ids, int rows, MemorySegment out) {
        if (rows < 0 || columns < 1 || !format.fits(columns)) {
            throw new IllegalArgumentException(rows + " rows of " + columns + " columns in " + format);
        }
        if (ids.byteSize() < 4L * rows) {
            throw new IllegalArgumentException("ids has " + ids.byteSize() + " bytes, needed are " + 4L * rows);
        }
        floats(out, "out", (long) rows * columns);
        long vocabulary = table.byteSize() / format.rowBytes(columns);
        for (int row = 0; row < rows; row++) {
            int id = ids.getAtIndex(ValueLayout.JAVA_INT, row);
            if (id < 0 || id >= vocabulary) {
                throw new IllegalArgumentException(
                        "row " + row + " asks for token " + id + ": the embedding has " + vocabulary);
            }
        }
    }

    private static void floats(MemorySegment segment, String name, long count) {
        if (segment.byteSize() < 4 * count) {
            throw new IllegalArgumentException(name + " has " + segment.byteSize() + " bytes, needed are " + 4 * count);
        }
    }

    public static void table(int rows, int columns, WeightFormat stored, WeightFormat held, MemorySegment target) {
        boolean fits = rows > 0 && columns > 0 && stored.fits(columns) && held.fits(columns);
        if (!fits || target.byteSize() != rows * held.rowBytes(columns)) {
            throw new IllegalArgumentException("a table [" + rows + ", " + columns + "] of " + stored + " held in "
                    + held + ": needs rows of whole quant blocks and memory of exactly their size, is " + target);
        }
    }
}
