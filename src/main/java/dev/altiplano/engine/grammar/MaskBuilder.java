package dev.altiplano.engine.grammar;

import dev.altiplano.engine.grammar.automaton.Dfa;
import dev.altiplano.engine.grammar.rule.Terminal;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Computes the mask of one state. Tokens that stay within an automaton come from its {@link Split}; for those that leave it, the
 * trie is walked on from the nodes where it is left, along what follows on the stack.
 */
final class MaskBuilder {

    /** Steps beyond automata for one mask. After them only tokens of one byte are added, which keeps a sequence going. */
    private static final int MAX_STEPS = 3_000_000;

    private static final int WORDS_OF_A_STEP = 8;
    /** A split is walked once and then kept for other masks. */
    private static final int SPLIT_STEPS_OF_A_STEP = 4;

    private final TokenTrie trie;
    private final long[] bits;
    private final Follows follows;
    /** Those that have been counted. */
    private final Set<Split> splits = new HashSet<>();

    private final Map<Frame, Follow> followed = new HashMap<>();
    private int steps;

    private MaskBuilder(TokenTrie trie, int vocabularySize, Follows follows) {
        this.trie = trie;
        this.follows = follows;
        bits = new long[vocabularySize + 63 >>> 6];
    }

    /**
     * The mask's bits.
     *
     * @throws AmbiguousGrammarException where {@code follows} has no more steps
     */
    static long[] build(MatchState state, TokenVocabulary vocabulary, Follows follows) {
        MaskBuilder builder = new MaskBuilder(vocabulary.trie(), vocabulary.size(), follows);
        for (Item item : state.items()) {
            builder.add(item, vocabulary.split(item.terminal(), item.state()));
        }
        if (builder.steps > MAX_STEPS) {
            builder.addBytes(state);
        }
        if (state.complete()) {
            for (int id : vocabulary.endIds()) {
                builder.bits[id >>> 6] |= 1L << id;
            }
        }
        return builder.bits;
    }

    private void add(Item item, Split split) {
        follows.count(
                1 + bits.length / WORDS_OF_A_STEP + (splits.add(split) ? split.steps() / SPLIT_STEPS_OF_A_STEP : 0));
        Terminal terminal = item.terminal();
        int min = terminal.min() - item.count();
        int max = terminal.max() == Integer.MAX_VALUE ? Integer.MAX_VALUE : terminal.max() - item.count();
        split.addTo(bits, min, max);
        Frame next = item.next();
        if (next == null) {
            return;
        }
        for (int i = 0; i < split.exitCount(); i++) {
            int units = split.exitUnits(i);
            if (!terminal.counts() || units >= min && units <= max) {
                follow(split.exit(i), next);
            }
        }
    }

    private void follow(int node, Frame next) {
        if (steps > MAX_STEPS) {
            return;
        }
        for (Item item : followed.computeIfAbsent(next, follows::of).items()) {
            walk(node, item.terminal(), item.state(), item.count(), item.next());
        }
    }

    private void walk(int node, Terminal terminal, int state, int count, @Nullable Frame next) {
        if (++steps > MAX_STEPS) {
            return;
        }
        int only = terminal.dfa().onlyByte(state);
        if (only >= 0) {
            int child = trie.child(node, only);
            if (child >= 0) {
                enter(child, only, terminal, state, count, next);
            }
            return;
        }
        int end = trie.endOfChildren(node);
        for (int child = trie.firstChild(node); child < end; child++) {
            enter(child, trie.value(child), terminal, state, count, next);
        }
    }

    private void enter(int node, int value, Terminal terminal, int state, int count, @Nullable Frame next) {
        if (++steps > MAX_STEPS) {
            return;
        }
        long packed = Item.step(terminal, state, count, value);
        if (packed == Item.DEAD) {
            return;
        }
        for (int i = trie.firstToken(node); i < trie.endOfTokens(node); i++) {
            int token = trie.token(i);
            bits[token >>> 6] |= 1L << token;
        }
        if (trie.hasChildren(node)) {
            Dfa dfa = terminal.dfa();
            int to = Item.state(packed);
            walk(node, terminal, to, Item.count(packed), next);
            if (next != null && dfa.accepting(to)) {
                follow(node, next);
            }
        }
    }

    private void addBytes(MatchState state) {
        for (Item item : state.items()) {
            for (int child = trie.firstChild(0); child < trie.endOfChildren(0); child++) {
                if (Item.step(item.terminal(), item.state(), item.count(), trie.value(child)) != Item.DEAD) {
                    for (int i = trie.firstToken(child); i < trie.endOfTokens(child); i++) {
                        bits[trie.token(i) >>> 6] |= 1L << trie.token(i);
                    }
                }
            }
        }
    }
}
