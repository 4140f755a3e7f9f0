package dev.altiplano.engine.tokenizer.regex;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The characters sorted into classes that an expression does not tell apart. */
final class CharClasses {

    private static final int PAGE_BITS = 8;
    private static final int PAGE = 1 << PAGE_BITS;

    /** [code point / 256][code point % 256] class; pages of a single class are shared. */
    private final short[][] pages = new short[(Character.MAX_CODE_POINT + 1) >> PAGE_BITS][];
    /** [class] the sets that have its characters. */
    private final BitSet[] members;

    CharClasses(List<CodePoints> sets) {
        int[] cuts = cuts(sets);
        int[] classOfCut = new int[cuts.length];
        Map<BitSet, Integer> known = new HashMap<>();
        for (int i = 0; i < cuts.length; i++) {
            BitSet signature = new BitSet(sets.size());
            for (int set = 0; set < sets.size(); set++) {
                signature.set(set, sets.get(set).contains(cuts[i]));
            }
            classOfCut[i] = known.computeIfAbsent(signature, key -> known.size());
        }
        if (known.size() > Short.MAX_VALUE) {
            throw new RegexException(
                    "the expression tells more than " + Short.MAX_VALUE + " classes of characters apart");
        }
        members = new BitSet[known.size()];
        known.forEach((signature, number) -> members[number] = signature);
        fill(cuts, classOfCut);
    }

    /** Where membership in some set changes, beginning with 0. */
    private static int[] cuts(List<CodePoints> sets) {
        BitSet changes = new BitSet(Character.MAX_CODE_POINT + 2);
        changes.set(0);
        for (CodePoints set : sets) {
            for (int range = 0; range < set.ranges(); range++) {
                changes.set(set.first(range));
                changes.set(set.last(range) + 1);
            }
        }
        changes.clear(Character.MAX_CODE_POINT + 1);
        return changes.stream().toArray();
    }

    private void fill(int[] cuts, int[] classOfCut) {
        short[][] uniform = new short[members.length][];
        int cut = 0;
        for (int page = 0; page < pages.length; page++) {
            int first = page << PAGE_BITS;
            while (cut + 1 < cuts.length && cuts[cut + 1] <= first) {
                cut++;
            }
            int number = classOfCut[cut];
            if (cut + 1 == cuts.length || cuts[cut + 1] >= first + PAGE) {
                if (uniform[number] == null) {
                    uniform[number] = new short[PAGE];
                    Arrays.fill(uniform[number], (short) number);
                }
                pages[page] = uniform[number];
                continue;
            }
            short[] mixed = new short[PAGE];
            int at = cut;
            for (int i = 0; i < PAGE; i++) {
                while (at + 1 < cuts.length && cuts[at + 1] <= first + i) {
                    at++;
                }
                mixed[i] = (short) classOfCut[at];
            }
            pages[page] = mixed;
        }
    }

    int count() {
        return members.length;
    }

    int of(int codePoint) {
        return pages[codePoint >> PAGE_BITS][codePoint & (PAGE - 1)];
    }

    boolean isIn(int set, int charClass) {
        return members[charClass].get(set);
    }
}
