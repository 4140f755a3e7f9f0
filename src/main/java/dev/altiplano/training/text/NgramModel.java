package dev.altiplano.training.text;

import java.util.Arrays;
import java.util.List;

/**
 * The probability of each character after the two or three before it, learned from a text (interpolated Witten-Bell, 1991).
 * Contexts are hashed into a table of fixed size. Immutable once learned; any thread.
 */
final class NgramModel {

    private static final int BUCKETS = 1 << 18;
    private static final int LETTERS = 64;

    private final int order;
    private final int[][] counts;
    private final int[] totals;
    private final int[] kinds;

    private NgramModel(int order) {
        this.order = order;
        counts = new int[BUCKETS][];
        totals = new int[BUCKETS];
        kinds = new int[BUCKETS];
    }

    /** A model of the characters after {@code order - 1} others. */
    static NgramModel learn(List<String> texts, int order) {
        NgramModel model = new NgramModel(order);
        for (String text : texts) {
            for (int i = 0; i < text.length(); i++) {
                for (int length = 0; length < order; length++) {
                    model.count(context(text, i, length), letter(text.charAt(i)));
                }
            }
        }
        return model;
    }

    private void count(int context, int letter) {
        if (counts[context] == null) {
            counts[context] = new int[LETTERS];
        }
        if (counts[context][letter]++ == 0) {
            kinds[context]++;
        }
        totals[context]++;
    }

    /** Letters regardless of case, digits as one, common signs, and two classes for all else. */
    private static int letter(char c) {
        if (c >= 'a' && c <= 'z') {
            return c - 'a';
        }
        if (c >= 'A' && c <= 'Z') {
            return c - 'A';
        }
        if (c >= '0' && c <= '9') {
            return 26;
        }
        int sign = " .,;:!?'\"-()\n".indexOf(c);
        if (sign >= 0) {
            return 27 + sign;
        }
        return c < 128 ? 60 : Character.isLetter(c) ? 61 + (c >>> 8) % 2 : 63;
    }

    private static int context(String text, int end, int length) {
        int hash = length * 0x9E3779B9;
        for (int i = end - length; i < end; i++) {
            hash = hash * 31 + (i < 0 ? 99 : letter(text.charAt(i)));
            hash ^= hash >>> 15;
            hash *= 0x85EBCA6B;
        }
        return (hash >>> 7) % BUCKETS;
    }

    /** Mean bits per character that {@code text} costs under this model. */
    double bitsPerCharacter(String text) {
        if (text.isEmpty()) {
            return 0;
        }
        double bits = 0;
        for (int i = 0; i < text.length(); i++) {
            int letter = letter(text.charAt(i));
            double probability = 1.0 / LETTERS;
            for (int length = 0; length < order; length++) {
                int context = context(text, i, length);
                int[] row = counts[context];
                if (row != null) {
                    probability = (row[letter] + kinds[context] * probability) / (totals[context] + kinds[context]);
                }
            }
            bits -= Math.log(probability) / Math.log(2);
        }
        return bits / text.length();
    }

    @Override
    public String toString() {
        return "a model of " + order + "-grams, "
                + Arrays.stream(totals).filter(total -> total > 0).count() + " contexts";
    }
}
