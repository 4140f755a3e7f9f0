package dev.altiplano.engine.tokenizer.rules;

import java.util.Arrays;

/** Puts a character in front of pieces that do not begin with it. */
final class PutInFront {

    /** Which pieces get one. */
    @FunctionalInterface
    interface Condition {
        boolean holds(int piece, Place place);
    }

    private PutInFront() {}

    static Pieces put(Pieces pieces, char c, Condition condition) {
        int extra = 0;
        for (int i = 0; i < pieces.count(); i++) {
            extra += needs(pieces, i, c, condition) ? 1 : 0;
        }
        if (extra == 0) {
            return pieces;
        }
        char[] old = pieces.text();
        char[] text = Arrays.copyOf(old, old.length + extra);
        int[] bounds = new int[2 * pieces.count()];
        int size = 0;
        for (int i = 0; i < pieces.count(); i++) {
            bounds[2 * i] = size;
            if (needs(pieces, i, c, condition)) {
                text[size++] = c;
            }
            int length = pieces.end(i) - pieces.start(i);
            System.arraycopy(old, pieces.start(i), text, size, length);
            size += length;
            bounds[2 * i + 1] = size;
        }
        Pieces result = new Pieces(text, pieces.place(), pieces.count());
        for (int i = 0; i < pieces.count(); i++) {
            result.add(bounds[2 * i], bounds[2 * i + 1]);
        }
        return result;
    }

    private static boolean needs(Pieces pieces, int piece, char c, Condition condition) {
        return pieces.text()[pieces.start(piece)] != c && condition.holds(piece, pieces.place());
    }
}
