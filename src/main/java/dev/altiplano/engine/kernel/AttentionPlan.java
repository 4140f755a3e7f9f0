package dev.altiplano.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

/**
 * Cuts one call of attention into parts that threads take one after the other: tiles of prompt rows, or single rows, with the
 * query heads of one KV head; a row that would keep one thread busy for too long is cut into its sections, whose results
 * are merged afterwards. How it is cut changes no result.
 */
public final class AttentionPlan {

    /** Positions after which attention is cut: part of what attention is, since the pieces are merged in their order. */
    public static final int SECTION = 256;

    /** A part in memory: {@code struct part} of attention.h; {@code partial} is the offset of its partial results, or -1. */
    public static final StructLayout PART = MemoryLayout.structLayout(
            JAVA_INT.withName("row"),
            JAVA_INT.withName("rows"),
            JAVA_INT.withName("kv_head"),
            JAVA_INT.withName("begin"),
            JAVA_INT.withName("end"),
            JAVA_INT.withName("partial"));

    private static final long ROW = offset("row");
    private static final long ROWS = offset("rows");
    private static final long KV_HEAD = offset("kv_head");
    private static final long BEGIN = offset("begin");
    private static final long END = offset("end");
    private static final long PARTIAL = offset("partial");

    /** Parts for each thread that even the load out. */
    private static final int PARTS_PER_THREAD = 4;

    private final Arena arena;
    private MemorySegment parts = MemorySegment.NULL;
    private int count;
    private int merges;
    private int partialFloats;
    private int window;

    /** @param arena owns the memory of the parts */
    public AttentionPlan(Arena arena) {
        this.arena = arena;
    }

    /** Parts to compute. */
    public int count() {
        return count;
    }

    /** Rows to merge afterwards; their parts lie behind the others. */
    public int merges() {
        return merges;
    }

    /** Room for partial results, in floats. */
    public int partialFloats() {
        return partialFloats;
    }

    /** The first row of a part. */
    public int row(int part) {
        return parts.get(JAVA_INT, at(part) + ROW);
    }

    /** How many rows a part has. */
    public int rows(int part) {
        return parts.get(JAVA_INT, at(part) + ROWS);
    }

    /** The KV head of a part. */
    public int kvHead(int part) {
        return parts.get(JAVA_INT, at(part) + KV_HEAD);
    }

    /** The first section of a part. */
    public int begin(int part) {
        return parts.get(JAVA_INT, at(part) + BEGIN);
    }

    /** The end of the sections of a part. */
    public int end(int part) {
        return parts.get(JAVA_INT, at(part) + END);
    }

    /** Where partial results of a part begin, in floats, or -1. */
    public int partial(int part) {
        return parts.get(JAVA_INT, at(part) + PARTIAL);
    }

    /** Where the parts lie. */
    public long address() {
        return parts.address();
    }

    /**
     * Plans a call.
     *
     * @param tileRows most rows in a tile
     * @param partialSize floats that one section of one row leaves
     * @param window positions that a row sees, itself the last of them; 0 where it sees all before it
     */
    public void plan(RowBatch batch, int kvHeads, int threads, int tileRows, int partialSize, int window) {
        this.window = window;
        count = 0;
        merges = 0;
        partialFloats = 0;
        int rows = batch.rows();
        long positions = 0;
        for (int row = 0; row < rows; row++) {
            positions += seen(batch, row);
        }
        long fairShare = Math.max(1, positions * kvHeads / ((long) threads * PARTS_PER_THREAD));
        reserve(rows, kvHeads, threads);
        int row = rows;
        while (row > 0) {
            int end = row;
            long cost = seen(batch, --row);
            while (row > 0
                    && end - row < tileRows
                    && cost < fairShare
                    && batch.blockListOffset(row - 1) == batch.blockListOffset(row)
                    && position(batch, row - 1) == position(batch, row) - 1) {
                cost += seen(batch, --row);
            }
            boolean cut = end - row == 1 && cost > 2 * fairShare && cost > SECTION;
            int first = firstSection(batch, row);
            int last = sections((int) position(batch, end - 1) + 1);
            for (int kvHead = 0; kvHead < kvHeads; kvHead++) {
                if (cut) {
                    addSections(row, kvHead, first, last, fairShare, partialSize);
                } else {
                    add(count++, row, end - row, kvHead, first, last, -1);
                }
            }
        }
        for (int i = 0, merge = 0; merge < merges; i++) {
            int first = firstSection(batch, row(i));
            if (partial(i) >= 0 && begin(i) == first) {
                int sections = sections((int) position(batch, row(i)) + 1) - first;
                add(count + merge++, row(i), 1, kvHead(i), 0, sections, partial(i));
            }
        }
    }

    private void addSections(int row, int kvHead, int first, int last, long fairShare, int partialSize) {
        int step = (int) Math.max(1, fairShare / SECTION);
        for (int begin = first; begin < last; begin += step) {
            int partial = partialFloats + (begin - first) * partialSize;
            add(count++, row, 1, kvHead, begin, Math.min(last, begin + step), partial);
        }
        partialFloats = Math.addExact(partialFloats, Math.multiplyExact(last - first, partialSize));
        merges++;
    }

    /** The first position that a row at {@code position} sees. */
    public static int firstSeen(int position, int window) {
        return window > 0 && position >= window ? position - window + 1 : 0;
    }

    private long seen(RowBatch batch, int row) {
        int position = (int) position(batch, row);
        return position + 1L - firstSeen(position, window);
    }

    private int firstSection(RowBatch batch, int row) {
        return firstSeen((int) position(batch, row), window) / SECTION;
    }

    private static int sections(int positions) {
        return (positions + SECTION - 1) / SECTION;
    }

    private static long position(RowBatch batch, int row) {
        return batch.positions().getAtIndex(JAVA_INT, row);
    }

    private void add(int index, int row, int rows, int kvHead, int begin, int end, int partial) {
        long at = at(index);
        parts.set(JAVA_INT, at + ROW, row);
        parts.set(JAVA_INT, at + ROWS, rows);
        parts.set(JAVA_INT, at + KV_HEAD, kvHead);
        parts.set(JAVA_INT, at + BEGIN, begin);
        parts.set(JAVA_INT, at + END, end);
        parts.set(JAVA_INT, at + PARTIAL, partial);
    }

    private static long at(int part) {
        return part * PART.byteSize();
    }

    private static long offset(String field) {
        return PART.byteOffset(PathElement.groupElement(field));
    }

    /** Cut rows give at most twice two parts for each fair share, three more for their ends, and one merge. */
    private void reserve(int rows, int kvHeads, int threads) {
        long most = 4L * rows * kvHeads + 4L * threads * PARTS_PER_THREAD;
        if (parts.byteSize() < most * PART.byteSize()) {
            parts = arena.allocate(2 * most * PART.byteSize(), 64);
        }
    }
}
