package dev.altiplano.engine.schedule;

import dev.altiplano.engine.cache.BlockPool;
import dev.altiplano.engine.cache.BlockTable;
import dev.altiplano.engine.cache.PrefixCache;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Continuous batching: decides before each step which tokens of which sequences run.
 *
 * <h2>Order</h2>
 * Sequences that decode come first, so that a long prompt never holds them up. What is left of the step's token budget goes to
 * prompts in chunks, beside sequences that decode no more than {@link PromptPace} allows: first an equal part to the oldest prompt of
 * each client, then the rest to the oldest prompts. New sequences join while there is room in the batch and in the KV memory.
 *
 * <h2>Places</h2>
 * Clients share the places in the batch as {@link FairShare} says: who has more than an equal part gives one back to who has less.
 *
 * <h2>Memory</h2>
 * When the KV memory is full, a running sequence of the lowest priority is preempted, of the client that holds most or else the
 * youngest: it gives its blocks back and waits in its old place. A client that has none running gets its blocks from who holds more
 * than an equal part. What was computed and nobody keeps is computed again later: prompt rows as such, and so are generated ones by
 * one rule.
 *
 * <h2>Why nobody starves</h2>
 * Among running sequences of the highest priority the oldest is never preempted for memory, so every one that fits the memory alone
 * is finished some day. Places and memory are taken only from a client that has more than an equal part: the oldest sequence of each
 * client keeps its place once it has one. Clients take turns, and who comes new, or again, goes behind those that wait. Among the
 * sequences of one client the oldest goes first. A higher priority goes before all lower ones for as long as there is any.
 *
 * <p>Belongs to the engine thread.
 *
 * @param <S> the sequences
 */
public final class Scheduler<S extends Sequence> {

    /** Maximum of drafted tokens of one sequence in a step. */
    private static final int MAX_DRAFT = 7;

    private final BlockPool pool;
    private final PrefixCache prefixes;
    private final int blockTokens;
    private final int maxSequences;
    private final int maxBatchTokens;
    private final int maxScoredRows;
    private final int maxDraftRows;
    private final int window;
    private final boolean oneRule;
    private final PromptPace pace;
    private final @Nullable PrefixLoads loads;
    /** In order of age. */
    private final List<S> running = new ArrayList<>();
    /** In order of age; what was preempted is older than what is new. */
    private final List<S> waiting = new ArrayList<>();

    /** What ran when a round of planning began: who is preempted meanwhile is in it, and not in {@link #running}. */
    private final List<S> round = new ArrayList<>();

    private final FairShare<S> fairShare;
    private final StepPlan<S> plan = new StepPlan<>();
    private long lastOrder;
    private long step;
    private int draftRows;
    /** Maximum of rows in this step. */
    private int stepRows;
    /** Rows of this step for sequences that do not decode yet, or again. */
    private int chunkRows;
    /** Rows of which scores are wanted that each client may have at first. */
    private int scoredShare;

    private long preemptions;

    /** A scheduler over the blocks of {@code pool}. */
    public Scheduler(BlockPool pool, PrefixCache prefixes, int blockTokens, SchedulerLimits limits) {
        this(pool, prefixes, blockTokens, limits, PromptPace.unbounded(limits.maxBatchTokens()), null);
    }

    /** The same with a pace for prompts, and with prefixes that come from a host tier. */
    public Scheduler(
            BlockPool pool,
            PrefixCache prefixes,
            int blockTokens,
            SchedulerLimits limits,
            PromptPace pace,
            @Nullable PrefixLoads loads) {
        this.pace = pace;
        this.loads = loads;
        this.pool = pool;
        this.prefixes = prefixes;
        this.blockTokens = blockTokens;
        maxSequences = limits.maxSequences();
        maxBatchTokens = limits.maxBatchTokens();
        maxScoredRows = limits.maxScoredRows();
        maxDraftRows = Math.min(limits.maxDraftRows(), maxScoredRows - maxSequences);
        window = limits.window();
        oneRule = limits.oneRule();
        fairShare = new FairShare<>(maxSequences);
    }

    /** Takes a new sequence in. */
    public void add(S sequence) {
        sequence.order(++lastOrder);
        fairShare.joined(sequence);
        waiting.add(sequence);
    }

    /** Whether a sequence of anybody could join the next step if its blocks are free. */
    public boolean hasRoom() {
        return running.size() + waiting.size() < maxSequences;
    }

    /**
     * Whether a sequence of {@code client} should be added: there is room, or the client has none here and there are fewer than two
     * clients for each place, so that some may wait for the disk. All others wait where what may wait is bounded.
     */
    public boolean wants(String client) {
        return hasRoom() || fairShare.mayWait(client);
    }

    /** Ends a sequence wherever it is; its blocks are free at once. */
    public void end(S sequence) {
        try {
            if (sequence.state() == Sequence.State.RUNNING) {
                running.remove(sequence);
                fairShare.left(sequence);
                keepPart(sequence);
            } else if (sequence.state() == Sequence.State.WAITING && waiting.remove(sequence)) {
                fairShare.left(sequence);
            }
        } finally {
            sequence.end();
        }
    }

    /** Keeps what ends within a KV block for who goes on from there. Drafts that were right may have filled blocks since the step. */
    private void keepPart(S sequence) {
        if (oneRule) {
            insertWholeBlocks(sequence);
            prefixes.keepPart(sequence.salt(), sequence.tokens(), sequence.computed(), sequence.table());
        }
    }

    /** The rows of the next step; valid until the next call. */
    public StepPlan<S> plan() {
        plan.clear();
        draftRows = 0;
        stepRows = maxBatchTokens;
        if (loads != null) {
            loads.finish();
        }
        makePlaces();
        beginRound();
        for (int i = 0; i < round.size(); i++) {
            S sequence = round.get(i);
            sequence.drafted(0);
            if (sequence.state() == Sequence.State.RUNNING && sequence.decodes()) {
                schedule(sequence, maxBatchTokens);
            }
        }
        int decoding = plan.parts();
        if (decoding > 0 && maxDraftRows >= decoding) {
            draft(maxDraftRows / decoding, decoding);
        }
        if (decoding > 0) {
            stepRows = Math.min(maxBatchTokens, plan.rows() + pace.rows());
        }
        int prompting = promptingTenants();
        int share = prompting < 2 ? maxBatchTokens : Math.ceilDiv(stepRows - plan.rows(), prompting);
        scoredShare = Math.max(1, (maxScoredRows - maxSequences - draftRows) / Math.max(1, prompting));
        if (schedulePrompts(share) && admit(share)) {
            schedulePrompts(maxBatchTokens);
        }
        chunkRows = 0;
        for (int part = 0; part < plan.parts(); part++) {
            chunkRows += plan.sequence(part).decodes() ? 0 : plan.rows(part);
        }
        return plan;
    }

    /** The step that was planned last took {@code elapsedNanos}: the next ones follow that. */
    public void took(long elapsedNanos) {
        pace.measured(chunkRows, plan.rows() - chunkRows, elapsedNanos);
    }

    /** Adds drafted tokens to what decodes, where budget and memory are left over. */
    private void draft(int most, int decoding) {
        for (int i = 0; i < running.size(); i++) {
            S sequence = running.get(i);
            if (!sequence.decodes() || plan.rowsOf(sequence) != 1) {
                continue;
            }
            int max = Math.min(Math.min(most, MAX_DRAFT), maxBatchTokens - plan.rows() - running.size());
            int drafted = max <= 0 ? 0 : sequence.draft(max, plan.rows(), decoding);
            int tokens = sequence.length() + drafted;
            if (drafted > 0 && sequence.table().missingFor(tokens) <= pool.available() - running.size()) {
                sequence.table().growTo(tokens);
                sequence.drafted(drafted);
                plan.add(sequence, drafted);
                draftRows += drafted;
            }
        }
    }

    /** How many clients have a prompt to compute. */
    private int promptingTenants() {
        step++;
        int count = 0;
        for (int i = 0; i < running.size(); i++) {
            count += !running.get(i).decodes() && running.get(i).tenant().firstIn(step) ? 1 : 0;
        }
        for (int i = 0; i < waiting.size(); i++) {
            count += waiting.get(i).tenant().firstIn(step) ? 1 : 0;
        }
        return count;
    }

    /**
     * Plans prompts, the oldest first: each client's oldest for {@code mostRows} rows, or all without a bound.
     *
     * @return whether anything more can be planned in this step
     */
    private boolean schedulePrompts(int mostRows) {
        boolean bounded = mostRows < maxBatchTokens;
        beginRound();
        for (int i = 0; i < round.size(); i++) {
            S sequence = round.get(i);
            boolean prompts = sequence.state() == Sequence.State.RUNNING && !sequence.decodes();
            if (prompts && (!bounded || isOldestPrompt(sequence)) && !schedule(sequence, mostRows)) {
                return false;
            }
        }
        return true;
    }

    private void beginRound() {
        round.clear();
        round.addAll(running);
    }

    /** Whether no older running sequence of the same client has a prompt to compute. */
    private boolean isOldestPrompt(S sequence) {
        for (int i = 0; running.get(i) != sequence; i++) {
            if (running.get(i).tenant() == sequence.tenant() && !running.get(i).decodes()) {
                return false;
            }
        }
        return true;
    }

    /** The planned rows have been computed: their sequences advance, and whole KV blocks of prompts can be reused. */
    public void advance(StepPlan<S> done) {
        for (int part = 0; part < done.parts(); part++) {
            S sequence = done.sequence(part);
            if (sequence.state() == Sequence.State.RUNNING) {
                sequence.advance(done.rows(part) - sequence.drafted());
                insertWholeBlocks(sequence);
                if (window > 0) {
                    sequence.table().releaseBefore(firstSeen(sequence.computed()));
                }
            }
        }
    }

    private void insertWholeBlocks(S sequence) {
        int reusable = oneRule ? sequence.computed() : Math.min(sequence.computed(), sequence.promptLength());
        sequence.inserted(
                prefixes.insert(sequence.salt(), sequence.tokens(), reusable, sequence.table(), sequence.inserted()));
    }

    /**
     * Plans as many rows of {@code sequence} as budget and memory allow, all of one role.
     *
     * @param mostRows maximum of rows for it
     * @return whether anything more can be planned in this step
     */
    private boolean schedule(S sequence, int mostRows) {
        int end = sequence.promptComputed() ? sequence.length() : sequence.promptLength();
        int planned = plan.rowsOf(sequence);
        int rows = Math.min(end - sequence.computed() - planned, Math.min(mostRows - planned, stepRows - plan.rows()));
        if (sequence.scoresPrompt() && !sequence.promptComputed()) {
            int scored = maxScoredRows - maxSequences - scoredRows();
            if (mostRows < maxBatchTokens) {
                scored = Math.min(scored, scoredShare - scoredRows(sequence, planned));
            }
            int plain = Math.max(0, sequence.firstScoredRow() - sequence.computed() - planned);
            rows = Math.min(rows, plain + Math.max(0, scored));
        }
        if (rows <= 0) {
            return stepRows > plan.rows();
        }
        int tokens = sequence.computed() + planned + rows;
        while (sequence.table().missingFor(tokens) > pool.available()) {
            preempt(fairShare.givesBlocksBack(running, pool.size()));
            if (sequence.state() != Sequence.State.RUNNING) {
                // Those of a higher priority may be younger.
                return stepRows > plan.rows();
            }
        }
        sequence.table().growTo(tokens);
        plan.add(sequence, rows);
        return true;
    }

    /** Rows planned so far whose logits are wanted beside those of the next tokens. */
    private int scoredRows() {
        int scored = draftRows;
        for (int part = 0; part < plan.parts(); part++) {
            if (!plan.generated(part) && plan.sequence(part).scoresPrompt()) {
                scored += scoredRows(plan.sequence(part), plan.rows(part));
            }
        }
        return scored;
    }

    /** How many of the next {@code rows} of a prompt are scored: those before its first scored row need no logits. */
    private int scoredRows(S sequence, int rows) {
        int end = sequence.computed() + rows;
        return Math.max(0, end - Math.max(sequence.computed(), sequence.firstScoredRow()));
    }

    private void preempt(S sequence) {
        plan.remove(sequence);
        running.remove(sequence);
        keepPart(sequence);
        sequence.preempt();
        fairShare.preempted(sequence);
        insert(sequence, waiting);
        preemptions++;
    }

    /** Takes places from clients that have more than an equal part, for clients that wait and have less. */
    private void makePlaces() {
        if (running.size() < maxSequences) {
            return;
        }
        // Before anybody gives a place back, since who does waits too.
        List<S> due = fairShare.due(waiting);
        for (int i = 0; i < due.size(); i++) {
            S youngest = fairShare.givesBack(running, due.get(i).priority());
            if (youngest != null) {
                preempt(youngest);
            }
        }
    }

    /** Lets waiting sequences join; returns whether anything more can be planned in this step. */
    private boolean admit(int share) {
        while (running.size() < maxSequences && plan.rows() < stepRows) {
            int i = fairShare.next(waiting);
            if (i < 0) {
                return true;
            }
            S sequence = waiting.get(i);
            BlockTable table = new BlockTable(pool, blockTokens);
            try {
                int reused = reuse(sequence, table);
                if (!makeRoom(sequence, missing(sequence, table))) {
                    return true;
                }
                // Not before there is memory for what the host tier has.
                if (loads != null && loads.begin(sequence, reusable(sequence), running.size())) {
                    continue;
                }
                if (oneRule) {
                    reused += prefixes.reusePart(sequence.salt(), sequence.tokens(), reused, reusable(sequence), table);
                }
                waiting.remove(sequence);
                fairShare.placed(sequence);
                sequence.start(table, reused);
            } finally {
                // Also where memory ran out: a sequence that has not taken the blocks leaves them to others.
                if (sequence.state() != Sequence.State.RUNNING) {
                    table.releaseAll();
                }
            }
            insert(sequence, running);
            if (!schedule(sequence, share) || sequence.state() != Sequence.State.RUNNING) {
                return false;
            }
        }
        return plan.rows() < stepRows;
    }

    /**
     * Whether there are {@code missing} blocks for a sequence that waits, once who holds too much has given some back. Each running
     * sequence may want its next block soon: who takes the last ones would soon be preempted, and computed again.
     */
    private boolean makeRoom(S sequence, int missing) {
        if (running.isEmpty() || missing + running.size() <= pool.available()) {
            return true;
        }
        List<S> giving = fairShare.giveBlocksTo(sequence, missing, pool.available(), running, pool.size());
        for (int i = 0; i < giving.size(); i++) {
            preempt(giving.get(i));
        }
        return !giving.isEmpty();
    }

    /** Blocks that a sequence will want beside those in {@code table}; behind a window they are given back on the way. */
    private int missing(S sequence, BlockTable table) {
        int missing = table.missingFor(sequence.length() + 1);
        return window == 0
                ? missing
                : Math.min(missing, Math.ceilDiv(window + maxBatchTokens, blockTokens) + 1 - table.held());
    }

    /** Tokens that may be found in memory: at least the last one is computed, since its logits are needed. */
    private int reusable(S sequence) {
        int limit = oneRule ? sequence.length() - 1 : Math.min(sequence.length() - 1, sequence.promptLength());
        return sequence.scoresPrompt() ? Math.min(limit, sequence.firstScoredRow()) : limit;
    }

    /** Finds the beginning of the prompt in memory. */
    private int reuse(S sequence, BlockTable table) {
        int limit = reusable(sequence);
        Sequence sibling = sequence.sibling();
        if (sibling != null && sibling.state() == Sequence.State.RUNNING) {
            // Of the prompt alone: what each has generated behind it differs.
            int blocks = Math.min(limit, sequence.promptLength()) / blockTokens;
            if (window == 0 || sibling.table().firstHeldPosition() <= firstSeen(blocks * blockTokens)) {
                table.share(sibling.table(), blocks);
                return blocks * blockTokens;
            }
        }
        int reused = prefixes.reuse(sequence.salt(), sequence.tokens(), limit, table);
        if (window > 0) {
            table.releaseBefore(firstSeen(reused));
        }
        return reused;
    }

    /** The first position that a row at {@code position} sees. */
    private int firstSeen(int position) {
        return Math.max(0, position - window + 1);
    }

    /** Puts a sequence where it belongs in order of age. */
    private void insert(S sequence, List<S> sequences) {
        int place = sequences.size();
        while (place > 0 && sequences.get(place - 1).order() > sequence.order()) {
            place--;
        }
        sequences.add(place, sequence);
    }

    /** How often a sequence gave its blocks back, in total. */
    public long preemptions() {
        return preemptions;
    }
}
