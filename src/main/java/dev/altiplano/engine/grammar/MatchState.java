package dev.altiplano.engine.grammar;

import dev.altiplano.engine.grammar.program.Program;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * All ways in which the text so far can be read. Immutable.
 *
 * @param items the ways that go on
 * @param complete whether the text may end here
 */
record MatchState(List<Item> items, boolean complete) {

    private static final int FEW = 8;

    /** Before the first byte. */
    static MatchState start(Program program) {
        Follow follow = Follow.of(program, program.root(), 0, null, new Follows());
        return new MatchState(follow.items(), follow.complete());
    }

    /**
     * After a byte; no items and not complete if it cannot come.
     *
     * @throws AmbiguousGrammarException where there are too many ways, or {@code follows} has no more steps
     */
    MatchState step(int value, Follows follows) {
        follows.count(Follows.STEPS_OF_A_PLACE * items.size());
        List<Item> next = new ArrayList<>(items.size() + 2);
        boolean completes = false;
        boolean several = items.size() > 1;
        for (Item item : items) {
            Item stepped = item.step(value);
            if (stepped == null) {
                continue;
            }
            if (useful(stepped)) {
                next.add(stepped);
            }
            if (stepped.accepting()) {
                Frame after = stepped.next();
                if (after == null) {
                    completes = true;
                } else {
                    Follow follow = follows.of(after);
                    next.addAll(follow.items());
                    completes |= follow.complete();
                    several = true;
                }
            }
        }
        return new MatchState(several ? distinct(next) : next, completes);
    }

    private static List<Item> distinct(List<Item> items) {
        if (items.size() <= FEW) {
            List<Item> kept = new ArrayList<>(items.size());
            for (Item item : items) {
                if (!kept.contains(item)) {
                    kept.add(item);
                }
            }
            return kept;
        }
        Set<Item> kept = new LinkedHashSet<>();
        for (Item item : items) {
            if (kept.add(item) && kept.size() > Follow.MAX_ITEMS) {
                throw new AmbiguousGrammarException();
            }
        }
        return new ArrayList<>(kept);
    }

    /** Whether the automaton can read on; one that is through has been followed already. */
    private static boolean useful(Item item) {
        return item.terminal().dfa().edgeCount(item.state()) > 0;
    }

    boolean impossible() {
        return items.isEmpty() && !complete;
    }

    /** Sum of the depths of all stacks. */
    int depth() {
        int sum = 0;
        for (Item item : items) {
            Frame next = item.next();
            sum += next == null ? 1 : next.depth();
        }
        return sum;
    }
}
