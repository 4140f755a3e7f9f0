package dev.altiplano.engine.grammar;

import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Where one sequence stands in its grammar. The latest tokens that were accepted can be taken back, for drafts that are not
 * verified. Masks and tokens end with an {@link AmbiguousGrammarException} where the text can be read in too many ways. Used by one
 * thread at a time.
 */
public final class GrammarMatcher {

    private static final int MAX_FORCED_BYTES = 4096;
    private static final int MAX_BYTES_OF_A_FORCED_TOKEN = 16;
    /** Tokens that can be taken back; drafts are shorter. */
    private static final int MAX_HISTORY = 32;

    private final CompiledGrammar grammar;
    private final TokenVocabulary vocabulary;
    private final Follows follows = new Follows();
    /** The states before the latest tokens, the last one first. */
    private final ArrayDeque<MatchState> history = new ArrayDeque<>();

    private MatchState state;
    private int length;
    /** How many of the accepted tokens come before the end token; -1 while there is none. */
    private int endedAt = -1;

    private @Nullable TokenMask mask;

    /** A matcher at the start of the grammar. */
    public GrammarMatcher(CompiledGrammar grammar, TokenVocabulary vocabulary) {
        this.grammar = grammar;
        this.vocabulary = vocabulary;
        state = grammar.start();
    }

    /** The tokens that may come next. After an end token there are none. */
    public TokenMask mask() {
        TokenMask known = mask;
        if (known == null) {
            follows.begin();
            known = ended()
                    ? new TokenMask(new long[vocabulary.size() + 63 >>> 6], vocabulary.size())
                    : vocabulary.mask(grammar, state, follows);
            mask = known;
        }
        return known;
    }

    /** Whether {@code token} may come next; cheaper than a mask. */
    public boolean allows(int token) {
        if (ended()) {
            return false;
        }
        return vocabulary.isEnd(token) ? state.complete() : after(token) != null;
    }

    /** Goes on by a token; false, without any change, if it may not come. */
    public boolean accept(int token) {
        if (ended()) {
            return false;
        }
        if (vocabulary.isEnd(token)) {
            if (!state.complete()) {
                return false;
            }
            endedAt = length;
            goOn(state);
            return true;
        }
        MatchState next = after(token);
        if (next == null) {
            return false;
        }
        goOn(next);
        return true;
    }

    private void goOn(MatchState next) {
        if (history.size() == MAX_HISTORY) {
            history.removeLast();
        }
        history.push(state);
        state = next;
        length++;
        mask = null;
    }

    private @Nullable MatchState after(int token) {
        byte[] bytes = vocabulary.bytes(token);
        return bytes == null ? null : after(bytes);
    }

    private @Nullable MatchState after(byte[] bytes) {
        follows.begin();
        MatchState next = state;
        for (byte value : bytes) {
            next = next.step(value & 0xFF, follows);
            if (next.impossible()) {
                return null;
            }
        }
        return next;
    }

    /** Takes back the last {@code count} accepted tokens, some tens at most. */
    public void rollBack(int count) {
        if (count < 0 || count > history.size()) {
            throw new IllegalArgumentException(
                    "cannot take back " + count + " tokens: the states before " + history.size() + " are kept");
        }
        for (int i = 0; i < count; i++) {
            state = history.pop();
            mask = null;
        }
        length -= count;
        if (endedAt >= length) {
            endedAt = -1;
        }
    }

    /** How many tokens have been accepted and not taken back. */
    public int length() {
        return length;
    }

    /** Whether the text so far is complete, so that it may end here. */
    public boolean isAccepting() {
        return state.complete();
    }

    /** Whether the text is complete and nothing but an end token may come. */
    public boolean mustEnd() {
        return state.complete() && state.items().isEmpty();
    }

    /** Whether an end token has been accepted. */
    public boolean ended() {
        return endedAt >= 0;
    }

    /**
     * Whether neither a token nor the end is possible. Happens only with a vocabulary that lacks a byte
     * ({@link TokenVocabulary#hasAllBytes}), as no grammar compiles that leads where no text follows.
     */
    public boolean isStuck() {
        return !ended() && mask().isEmpty();
    }

    /**
     * Tokens that spell what must come next whatever the model says, the longest ones that fit: as a model divides text, if it
     * was trained on text divided so. The last one is left out where the text is free behind it, as a longer token may go across.
     *
     * @param to where they are written, from {@code from} on; there is room for {@code max}
     * @return how many there are
     */
    public int forcedTokens(int[] to, int from, int max) {
        byte[] bytes = forcedBytes(max * MAX_BYTES_OF_A_FORCED_TOKEN);
        int count = 0;
        int end = 0;
        for (int at = 0; at < bytes.length && count < max; count++) {
            int token = vocabulary.longest(bytes, at);
            if (token < 0) {
                return count;
            }
            to[from + count] = token;
            at += vocabulary.length(token);
            end = at;
        }
        return count > 0 && end == bytes.length ? count - 1 : count;
    }

    /** The bytes that must come next whatever the model says; empty where there is a choice. At most some thousand at once. */
    public byte[] forcedBytes() {
        return forcedBytes(MAX_FORCED_BYTES);
    }

    private byte[] forcedBytes(int most) {
        ByteArrayOutputStream forced = new ByteArrayOutputStream();
        MatchState at = state;
        follows.begin();
        try {
            while (!ended() && !at.complete() && forced.size() < most) {
                int only = onlyByte(at);
                if (only < 0) {
                    break;
                }
                at = at.step(only, follows);
                forced.write(only);
            }
        } catch (AmbiguousGrammarException e) {
            // Whoever accepts the tokens hears of it.
            return forced.toByteArray();
        }
        return forced.toByteArray();
    }

    private static int onlyByte(MatchState state) {
        int only = -1;
        for (Item item : state.items()) {
            int value = item.onlyByte();
            if (value < 0 || only >= 0 && only != value) {
                return -1;
            }
            only = value;
        }
        return only;
    }
}
