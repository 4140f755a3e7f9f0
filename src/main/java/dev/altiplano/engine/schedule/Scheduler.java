package dev.altiplano.engine.schedule;

import dev.altiplano.engine.cache.BlockPool;
import dev.altiplano.engine.cache.BlockTable;
import dev.altiplano.engine.cache.PrefixCache;
import java.util.ArrayList;
import java.util.List;

/**
 * Continuous batching: decides before each step which tokens of which sequences run.
 *
 * <p>Sequences that decode come first, so that a long prompt never holds them up; what is left of the step's token budget goes
 * to prompts, the oldest first, in chunks. New sequences join while there is room in the batch and in the KV memory. When the
 * memory is full, the youngest running sequence gives its blocks back and waits in its old place; the oldest always goes on, so
 * that every sequence that fits the memory alone is finished some day. Belongs to the engine thread.
 *
 * @param <S> the sequences
 */
public final class Scheduler<S extends Sequence> {

    private final BlockPool pool;
    private final PrefixCache prefixes;
    private final int blockTokens;
    private final int maxSequences;
    private final int maxBatchTokens;
    private final int maxScoredRows;
    /** In order of age. */
    private final List<S> running = new ArrayList<>();
    /** In order of age; what was preempted is older than what is new. */
    private final List<S> waiting = new ArrayList<>();

    private final StepPlan<S> plan = new StepPlan<>();
    private long lastOrder;
    private long preemptions;

    /**
     * @param maxSequences most sequences in one step
     * @param maxBatchTokens most rows in one step, at least {@code maxSequences}
     * @param maxScoredRows most rows in one step of which logits are wanted, at least {@code maxSequences}
     */
    public Scheduler(
            BlockPool pool,
            PrefixCache prefixes,
            int blockTokens,
            int maxSequences,
            int maxBatchTokens,
            int maxScoredRows) {
        this.pool = pool;
        this.prefixes = prefixes;
        this.blockTokens = blockTokens;
        this.maxSequences = maxSequences;
        this.maxBatchTokens = maxBatchTokens;
        this.maxScoredRows = maxScoredRows;
    }

    /** Takes a new sequence in. */
    public void add(S sequence) {
        sequence.order(++lastOrder);
        waiting.add(sequence);
    }

    /** Whether another sequence could join the next step if its blocks are free. */
    public boolean hasRoom() {
        return running.size() + waiting.size() < maxSequences;
    }

    /** Ends a sequence wherever it is; its blocks are free at once. */
    public void end(S sequence) {
        if (sequence.state() == Sequence.State.RUNNING) {
            running.remove(sequence);
        } else if (sequence.state() == Sequence.State.WAITING) {
            waiting.remove(sequence);
        }
        sequence.end();
    }

    /** The rows of the next step; valid until the next call. */
    public StepPlan<S> plan() {
        plan.clear();
        for (int i = 0; i < running.size(); i++) {
            S sequence = running.get(i);
            if (sequence.decodes()) {
                schedule(sequence, 0);
            }
        }
        boolean full = false;
        for (int i = 0; i < running.size() && !full; i++) {
            S sequence = running.get(i);
            if (!sequence.decodes()) {
                full = !schedule(sequence, scoredRows());
            }
        }
        if (!full) {
            admit();
        }
        return plan;
    }

    /** The planned rows have been computed: their sequences advance, and whole KV blocks of prompts can be reused. */
    public void advance(StepPlan<S> done) {
        for (int part = 0; part < done.parts(); part++) {
            S sequence = done.sequence(part);
            if (sequence.state() == Sequence.State.RUNNING) {
                sequence.advance(done.rows(part));
                int prompt = Math.min(sequence.computed(), sequence.promptLength());
                sequence.inserted(prefixes.insert(sequence.tokens(), prompt, sequence.table(), sequence.inserted()));
            }
        }
    }

    /**
     * Plans as many rows of {@code sequence} as budget and memory allow, all of one role.
     *
     * @return whether anything more can be planned in this step
     */
    private boolean schedule(S sequence, int scoredRows) {
        int end = sequence.promptComputed() ? sequence.length() : sequence.promptLength();
        int rows = Math.min(end - sequence.computed(), maxBatchTokens - plan.rows());
        if (sequence.scoresPrompt() && !sequence.promptComputed()) {
            rows = Math.min(rows, maxScoredRows - maxSequences - scoredRows);
        }
        if (rows <= 0) {
            return maxBatchTokens > plan.rows();
        }
        int tokens = sequence.computed() + rows;
        while (sequence.table().missingFor(tokens) > pool.available()) {
            S youngest = running.getLast();
            preempt(youngest);
            if (sequence.state() != Sequence.State.RUNNING) {
                return false;
            }
        }
        sequence.table().growTo(tokens);
        plan.add(sequence, rows);
        return true;
    }

    private int scoredRows() {
        int scored = 0;
        for (int part = 0; part < plan.parts(); part++) {
            if (!plan.generated(part) && plan.sequence(part).scoresPrompt()) {
                scored += plan.rows(part);
            }
        }
        return scored;
    }

    private void preempt(S sequence) {
        plan.remove(sequence);
        running.remove(sequence);
        sequence.preempt();
        int place = 0;
        while (place < waiting.size() && waiting.get(place).order() < sequence.order()) {
            place++;
        }
        waiting.add(place, sequence);
        preemptions++;
    }

    private void admit() {
        for (int i = 0; i < waiting.size() && running.size() < maxSequences && plan.rows() < maxBatchTokens; ) {
            S sequence = waiting.get(i);
            if (waitsForSibling(sequence)) {
                i++;
                continue;
            }
            BlockTable table = new BlockTable(pool, blockTokens);
            int reused = reuse(sequence, table);
            // Each running sequence may want its next block soon: who takes the last ones would soon be preempted, and
            // computed again.
            int missing = table.missingFor(sequence.length() + 1) + running.size();
            if (missing > pool.available() && !running.isEmpty()) {
                table.releaseAll();
                return;
            }
            waiting.remove(i);
            sequence.start(table, reused);
            insert(sequence);
            if (!schedule(sequence, scoredRows())) {
                return;
            }
        }
    }

    /** A sequence whose sibling is about to compute the same prompt lets it go ahead. */
    private boolean waitsForSibling(S sequence) {
        Sequence sibling = sequence.sibling();
        return sibling != null && sibling.state() != Sequence.State.ENDED && !sibling.promptComputed();
    }

    /** Finds the beginning of the prompt in memory; at least its last token is computed, since its logits are needed. */
    private int reuse(S sequence, BlockTable table) {
        if (sequence.scoresPrompt()) {
            return 0;
        }
        int limit =
                sequence.length() == sequence.promptLength() ? sequence.promptLength() - 1 : sequence.promptLength();
        Sequence sibling = sequence.sibling();
        if (sibling != null && sibling.state() == Sequence.State.RUNNING) {
            int blocks = limit / blockTokens;
            table.share(sibling.table(), blocks);
            return blocks * blockTokens;
        }
        return prefixes.reuse(sequence.tokens(), limit, table);
    }

    private void insert(S sequence) {
        int place = running.size();
        while (place > 0 && running.get(place - 1).order() > sequence.order()) {
            place--;
        }
        running.add(place, sequence);
    }

    /** How often a sequence gave its blocks back, in total. */
    public long preemptions() {
        return preemptions;
    }
}
