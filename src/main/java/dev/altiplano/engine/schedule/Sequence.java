package dev.altiplano.engine.schedule;

import dev.altiplano.engine.cache.BlockTable;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One stream of tokens: the prompt's, then the generated ones. The keys and values of the first {@link #computed()} tokens are
 * in the KV memory; the others wait to be computed. Without one rule, the generated ones are computed as generated rows also when they
 * are computed again after a preemption.
 */
public class Sequence {

    /** Where a sequence stands. */
    public enum State {
        /** Holds no KV blocks: new, or preempted. */
        WAITING,
        /** Takes part in steps. */
        RUNNING,
        /** Takes part no more and holds nothing. */
        ENDED
    }

    private final int promptLength;
    private final @Nullable Sequence sibling;
    private final String client;
    private final int priority;
    private final String salt;
    /** The prompt's own array until the first token is appended: siblings share it. */
    private int[] tokens;

    private boolean ownsTokens;
    private int length;
    private int computed;
    private int drafted;
    private int inserted;
    private int reused;
    /** Whether a step has computed rows of it. */
    private boolean began;
    /** Whether the host tier has been asked for its beginning since it began to wait. */
    private boolean prefixAsked;

    private boolean loading;
    private long order;
    private State state = State.WAITING;
    private @Nullable BlockTable table;
    private @Nullable Tenant tenant;

    /**
     * A sequence that begins with {@code prompt}, which nobody changes from now on.
     *
     * @param sibling a sequence of the same prompt, submitted before, whose KV blocks this one shares once the prompt is computed
     * @param client with whom it shares places and the token budget of a step
     * @param priority higher goes first
     * @param salt prefixes in memory are shared only with sequences of the same salt
     */
    protected Sequence(int[] prompt, @Nullable Sequence sibling, String client, int priority, String salt) {
        if (prompt.length == 0) {
            throw new IllegalArgumentException("a sequence needs at least one prompt token");
        }
        tokens = prompt;
        promptLength = prompt.length;
        length = prompt.length;
        this.sibling = sibling;
        this.client = client;
        this.priority = priority;
        this.salt = salt;
    }

    /** Appends a generated token. */
    public final void append(int token) {
        reserve(1);
        tokens[length++] = token;
    }

    /** Makes room for {@code count} tokens behind the sequence. */
    protected final void reserve(int count) {
        if (!ownsTokens || length + count > tokens.length) {
            tokens = Arrays.copyOf(tokens, length + Math.max(16 + count, length / 2));
            ownsTokens = true;
        }
    }

    /**
     * Promises a draft of the next tokens; returns how many. They stand behind the sequence before the step computes them, and are
     * verified afterwards.
     *
     * @param max maximum of them
     * @param rows rows that the step has without them
     * @param decoding sequences that get a token from those rows
     */
    protected int draft(int max, int rows, int decoding) {
        return 0;
    }

    /** Tokens behind the sequence that this step computes and that may turn out to be wrong. */
    public final int drafted() {
        return drafted;
    }

    final void drafted(int count) {
        drafted = count;
    }

    /** The first {@code count} drafted tokens are right, and have been appended: their keys and values stay. */
    public final void accepted(int count) {
        computed += count;
        drafted = 0;
    }

    /** The first {@link #length()} entries are the prompt and what was generated. Not to be changed. */
    public final int[] tokens() {
        return tokens;
    }

    /** Number of tokens. */
    public final int length() {
        return length;
    }

    /** Number of tokens of the prompt. */
    public final int promptLength() {
        return promptLength;
    }

    /** Number of tokens whose keys and values are in the KV memory. */
    public final int computed() {
        return computed;
    }

    /** Whether all of the prompt is computed. */
    public final boolean promptComputed() {
        return computed >= promptLength;
    }

    /** Whether only the token that was sampled last is still to be computed. */
    public final boolean decodes() {
        return promptComputed() && computed == length - 1;
    }

    /** Prompt tokens that were taken from the prefix cache or a sibling when it first ran. */
    public final int reused() {
        return reused;
    }

    public final State state() {
        return state;
    }

    /** Whether scores of the prompt's own tokens are wanted, so that none of its rows may be skipped. */
    public boolean scoresPrompt() {
        return false;
    }

    /** The first row of the prompt whose logits are wanted where {@link #scoresPrompt()}: rows before it may be found in memory. */
    public int firstScoredRow() {
        return 0;
    }

    /** The KV blocks it holds; only while running. */
    public final BlockTable table() {
        if (table == null) {
            throw new IllegalStateException("a sequence that is " + state + " holds no KV blocks");
        }
        return table;
    }

    final String client() {
        return client;
    }

    final int priority() {
        return priority;
    }

    final String salt() {
        return salt;
    }

    /** Its client's part in the scheduler; only while it is there. */
    final Tenant tenant() {
        if (tenant == null) {
            throw new IllegalStateException("a sequence that is " + state + " has not been added");
        }
        return tenant;
    }

    final void tenant(Tenant value) {
        tenant = value;
    }

    final @Nullable Sequence sibling() {
        return sibling;
    }

    final long order() {
        return order;
    }

    final void order(long value) {
        order = value;
    }

    final void start(BlockTable blocks, int alreadyComputed) {
        table = blocks;
        computed = alreadyComputed;
        inserted = alreadyComputed / blocks.blockTokens();
        if (!began) {
            reused = alreadyComputed;
        }
        state = State.RUNNING;
    }

    final void advance(int rows) {
        began = true;
        computed += rows;
    }

    final int inserted() {
        return inserted;
    }

    final void inserted(int blocks) {
        inserted = blocks;
    }

    final boolean prefixAsked() {
        return prefixAsked;
    }

    final void askedPrefix() {
        prefixAsked = true;
    }

    /** Whether its beginning is being read from the host tier. */
    final boolean loading() {
        return loading;
    }

    final void loading(boolean value) {
        loading = value;
    }

    final void preempt() {
        prefixAsked = false;
        giveBack(State.WAITING);
    }

    final void end() {
        giveBack(State.ENDED);
    }

    /** Its KV blocks have been given back: it has ended, or goes on later. */
    protected void gaveBack() {}

    private void giveBack(State next) {
        if (table != null) {
            table.releaseAll();
            table = null;
        }
        gaveBack();
        computed = 0;
        inserted = 0;
        // It may be taken in again for the same step, which then computes none of what was drafted for it before.
        drafted = 0;
        state = next;
    }
}
