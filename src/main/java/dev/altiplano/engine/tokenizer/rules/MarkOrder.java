package dev.altiplano.engine.tokenizer.rules;

import java.text.Normalizer.Form;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts long runs of combining marks into Unicode's canonical order before a text is normalized. The JDK's normalizer
 * inserts each mark into the run before it, which takes time square in the length of the run; of a run that is in order
 * nothing is moved. Text without long runs is left as it is.
 */
final class MarkOrder {

    /** Above what any writing needs; below it, the order that the JDK makes costs little. */
    private static final int LONG_RUN = 64;

    private MarkOrder() {}

    /** {@code text} with long runs of marks decomposed and in order; its normalization forms stay the same. */
    static String sort(String text, boolean compatible) {
        StringBuilder sorted = null;
        int copied = 0;
        for (int i = 0; i < text.length(); ) {
            int end = runEnd(text, i);
            if (end - i >= LONG_RUN) {
                sorted = sorted == null ? new StringBuilder(text.length()) : sorted;
                sorted.append(text, copied, i);
                appendSorted(text.substring(i, end), compatible ? Form.NFKD : Form.NFD, sorted);
                copied = end;
            }
            i = end > i ? end : i + Character.charCount(text.codePointAt(i));
        }
        return sorted == null
                ? text
                : sorted.append(text, copied, text.length()).toString();
    }

    private static int runEnd(String text, int from) {
        int i = from;
        while (i < text.length()) {
            int codePoint = text.codePointAt(i);
            int type = Character.getType(codePoint);
            if (type != Character.NON_SPACING_MARK
                    && type != Character.COMBINING_SPACING_MARK
                    && type != Character.ENCLOSING_MARK) {
                break;
            }
            i += Character.charCount(codePoint);
        }
        return i;
    }

    private static void appendSorted(String run, Form form, StringBuilder out) {
        Map<Integer, int[]> decomposed = new HashMap<>();
        List<Integer> classes = new ArrayList<>();
        Map<Integer, Integer> classOf = new HashMap<>();
        List<StringBuilder> buckets = new ArrayList<>();
        for (int codePoint : run.codePoints().toArray()) {
            int[] parts = decomposed.computeIfAbsent(
                    codePoint,
                    mark -> java.text.Normalizer.normalize(Character.toString(mark), form)
                            .codePoints()
                            .toArray());
            for (int part : parts) {
                if (isStarter(part)) {
                    flush(classes, buckets, out);
                    out.appendCodePoint(part);
                    continue;
                }
                int group = classOf.computeIfAbsent(part, mark -> groupOf(mark, classes, buckets));
                buckets.get(group).appendCodePoint(part);
            }
        }
        flush(classes, buckets, out);
    }

    /** The number of the group whose marks are ordered like {@code mark}; a new one if there is none. */
    private static int groupOf(int mark, List<Integer> representatives, List<StringBuilder> buckets) {
        for (int group = 0; group < representatives.size(); group++) {
            int other = representatives.get(group);
            if (!swaps(mark, other) && !swaps(other, mark)) {
                return group;
            }
        }
        representatives.add(mark);
        buckets.add(new StringBuilder());
        return representatives.size() - 1;
    }

    /** Appends the groups in canonical order and empties them. */
    private static void flush(List<Integer> representatives, List<StringBuilder> buckets, StringBuilder out) {
        List<Integer> order = new ArrayList<>();
        for (int group = 0; group < buckets.size(); group++) {
            if (!buckets.get(group).isEmpty()) {
                int at = 0;
                while (at < order.size() && swaps(representatives.get(group), representatives.get(order.get(at)))) {
                    at++;
                }
                order.add(at, group);
            }
        }
        for (int group : order) {
            out.append(buckets.get(group));
            buckets.get(group).setLength(0);
        }
    }

    /** Whether {@code first} comes behind {@code second} in canonical order. */
    private static boolean swaps(int first, int second) {
        String pair = Character.toString(first) + Character.toString(second);
        return first != second
                && !java.text.Normalizer.normalize(pair, Form.NFD).equals(pair);
    }

    /** Whether nothing moves across the mark: its combining class is 0. Of U+0301 or U+0327 one moves across any other. */
    private static boolean isStarter(int mark) {
        return !swaps(0x0345, mark) && !swaps(mark, 0x0334);
    }
}
