package dev.altiplano.engine.grammar.automaton;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A set of Unicode code points without surrogates, as sorted ranges that do not touch.
 *
 * @param bounds first and last code point of each range, in turn
 */
public record CodePoints(int[] bounds) {

    private static final int FIRST_SURROGATE = 0xD800;
    private static final int LAST_SURROGATE = 0xDFFF;

    public static final CodePoints NONE = new CodePoints(new int[0]);
    public static final CodePoints ALL =
            new CodePoints(new int[] {0, FIRST_SURROGATE - 1, LAST_SURROGATE + 1, Character.MAX_CODE_POINT});

    public static CodePoints of(int codePoint) {
        return range(codePoint, codePoint);
    }

    /** The code points from {@code first} to {@code last}, both included. */
    public static CodePoints range(int first, int last) {
        return normal(new int[] {first, last});
    }

    /** Each character of {@code text}. */
    public static CodePoints anyOf(String text) {
        return normal(text.codePoints().flatMap(c -> IntStream.of(c, c)).toArray());
    }

    /** The set of ranges in any order, overlapping or not. */
    public static CodePoints ofRanges(int[] ranges) {
        return normal(ranges.clone());
    }

    private static CodePoints normal(int[] ranges) {
        int count = ranges.length / 2;
        long[] sorted = new long[count];
        int kept = 0;
        for (int i = 0; i < count; i++) {
            if (ranges[2 * i] <= ranges[2 * i + 1]) {
                sorted[kept++] = (long) ranges[2 * i] << 32 | ranges[2 * i + 1];
            }
        }
        Arrays.sort(sorted, 0, kept);
        int[] merged = new int[2 * kept + 2];
        int size = 0;
        for (int i = 0; i < kept; i++) {
            int first = (int) (sorted[i] >>> 32);
            int last = (int) sorted[i];
            if (size > 0 && first <= merged[size - 1] + 1) {
                merged[size - 1] = Math.max(merged[size - 1], last);
            } else {
                merged[size++] = first;
                merged[size++] = last;
            }
        }
        return new CodePoints(withoutSurrogates(merged, size));
    }

    private static int[] withoutSurrogates(int[] bounds, int size) {
        int[] kept = new int[size + 2];
        int count = 0;
        for (int i = 0; i < size; i += 2) {
            if (bounds[i] < FIRST_SURROGATE) {
                kept[count++] = bounds[i];
                kept[count++] = Math.min(bounds[i + 1], FIRST_SURROGATE - 1);
            }
            if (bounds[i + 1] > LAST_SURROGATE) {
                kept[count++] = Math.max(bounds[i], LAST_SURROGATE + 1);
                kept[count++] = bounds[i + 1];
            }
        }
        return Arrays.copyOf(kept, count);
    }

    public boolean isEmpty() {
        return bounds.length == 0;
    }

    public int rangeCount() {
        return bounds.length / 2;
    }

    public int first(int range) {
        return bounds[2 * range];
    }

    public int last(int range) {
        return bounds[2 * range + 1];
    }

    public boolean contains(int codePoint) {
        for (int i = 0; i < bounds.length; i += 2) {
            if (codePoint <= bounds[i + 1]) {
                return codePoint >= bounds[i];
            }
        }
        return false;
    }

    public CodePoints or(CodePoints other) {
        int[] both = Arrays.copyOf(bounds, bounds.length + other.bounds.length);
        System.arraycopy(other.bounds, 0, both, bounds.length, other.bounds.length);
        return normal(both);
    }

    /** All code points that are not in this set. */
    public CodePoints not() {
        int[] gaps = new int[bounds.length + 2];
        int size = 0;
        int next = 0;
        for (int i = 0; i < bounds.length; i += 2) {
            gaps[size++] = next;
            gaps[size++] = bounds[i] - 1;
            next = bounds[i + 1] + 1;
        }
        gaps[size++] = next;
        gaps[size] = Character.MAX_CODE_POINT;
        return normal(gaps);
    }

    public CodePoints minus(CodePoints other) {
        return not().or(other).not();
    }

    @Override
    public boolean equals(Object object) {
        return object instanceof CodePoints other && Arrays.equals(bounds, other.bounds);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bounds);
    }

    @Override
    public String toString() {
        return "CodePoints" + Arrays.toString(bounds);
    }
}
