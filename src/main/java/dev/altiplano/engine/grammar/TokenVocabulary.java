package dev.altiplano.engine.grammar;

import dev.altiplano.engine.grammar.automaton.Automata;
import dev.altiplano.engine.grammar.automaton.Dfa;
import dev.altiplano.engine.grammar.rule.Terminal;
import dev.altiplano.engine.grammar.schema.JsonText;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of a model as bytes, with what has been found out about them: one for each model, shared by all grammars and
 * sequences. Thread-safe; its caches are bounded.
 */
public final class TokenVocabulary {

    private static final long SPLIT_CACHE_BYTES = 96L << 20;
    private static final long MASK_CACHE_BYTES = 64L << 20;
    private static final long ENTRY_BYTES = 200;
    private static final int MAX_RESIDUAL_STATES = 64;
    private static final int MAX_CACHED_DEPTH = 512;

    private record SplitKey(Dfa dfa, int state, int boundary) {}

    private final TokenTrie trie;
    private final byte[] @Nullable [] tokens;
    private final int[] endIds;
    private final boolean[] ends;
    private final BoundedCache<SplitKey, Split> splits = new BoundedCache<>(SPLIT_CACHE_BYTES);
    private final BoundedCache<MatchState, TokenMask> masks = new BoundedCache<>(MASK_CACHE_BYTES);

    /**
     * A vocabulary.
     *
     * @param tokens the bytes of each token by its id; null for control tokens and others without text, which are never allowed
     * @param endIds tokens that end a sequence; allowed where the grammar is complete, and only there
     */
    public TokenVocabulary(byte[] @Nullable [] tokens, int... endIds) {
        this.tokens = tokens.clone();
        this.endIds = endIds.clone();
        ends = new boolean[tokens.length];
        for (int id : endIds) {
            if (id < 0 || id >= tokens.length) {
                throw new IllegalArgumentException(
                        "end token " + id + " is not in the vocabulary of " + tokens.length + " tokens");
            }
            ends[id] = true;
        }
        trie = new TokenTrie(this.tokens, ends);
    }

    public int size() {
        return tokens.length;
    }

    /** Whether every byte is a token of its own. If so, no grammar can come to a place where no token fits. */
    public boolean hasAllBytes() {
        for (int value = 0; value < 256; value++) {
            int child = trie.child(0, value);
            if (child < 0 || trie.firstToken(child) == trie.endOfTokens(child)) {
                return false;
            }
        }
        return true;
    }

    /** Finds out about JSON strings what the first mask would otherwise have to; for the time when a model is loaded. */
    public void prepare() {
        for (Terminal terminal : JsonText.strings()) {
            for (int state = 0; state < terminal.dfa().stateCount(); state++) {
                split(terminal, state);
            }
        }
    }

    boolean isEnd(int token) {
        return token >= 0 && token < ends.length && ends[token];
    }

    int[] endIds() {
        return endIds;
    }

    byte @Nullable [] bytes(int token) {
        if (token < 0 || token >= tokens.length) {
            return null;
        }
        byte[] bytes = tokens[token];
        return bytes == null || bytes.length == 0 || bytes.length > TokenTrie.MAX_TOKEN_BYTES ? null : bytes;
    }

    /** The longest token that {@code bytes} begin with from {@code from} on; -1 where there is none. */
    int longest(byte[] bytes, int from) {
        int found = -1;
        int node = 0;
        for (int i = from; i < bytes.length; i++) {
            node = trie.child(node, bytes[i] & 0xFF);
            if (node < 0) {
                break;
            }
            if (trie.firstToken(node) < trie.endOfTokens(node)) {
                // Of equal ones the last: before it comes the byte that stands in for characters without a token.
                found = trie.token(trie.endOfTokens(node) - 1);
            }
        }
        return found;
    }

    /** Bytes of a token that {@link #longest} found. */
    int length(int token) {
        byte[] bytes = tokens[token];
        return bytes == null ? 0 : bytes.length;
    }

    TokenTrie trie() {
        return trie;
    }

    TokenMask mask(CompiledGrammar grammar, MatchState state, Follows follows) {
        int depth = state.depth();
        TokenMask known = depth > MAX_CACHED_DEPTH ? null : masks.get(state);
        if (known != null) {
            return known;
        }
        TokenMask mask = new TokenMask(MaskBuilder.build(state, this, follows), size());
        if (depth <= MAX_CACHED_DEPTH) {
            masks.put(
                    state,
                    mask,
                    8L * mask.wordCount() + 48L * depth + ENTRY_BYTES,
                    new BoundedCache.Held(grammar, grammar.bytes()));
        }
        return mask;
    }

    /** What its caches keep in memory. */
    long cachedBytes() {
        return splits.weight() + masks.weight();
    }

    Split split(Terminal terminal, int state) {
        SplitKey key = new SplitKey(terminal.dfa(), state, terminal.boundary());
        Split known = splits.get(key);
        if (known != null) {
            return known;
        }
        // Automata that differ in what has been read may be equal in what is left.
        Dfa rest = terminal.counts() ? null : Automata.residual(terminal.dfa(), state, MAX_RESIDUAL_STATES);
        SplitKey restKey = rest == null ? key : new SplitKey(rest, 0, terminal.boundary());
        Split split = rest == null ? null : splits.get(restKey);
        if (split == null) {
            split = SplitBuilder.build(trie, key.dfa(), state, terminal.boundary(), size());
            keep(restKey, split);
        }
        if (!key.equals(restKey)) {
            keep(key, split);
        }
        return split;
    }

    private void keep(SplitKey key, Split split) {
        Dfa dfa = key.dfa();
        splits.put(
                key,
                split,
                ENTRY_BYTES,
                new BoundedCache.Held(dfa, dfa.bytes()),
                new BoundedCache.Held(split, split.bytes()));
    }
}
