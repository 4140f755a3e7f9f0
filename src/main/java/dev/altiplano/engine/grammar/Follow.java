package dev.altiplano.engine.grammar;

import dev.altiplano.engine.grammar.program.Node;
import dev.altiplano.engine.grammar.program.Program;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What may come at a place of a grammar: automata at their start, each with the stack after it.
 *
 * @param items automata and stacks, without duplicates
 * @param complete whether the whole text may end here
 * @param places how many places of the grammar were passed to find them
 */
record Follow(List<Item> items, boolean complete, int places) {

    /** In more ways no text is read. */
    static final int MAX_ITEMS = 8192;

    private record Place(Node node, int count, @Nullable Frame parent) {}

    /**
     * Walks from a node without reading a byte.
     *
     * @throws AmbiguousGrammarException where there are too many ways, or {@code follows} has no more steps
     */
    static Follow of(Program program, Node start, int startCount, @Nullable Frame startParent, Follows follows) {
        List<Item> items = new ArrayList<>();
        boolean complete = false;
        int places = 0;
        ArrayDeque<Place> open = new ArrayDeque<>();
        Set<Place> seen = new HashSet<>();
        Set<Frame> rounds = new HashSet<>();
        open.push(new Place(start, startCount, startParent));
        while (!open.isEmpty()) {
            follows.count(Follows.STEPS_OF_A_PLACE);
            places++;
            Place place = open.pop();
            Frame parent = place.parent();
            switch (place.node()) {
                case Node.Match match -> {
                    if (items.size() == MAX_ITEMS) {
                        throw new AmbiguousGrammarException();
                    }
                    items.add(new Item(match.terminal(), 0, 0, after(program, match.next(), parent)));
                    if (match.terminal().dfa().accepting(0)) {
                        open.push(new Place(match.next(), 0, parent));
                    }
                }
                case Node.Call call ->
                    open.push(new Place(program.entry(call.rule()), 0, after(program, call.next(), parent)));
                case Node.Branch branch -> {
                    for (int i = branch.size() - 1; i >= 0; i--) {
                        if (seen.add(new Place(branch.option(i), 0, parent))) {
                            open.push(new Place(branch.option(i), 0, parent));
                        }
                    }
                }
                case Node.Loop loop -> {
                    if (place.count() >= loop.min()) {
                        open.push(new Place(loop.next(), 0, parent));
                    }
                    if (place.count() < loop.max()) {
                        Frame round = new Frame(program, loop, loop.countAfter(place.count()), parent);
                        if (rounds.add(round)) {
                            open.push(new Place(place.count() == 0 ? loop.body() : loop.again(), 0, round));
                        }
                    }
                }
                case Node.Return end -> {
                    if (parent == null) {
                        complete = true;
                    } else if (parent.node() instanceof Node.Loop loop && rounds.contains(parent)) {
                        // A round that read nothing: the rounds that are still to come may read nothing as well.
                        open.push(new Place(loop.next(), 0, parent.parent()));
                    } else {
                        open.push(new Place(parent.node(), parent.count(), parent.parent()));
                    }
                }
            }
        }
        return new Follow(List.copyOf(items), complete, places);
    }

    /** The stack after a part; what only returns needs no place on it. */
    private static @Nullable Frame after(Program program, Node next, @Nullable Frame parent) {
        return next == Node.RETURN ? parent : new Frame(program, next, 0, parent);
    }
}
