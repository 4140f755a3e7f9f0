package dev.altiplano.engine.speculate;

import dev.altiplano.engine.cache.BlockPool;
import dev.altiplano.engine.model.ForwardBatch;
import dev.altiplano.engine.model.Model;
import dev.altiplano.engine.sample.Sampler;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * A second, smaller model that drafts what the model will say (Leviathan et al. 2023, with drafts that are verified token by token). Its
 * sequences ask while a step is planned; it computes for all of them at once, before the step. Whatever it does, or fails to do, changes
 * no token: where it fails, nothing is drafted from then on. Belongs to the engine thread.
 */
public final class DraftModel {

    private static final System.Logger LOG = System.getLogger(DraftModel.class.getName());

    private final DraftMemory memory;
    private final DraftPasses passes;
    private final DraftCredit credit = new DraftCredit();
    private final DraftTrials trials = new DraftTrials();
    private final StepCosts costs;
    /** How drafts of all sequences have fared lately. */
    private final DraftLength record;

    private final int contextLength;
    private final int maxRows;
    private final List<ModelDrafter> drafting = new ArrayList<>();
    private final List<ModelDrafter> reading = new ArrayList<>();
    private int rows;
    private boolean failed;

    /**
     * A draft model at rest.
     *
     * @param shape what it was made for
     * @param pool its own KV blocks
     * @param batch has room for {@link Shape#maxRows} rows, and for the logits of a row of each sequence
     * @param sampler over the tokens that both models know
     * @param costs what steps of the model take
     */
    public DraftModel(
            Model model,
            Shape shape,
            BlockPool pool,
            ForwardBatch batch,
            Sampler sampler,
            StepCosts costs,
            LongSupplier nanoTime) {
        this.costs = costs;
        contextLength = shape.contextLength;
        maxRows = shape.maxRows;
        memory = new DraftMemory(pool, shape.blockTokens, shape.prefixCache);
        passes = new DraftPasses(model, batch, sampler, shape.vocabularySize, costs.timed(), nanoTime);
        record = new DraftLength(costs, 3, 1);
    }

    /**
     * What a draft model was made for.
     *
     * @param contextLength longest sequence
     * @param vocabularySize numbers in a row of its logits
     * @param maxRows most rows of a pass
     * @param blockTokens positions in a KV block
     * @param prefixCache whether beginnings that it has read are found again
     */
    public record Shape(int contextLength, int vocabularySize, int maxRows, int blockTokens, boolean prefixCache) {}

    /** Makes what was promised since the last time, and reads on for those that are behind in at most {@code freeRows} rows. */
    void make(int freeRows, Runnable afterLayer) {
        credit.earn();
        try {
            if (drafting.isEmpty()) {
                passes.rest();
            } else {
                int decoding = drafting.getFirst().decoding();
                credit.spend(passes.draft(drafting, decoding, afterLayer) / costs.of(decoding));
            }
            if (!reading.isEmpty()) {
                int decoding = reading.getFirst().decoding();
                credit.spend(passes.read(reading, Math.min(maxRows, freeRows), afterLayer) / costs.of(decoding));
            }
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "the draft model failed and is no longer used", e);
            failed = true;
        } finally {
            drafting.forEach(ModelDrafter::made);
            drafting.clear();
            reading.clear();
            rows = 0;
        }
    }

    /** Whether there is room for {@code count} rows more in the pass in which drafts begin; if so, they are taken. */
    boolean takesRows(int count) {
        boolean room = rows + count <= maxRows;
        rows += room ? count : 0;
        return room;
    }

    /** A sequence has promised a draft. */
    void draftFor(ModelDrafter drafter) {
        drafting.add(drafter);
    }

    /** A sequence has more than can be read along with a draft. */
    void readFor(ModelDrafter drafter) {
        reading.add(drafter);
    }

    /** The length of a new sequence's drafts. */
    DraftLength newLength() {
        return record.next();
    }

    DraftLength record() {
        return record;
    }

    DraftMemory memory() {
        return memory;
    }

    DraftPasses passes() {
        return passes;
    }

    DraftCredit credit() {
        return credit;
    }

    DraftTrials trials() {
        return trials;
    }

    int contextLength() {
        return failed ? 0 : contextLength;
    }
}
