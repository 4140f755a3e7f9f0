package dev.altiplano.engine.tokenizer.rules;

import java.util.Arrays;

/** A stretch of text, cut into pieces that stand one behind the other; what lies between two pieces is left out. */
public final class Pieces {

    private final char[] text;
    private final Place place;
    private int[] bounds;
    private int count;

    /** No pieces of {@code text} yet. */
    Pieces(char[] text, Place place, int expected) {
        this.text = text;
        this.place = place;
        bounds = new int[2 * Math.max(8, expected)];
    }

    /** All of {@code text}, which has no lone surrogates, as one piece. */
    public static Pieces whole(char[] text, Place place) {
        Pieces pieces = new Pieces(text, place, 1);
        pieces.add(0, text.length);
        return pieces;
    }

    /** Adds a piece behind the others; an empty one is left out. */
    void add(int start, int end) {
        if (start == end) {
            return;
        }
        if (2 * count == bounds.length) {
            bounds = Arrays.copyOf(bounds, 4 * count);
        }
        bounds[2 * count] = start;
        bounds[2 * count + 1] = end;
        count++;
    }

    Pieces empty() {
        return new Pieces(text, place, count);
    }

    public char[] text() {
        return text;
    }

    Place place() {
        return place;
    }

    public int count() {
        return count;
    }

    public int start(int piece) {
        return bounds[2 * piece];
    }

    public int end(int piece) {
        return bounds[2 * piece + 1];
    }
}
