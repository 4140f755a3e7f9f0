package dev.altiplano.engine.grammar;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where one sequence stands in its grammar. Tokens that were accepted can be taken back, for drafts that are not verified. Used
 * by one thread at a time.
 */
public final class GrammarMatcher {

    private static final int MAX_FORCED_BYTES = 4096;
    private static final int MAX_BYTES_OF_A_FORCED_TOKEN = 16;

    private final TokenVocabulary vocabulary;
    private final List<MatchState> history = new ArrayList<>();
    private MatchState state;
    /** How many of the accepted tokens come before the end token; -1 while there is none. */
    private int endedAt = -1;

    private @Nullable TokenMask mask;

    /** A matcher at the start of the grammar. */
    public GrammarMatcher(CompiledGrammar grammar, TokenVocabulary vocabulary) {
        this.vocabulary = vocabulary;
        state = MatchState.start(grammar.program());
    }

    /** The tokens that may come next. After an end token there are none. */
    public TokenMask mask() {
        TokenMask known = mask;
        if (known == null) {
            known = ended()
                    ? new TokenMask(new long[vocabulary.size() + 63 >>> 6], vocabulary.size())
                    : vocabulary.mask(state);
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
            endedAt = history.size();
            history.add(state);
            mask = null;
            return true;
        }
        MatchState next = after(token);
        if (next == null) {
            return false;
        }
        history.add(state);
        state = next;
        mask = null;
        return true;
    }

    private @Nullable MatchState after(int token) {
        byte[] bytes = vocabulary.bytes(token);
        return bytes == null ? null : after(bytes);
    }

    private @Nullable MatchState after(byte[] bytes) {
        MatchState next = state;
        for (byte value : bytes) {
            next = next.step(value & 0xFF);
            if (next.impossible()) {
                return null;
            }
        }
        return next;
    }

    /** Takes back the last {@code count} accepted tokens. */
    public void rollBack(int count) {
        if (count < 0 || count > history.size()) {
            throw new IllegalArgumentException(
                    "cannot take back " + count + " tokens: " + history.size() + " have been accepted");
        }
        if (count == 0) {
            return;
        }
        int left = history.size() - count;
        state = history.get(left);
        history.subList(left, history.size()).clear();
        if (endedAt >= left) {
            endedAt = -1;
        }
        mask = null;
    }

    /** How many tokens have been accepted and not taken back. */
    public int length() {
        return history.size();
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
        while (!ended() && !at.complete() && forced.size() < most) {
            int only = onlyByte(at);
            if (only < 0) {
                break;
            }
            forced.write(only);
            at = at.step(only);
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
