package dev.altiplano.engine.speculate;

import dev.altiplano.engine.model.ForwardBatch;
import dev.altiplano.engine.sample.Sampler;
import java.lang.foreign.MemorySegment;

/**
 * Drafts of one sequence by a {@link DraftModel}. The draft model's keys and values follow the tokens that stay: what was drafted wrongly is
 * overwritten, what it has not seen is read first, a prompt in parts.
 *
 * <p>How much is drafted follows what has been right lately and what rows cost ({@link DraftLength}). Where that is nothing, a short draft
 * is tried now and then ({@link DraftTrials}). All is paid from what drafts have gained ({@link DraftCredit}).
 */
final class ModelDrafter implements DraftSource {

    /** Tokens that are read in the pass of a draft; more go into a pass of their own. */
    private static final int MAX_READ_ALONG = 8;

    /** Tokens of a draft that is tried. */
    private static final int TRIED = 2;

    private final DraftModel model;
    private final StepCosts costs;
    private final DraftMemory.Place place;
    private final DraftChooser chooser;
    private final DraftLength lengths;

    private int[] tokens = new int[0];
    private int length;
    private int decoding;
    /** Tokens of the sequence whose keys and values are there. */
    private int computed;
    /** Of the drafted tokens those whose keys and values are there too. */
    private int ahead;
    /** Tokens to draft in this step, and those of them that can be chosen. */
    private int promised;

    private int draftable;
    /** Tokens that are being read. */
    private int unread;
    /** What the drafted rows cost the model, in its steps. */
    private double rowSteps;

    ModelDrafter(DraftModel model, StepCosts costs, Continuation continuation) {
        this.model = model;
        this.costs = costs;
        place = model.memory().place(continuation.salt());
        chooser = new DraftChooser(continuation);
        lengths = model.newLength();
    }

    /** {@inheritDoc} They are written by {@link DraftModel#make}. */
    @Override
    public int draft(int[] sequence, int sequenceLength, int max, int rows, int decodingNow) {
        tokens = sequence;
        length = sequenceLength;
        decoding = decodingNow;
        ahead = 0;
        int most = Math.min(max, model.contextLength() - length);
        if (most <= 0 || !costs.known(decoding)) {
            return 0;
        }
        double draft = model.passes().draft(decoding);
        int best = lengths.best(most, rows, decoding, draft);
        if (best == 0 && !model.trials().isDue(this)) {
            return 0;
        }
        int wanted = best > 0 ? best : Math.min(TRIED, most);
        rowSteps = costs.ofDraft(rows, wanted) / costs.of(decoding);
        if (!model.credit().affords(rowSteps + wanted * draft / costs.of(decoding)) || !isReady(wanted)) {
            return 0;
        }
        if (best > 0) {
            model.trials().worked();
        } else {
            model.trials().tried();
        }
        promised = wanted;
        draftable = wanted;
        model.draftFor(this);
        return wanted;
    }

    /** Sequences that decode in this step. */
    int decoding() {
        return decoding;
    }

    /** Whether all but a few tokens are known, and {@code wanted} more have room; begins to bring it about where they are not. */
    private boolean isReady(int wanted) {
        if (computed == 0) {
            computed = place.find(tokens, length);
        } else {
            place.keep(tokens, computed);
        }
        int behind = length - computed;
        boolean near = behind <= MAX_READ_ALONG;
        if (!near && !model.credit().affords(model.passes().read(behind) / costs.of(decoding))) {
            return false;
        }
        if (!place.holds(length + wanted)) {
            computed = 0;
            return false;
        }
        if (!near) {
            model.readFor(this);
            return false;
        }
        return model.takesRows(behind);
    }

    int promised() {
        return promised;
    }

    /** Whether a token is to be chosen behind {@code before} drafted ones. */
    boolean drafts(int before) {
        return before < draftable;
    }

    /** Adds the rows behind which the next token stands: all that are not known, or the token that was drafted last. */
    int addDrafting(ForwardBatch batch, int before) {
        if (!drafts(before)) {
            return 0;
        }
        int list = batch.addBlockList(place.table().blocks(), place.table().size());
        int end = length + before;
        int first = before == 0 ? computed : end - 1;
        for (int position = first; position < end; position++) {
            batch.add(tokens[position], position, list, true, position == end - 1);
        }
        return end - first;
    }

    /** Writes the token behind {@code before} drafted ones. */
    void draft(Sampler sampler, MemorySegment logits, long offsetBytes, int before) {
        computed = length;
        ahead = before;
        int position = length + before;
        int token = chooser.choose(sampler, logits, offsetBytes, position);
        if (token == DraftChooser.NONE || before + 1 < promised && !chooser.accept(token)) {
            draftable = before + 1;
        }
        // What is promised and not chosen is wrong, and a token all the same.
        for (int i = position; i < length + promised; i++) {
            tokens[i] = Math.max(0, token);
        }
    }

    /** The step's drafts are made. */
    void made() {
        chooser.rollBack();
        promised = 0;
        draftable = 0;
    }

    /** Adds at most {@code max} rows of what is not known, but for the last token; returns how many. */
    int addUnread(ForwardBatch batch, int max) {
        unread = place.table().size() == 0 ? 0 : Math.max(0, Math.min(max, length - 1 - computed));
        if (unread > 0) {
            int list = batch.addBlockList(place.table().blocks(), place.table().size());
            for (int position = computed; position < computed + unread; position++) {
                batch.add(tokens[position], position, list, false, false);
            }
        }
        return unread;
    }

    /** What was added has been computed. */
    void read() {
        computed += unread;
        unread = 0;
    }

    @Override
    public void verified(int drafted, int accepted) {
        computed += Math.min(accepted, ahead);
        lengths.seen(accepted, accepted < drafted);
        model.record().seen(accepted, accepted < drafted);
        model.credit().add((double) accepted / decoding - rowSteps);
    }

    @Override
    public void release() {
        place.release();
        model.trials().leave(this);
        computed = 0;
        promised = 0;
        draftable = 0;
    }
}
