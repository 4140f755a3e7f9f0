package dev.altiplano.engine.tokenizer.regex;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Which characters are equal where an expression ignores case: those of one simple case folding. */
final class CaseVariants {

    /** Folded code point to all code points that fold to it, where there is more than one. */
    private static final Map<Integer, List<Integer>> BY_FOLDED = byFolded();

    private CaseVariants() {}

    /** {@code set} and all that equals one of its members when case is ignored. */
    static CodePoints of(CodePoints set) {
        TreeSet<Integer> variants = new TreeSet<>();
        for (List<Integer> equal : BY_FOLDED.values()) {
            boolean member = false;
            for (int codePoint : equal) {
                member |= set.contains(codePoint);
            }
            if (member) {
                variants.addAll(equal);
            }
        }
        CodePoints.Builder added = new CodePoints.Builder();
        variants.forEach(codePoint -> added.add(codePoint, codePoint));
        return set.union(CodePoints.of(added));
    }

    private static Map<Integer, List<Integer>> byFolded() {
        Map<Integer, List<Integer>> groups = new HashMap<>();
        for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
            int folded = fold(codePoint);
            if (folded != codePoint) {
                groups.computeIfAbsent(folded, key -> new ArrayList<>(List.of(key)))
                        .add(codePoint);
            }
        }
        return groups;
    }

    private static int fold(int codePoint) {
        // Dotted and dotless i have no simple folding to i.
        return codePoint == 0x130 || codePoint == 0x131
                ? codePoint
                : Character.toLowerCase(Character.toUpperCase(codePoint));
    }
}
