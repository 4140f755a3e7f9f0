package dev.altiplano.engine.speculate;

import dev.altiplano.engine.model.ForwardBatch;
import dev.altiplano.engine.model.Model;
import dev.altiplano.engine.sample.Sampler;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.LongSupplier;

/** The forward passes of a draft model over several sequences, and what they cost. Belongs to the engine thread. */
final class DraftPasses {

    /** Weight of the newest pass in what a token costs to read. */
    private static final double NEWEST_SHARE = 0.2;

    /** By so much sequences are expected to draft together again with each step in which none does. */
    private static final double SHARING_AGAIN = 0.01;

    /** Rows from which on a pass shows what a token costs to be read. */
    private static final int MANY_ROWS = 32;

    /** Where time does not count: parts of a step of the model that drafting, and reading, a token costs. */
    private static final double UNTIMED_DRAFT = 0.1;

    private static final double UNTIMED_READ = 0.001;

    private final Model model;
    private final ForwardBatch batch;
    private final Sampler sampler;
    private final long rowBytes;
    private final boolean timed;
    private final LongSupplier nanoTime;
    private final StepCosts costs;
    /** The part of the sequences that decode which have drafted together lately. */
    private double sharing = 1;
    /** What a token takes to be read, 0 before any was. */
    private double readNanos;

    /** @param vocabularySize numbers in a row of logits */
    DraftPasses(
            Model model,
            ForwardBatch batch,
            Sampler sampler,
            int vocabularySize,
            boolean timed,
            LongSupplier nanoTime) {
        this.model = model;
        this.batch = batch;
        this.sampler = sampler;
        this.timed = timed;
        this.nanoTime = nanoTime;
        rowBytes = 4L * vocabularySize;
        costs = new StepCosts(timed);
    }

    /**
     * What a drafted token is expected to cost, as a part of a pass that it shares with others; in the measure of the steps' costs.
     *
     * @param decoding sequences that could share it
     */
    double draft(int decoding) {
        int together = Math.max(1, (int) Math.round(sharing * decoding));
        return timed ? costs.of(together) / together : UNTIMED_DRAFT;
    }

    /** What {@code tokens} tokens cost to be read, in the same measure. */
    double read(int tokens) {
        return tokens * (timed ? readNanos : UNTIMED_READ);
    }

    /** Nobody drafts in this step: others may do so together in the next ones. */
    void rest() {
        sharing += SHARING_AGAIN * (1 - sharing);
    }

    /**
     * Writes the promised tokens behind their sequences: in as many passes as the longest draft has tokens.
     *
     * @param decoding sequences that could have taken part
     * @return what it has cost, in the measure of the steps' costs
     */
    double draft(List<ModelDrafter> drafters, int decoding, Runnable afterLayer) {
        sharing += NEWEST_SHARE * (drafters.size() / (double) decoding - sharing);
        long first = nanoTime.getAsLong();
        int drafted = 0;
        int longest = 0;
        for (ModelDrafter drafter : drafters) {
            longest = Math.max(longest, drafter.promised());
        }
        for (int ahead = 0; ahead < longest; ahead++) {
            long begin = nanoTime.getAsLong();
            batch.clear();
            int rows = 0;
            for (ModelDrafter drafter : drafters) {
                rows += drafter.addDrafting(batch, ahead);
            }
            if (rows == 0) {
                break;
            }
            MemorySegment logits = model.forward(batch, afterLayer);
            int scored = 0;
            for (ModelDrafter drafter : drafters) {
                if (drafter.drafts(ahead)) {
                    drafter.draft(sampler, logits, scored++ * rowBytes, ahead);
                }
            }
            drafted += scored;
            costs.measured(rows, nanoTime.getAsLong() - begin);
        }
        return timed ? nanoTime.getAsLong() - first : drafted * UNTIMED_DRAFT;
    }

    /**
     * Reads what sequences have that the draft model does not know, the first ones first, in one pass of at most {@code maxRows} rows.
     *
     * @return what it has cost, in the measure of the steps' costs
     */
    double read(List<ModelDrafter> drafters, int maxRows, Runnable afterLayer) {
        long begin = nanoTime.getAsLong();
        batch.clear();
        int rows = 0;
        for (ModelDrafter drafter : drafters) {
            rows += drafter.addUnread(batch, maxRows - rows);
        }
        if (rows == 0) {
            return 0;
        }
        MemorySegment _ = model.forward(batch, afterLayer);
        for (ModelDrafter drafter : drafters) {
            drafter.read();
        }
        long elapsed = nanoTime.getAsLong() - begin;
        double each = elapsed / (double) rows;
        // What is left of a full step are a few rows, which cost more each than a prompt's.
        if (readNanos == 0 || rows >= MANY_ROWS || each < readNanos) {
            readNanos += (readNanos == 0 ? 1 : NEWEST_SHARE) * (each - readNanos);
        }
        return timed ? elapsed : rows * UNTIMED_READ;
    }
}
