package dev.altiplano.engine.grammar.automaton;

import dev.altiplano.engine.grammar.limit.Budget;

/** Merges states of which no text can tell one from the other: Hopcroft's algorithm over classes of bytes that no edge tells apart. */
final class Minimizer {

    /** Beyond so many table cells an automaton stays as it is; that costs memory later and changes nothing else. */
    private static final long MAX_CELLS = 1 << 22;

    private final Dfa dfa;
    private final Budget budget;
    /** States, and after them one that stands for no edge. */
    private final int count;

    private final int[] classStart = new int[256];
    private int classes;
    /** Sources of each (class, target): sources[from[c * count + t]] to before the next. */
    private int[] from = new int[0];

    private int[] sources = new int[0];

    private final int[] members;
    private final int[] position;
    private final int[] group;
    private final int[] begin;
    private final int[] end;
    private final int[] marked;
    private int groups;

    private Minimizer(Dfa dfa, Budget budget) {
        this.dfa = dfa;
        this.budget = budget;
        count = dfa.stateCount() + 1;
        members = new int[count];
        position = new int[count];
        group = new int[count];
        begin = new int[count];
        end = new int[count];
        marked = new int[count];
    }

    static Dfa run(Dfa dfa, Budget budget) {
        Minimizer minimizer = new Minimizer(dfa, budget);
        minimizer.findClasses();
        if (dfa.stateCount() < 3 || (long) minimizer.classes * minimizer.count > MAX_CELLS) {
            return dfa;
        }
        minimizer.invert();
        minimizer.refine();
        return minimizer.groups == minimizer.count ? dfa : minimizer.merged();
    }

    private void findClasses() {
        boolean[] cut = new boolean[257];
        cut[0] = true;
        for (int s = 0; s < dfa.stateCount(); s++) {
            for (int i = 0; i < dfa.edgeCount(s); i++) {
                cut[dfa.low(dfa.firstEdge(s) + i)] = true;
                cut[dfa.high(dfa.firstEdge(s) + i) + 1] = true;
            }
        }
        for (int b = 0; b < 256; b++) {
            if (cut[b]) {
                classStart[classes++] = b;
            }
        }
    }

    private int target(int state, int byteClass) {
        if (state == count - 1) {
            return state;
        }
        int to = dfa.step(state, classStart[byteClass]);
        return to == Dfa.DEAD ? count - 1 : to;
    }

    private void invert() {
        int cells = classes * count;
        budget.work(2L * cells);
        from = new int[cells + 1];
        sources = new int[cells];
        int[] targets = new int[cells];
        for (int c = 0; c < classes; c++) {
            for (int s = 0; s < count; s++) {
                int to = target(s, c);
                targets[c * count + s] = to;
                from[c * count + to + 1]++;
            }
        }
        for (int i = 0; i < cells; i++) {
            from[i + 1] += from[i];
        }
        int[] next = from.clone();
        for (int c = 0; c < classes; c++) {
            for (int s = 0; s < count; s++) {
                sources[next[c * count + targets[c * count + s]]++] = s;
            }
        }
    }

    private void refine() {
        int accepting = 0;
        for (int s = 0; s < count - 1; s++) {
            accepting += dfa.accepting(s) ? 1 : 0;
        }
        int low = 0;
        int high = accepting;
        for (int s = 0; s < count; s++) {
            boolean accepts = s < count - 1 && dfa.accepting(s);
            int at = accepts ? low++ : high++;
            members[at] = s;
            position[s] = at;
            group[s] = accepts ? 0 : 1;
        }
        groups = 2;
        end[0] = accepting;
        begin[1] = accepting;
        end[1] = count;
        boolean[] waiting = new boolean[count];
        int[] queue = new int[count];
        int waitingCount = 0;
        int smaller = accepting <= count - accepting ? 0 : 1;
        waiting[smaller] = true;
        queue[waitingCount++] = smaller;
        int[] splitter = new int[count];
        int[] touched = new int[count];
        while (waitingCount > 0) {
            int by = queue[--waitingCount];
            waiting[by] = false;
            int size = end[by] - begin[by];
            System.arraycopy(members, begin[by], splitter, 0, size);
            for (int c = 0; c < classes; c++) {
                int touchedCount = mark(splitter, size, c, touched);
                for (int i = 0; i < touchedCount; i++) {
                    int old = touched[i];
                    int added = split(old);
                    if (added < 0) {
                        continue;
                    }
                    int push = waiting[old] || end[added] - begin[added] <= end[old] - begin[old] ? added : old;
                    waiting[push] = true;
                    queue[waitingCount++] = push;
                }
            }
        }
    }

    /** Moves all states that go into the splitter to the front of their groups; gives the number of groups that have some. */
    private int mark(int[] splitter, int size, int byteClass, int[] touched) {
        int touchedCount = 0;
        for (int i = 0; i < size; i++) {
            int cell = byteClass * count + splitter[i];
            budget.work(1 + from[cell + 1] - from[cell]);
            for (int j = from[cell]; j < from[cell + 1]; j++) {
                int s = sources[j];
                int g = group[s];
                if (marked[g] == 0) {
                    touched[touchedCount++] = g;
                }
                int front = begin[g] + marked[g]++;
                int swapped = members[front];
                members[position[s]] = swapped;
                position[swapped] = position[s];
                members[front] = s;
                position[s] = front;
            }
        }
        return touchedCount;
    }

    /** Makes the marked part of a group a group of its own; -1 where all are marked. */
    private int split(int old) {
        int size = marked[old];
        marked[old] = 0;
        if (size == end[old] - begin[old]) {
            return -1;
        }
        int added = groups++;
        begin[added] = begin[old];
        end[added] = begin[old] + size;
        begin[old] = end[added];
        for (int i = begin[added]; i < end[added]; i++) {
            group[members[i]] = added;
        }
        return added;
    }

    private Dfa merged() {
        DfaBuilder builder = new DfaBuilder(budget);
        for (int g = 0; g < groups; g++) {
            int s = members[begin[g]];
            boolean dead = s == count - 1;
            builder.addState(!dead && dfa.accepting(s));
            for (int i = 0; !dead && i < dfa.edgeCount(s); i++) {
                int edge = dfa.firstEdge(s) + i;
                builder.addEdge(dfa.low(edge), dfa.high(edge), group[dfa.target(edge)]);
            }
        }
        return builder.build(group[0]);
    }
}
