package dev.altiplano.engine.tokenizer.vocabulary;

import java.util.Arrays;

/**
 * The merging of byte-pair encoding: of all neighbours that a rule merges, the pair of lowest rank merges first, the
 * leftmost of equals, until no rule applies. Scratch memory of one call of {@code encode}; belongs to one thread.
 *
 * <p>A few symbols (a word) are searched for the best pair again after each merge. Many symbols are linked into a list,
 * and a heap holds one number for each pair that merges: its rank above, the index of its left symbol below, so that the
 * order of the numbers is the order of the merges. A number whose pair is gone is recognized when it comes up: the rule
 * now at its left symbol has another rank. n symbols make at most 3n heap entries, hence n log n steps.
 */
public final class SymbolMerger {

    /** Up to here searching is faster than the heap. */
    private static final int FEW = 24;

    private final MergeRules rules;

    private int count;
    private int[] symbol = new int[64];
    /** The rule that merges the symbol at this index with the one after it, or a negative number. */
    private int[] rule = new int[64];
    /** Index of the next and of the previous symbol that is left; for many symbols only. */
    private int[] next = {};

    private int[] previous = {};
    private long[] heap = {};
    private int heapSize;

    private long steps;

    public SymbolMerger(MergeRules rules) {
        this.rules = rules;
    }

    /** Forgets the symbols. */
    public void clear() {
        count = 0;
    }

    /** Adds a symbol on the right. */
    public void add(int newSymbol) {
        add(count == 0 ? PairTable.ABSENT : rules.find(symbol[count - 1], newSymbol), newSymbol);
    }

    /** Adds a symbol on the right, where the rule between it and the one before is known already. */
    public void add(int ruleBefore, int newSymbol) {
        if (count == symbol.length) {
            symbol = Arrays.copyOf(symbol, 2 * count);
            rule = Arrays.copyOf(rule, 2 * count);
        }
        if (count > 0) {
            rule[count - 1] = ruleBefore;
        }
        symbol[count++] = newSymbol;
    }

    /** The number of symbols: those added, or after {@link #merge} those left. */
    public int count() {
        return count;
    }

    public int symbol(int index) {
        return symbol[index];
    }

    /** The elementary steps taken so far, by which tests see how the work grows with the text. */
    public long steps() {
        return steps;
    }

    /** Applies the rules until none applies. */
    public void merge() {
        if (count > FEW) {
            mergeMany();
        } else if (count > 1) {
            mergeFew();
        }
    }

    private void mergeFew() {
        while (true) {
            int best = -1;
            int bestRank = Integer.MAX_VALUE;
            for (int i = 0; i < count - 1; i++) {
                int candidate = rule[i];
                if (candidate >= 0) {
                    int candidateRank = rules.rank(candidate);
                    if (candidateRank < bestRank) {
                        best = i;
                        bestRank = candidateRank;
                    }
                }
            }
            steps += count;
            if (best < 0) {
                return;
            }
            symbol[best] = rules.result(rule[best]);
            count--;
            for (int i = best + 1; i < count; i++) {
                symbol[i] = symbol[i + 1];
                rule[i - 1] = rule[i];
            }
            if (best > 0) {
                rule[best - 1] = rules.find(symbol[best - 1], symbol[best]);
            }
            if (best < count - 1) {
                rule[best] = rules.find(symbol[best], symbol[best + 1]);
            }
        }
    }

    private void mergeMany() {
        link();
        while (heapSize > 0) {
            long top = pop();
            int left = (int) top;
            int applied = rule[left];
            if (applied < 0 || rules.rank(applied) != (int) (top >>> 32)) {
                continue;
            }
            int right = next[left];
            int after = next[right];
            symbol[left] = rules.result(applied);
            rule[right] = PairTable.ABSENT;
            next[left] = after;
            int before = previous[left];
            if (before >= 0) {
                pair(before, rules.find(symbol[before], symbol[left]));
            }
            if (after >= 0) {
                previous[after] = left;
                pair(left, rules.find(symbol[left], symbol[after]));
            } else {
                rule[left] = PairTable.ABSENT;
            }
        }
        int kept = 0;
        for (int i = 0; i >= 0; i = next[i]) {
            symbol[kept++] = symbol[i];
        }
        count = kept;
    }

    private void link() {
        if (next.length < count) {
            next = new int[symbol.length];
            previous = new int[symbol.length];
        }
        heapSize = 0;
        rule[count - 1] = PairTable.ABSENT;
        for (int i = 0; i < count; i++) {
            next[i] = i + 1 < count ? i + 1 : -1;
            previous[i] = i - 1;
            pair(i, rule[i]);
        }
    }

    private void pair(int left, int found) {
        rule[left] = found;
        if (found >= 0) {
            push(((long) rules.rank(found) << 32) | left);
        }
    }

    private void push(long entry) {
        if (heapSize == heap.length) {
            heap = Arrays.copyOf(heap, Math.max(count, 2 * heapSize));
        }
        int hole = heapSize++;
        while (hole > 0) {
            int parent = (hole - 1) >> 1;
            steps++;
            if (heap[parent] <= entry) {
                break;
            }
            heap[hole] = heap[parent];
            hole = parent;
        }
        heap[hole] = entry;
    }

    private long pop() {
        long top = heap[0];
        long entry = heap[--heapSize];
        int hole = 0;
        while (true) {
            int child = 2 * hole + 1;
            if (child >= heapSize) {
                break;
            }
            steps++;
            if (child + 1 < heapSize && heap[child + 1] < heap[child]) {
                child++;
            }
            if (heap[child] >= entry) {
                break;
            }
            heap[hole] = heap[child];
            hole = child;
        }
        heap[hole] = entry;
        return top;
    }
}
