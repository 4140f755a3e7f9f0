package dev.altiplano.engine.tokenizer.regex;

import java.util.Arrays;

/** An immutable set of code points, as ranges in order that neither touch nor overlap. */
final class CodePoints {

    static final CodePoints NONE = new CodePoints(new int[0]);
    static final CodePoints ALL = range(0, Character.MAX_CODE_POINT);

    /** First and one past the last code point of each range, in turn. */
    private final int[] bounds;

    private CodePoints(int[] bounds) {
        this.bounds = bounds;
    }

    static CodePoints one(int codePoint) {
        return range(codePoint, codePoint);
    }

    /** The code points from {@code first} to {@code last}, both included. */
    static CodePoints range(int first, int last) {
        return new CodePoints(new int[] {first, last + 1});
    }

    static CodePoints of(Builder builder) {
        return new CodePoints(Arrays.copyOf(builder.bounds, builder.size));
    }

    boolean contains(int codePoint) {
        int at = Arrays.binarySearch(bounds, codePoint);
        // A hit on an even index begins a range; a miss lies inside a range if an odd number of bounds stand before.
        return at >= 0 ? (at & 1) == 0 : ((-at - 1) & 1) == 1;
    }

    CodePoints negate() {
        boolean fromZero = bounds.length > 0 && bounds[0] == 0;
        int end = Character.MAX_CODE_POINT + 1;
        boolean toEnd = bounds.length > 0 && bounds[bounds.length - 1] == end;
        int from = fromZero ? 1 : 0;
        int to = toEnd ? bounds.length - 1 : bounds.length;
        int[] inverse = new int[(fromZero ? 0 : 1) + Math.max(0, to - from) + (toEnd ? 0 : 1)];
        int size = 0;
        if (!fromZero) {
            inverse[size++] = 0;
        }
        for (int i = from; i < to; i++) {
            inverse[size++] = bounds[i];
        }
        if (!toEnd) {
            inverse[size] = end;
        }
        return new CodePoints(inverse);
    }

    CodePoints union(CodePoints other) {
        if (bounds.length == 0) {
            return other;
        }
        Builder merged = new Builder();
        int i = 0;
        int j = 0;
        while (i < bounds.length || j < other.bounds.length) {
            boolean mine = j >= other.bounds.length || (i < bounds.length && bounds[i] <= other.bounds[j]);
            int[] source = mine ? bounds : other.bounds;
            int at = mine ? i : j;
            merged.add(source[at], source[at + 1] - 1);
            if (mine) {
                i += 2;
            } else {
                j += 2;
            }
        }
        return of(merged);
    }

    CodePoints intersect(CodePoints other) {
        return negate().union(other.negate()).negate();
    }

    int ranges() {
        return bounds.length / 2;
    }

    int first(int range) {
        return bounds[2 * range];
    }

    int last(int range) {
        return bounds[2 * range + 1] - 1;
    }

    /** Collects ranges that come in order of their beginnings. */
    static final class Builder {

        private int[] bounds = new int[16];
        private int size;

        void add(int first, int last) {
            if (size > 0 && first <= bounds[size - 1]) {
                bounds[size - 1] = Math.max(bounds[size - 1], last + 1);
                return;
            }
            if (size == bounds.length) {
                bounds = Arrays.copyOf(bounds, 2 * size);
            }
            bounds[size++] = first;
            bounds[size++] = last + 1;
        }
    }
}
