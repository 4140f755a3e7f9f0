package dev.altiplano.engine.speculate;

import dev.altiplano.engine.SpeculationStats;
import dev.altiplano.engine.sample.GrammarMask;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Where an engine's drafts come from: what a grammar forces, what a sequence holds already, and a draft model where there is one. Belongs to the engine
 * thread, but for the statistics.
 */
public final class Speculation {

    private final StepCosts costs;
    private final @Nullable DraftModel model;
    private final LongSupplier nanoTime;
    private final DraftTally ngramTally = new DraftTally();
    private final DraftTally modelTally = new DraftTally();

    /**
     * @param costs what rows take
     * @param model null where what a sequence holds is all that is drafted from
     */
    public Speculation(StepCosts costs, @Nullable DraftModel model, LongSupplier nanoTime) {
        this.costs = costs;
        this.model = model;
        this.nanoTime = nanoTime;
    }

    /** The drafts of a new sequence, which chooses its tokens by {@code continuation}. */
    public SequenceDrafts begin(Continuation continuation) {
        List<SequenceDrafts.Booked> sources = new ArrayList<>();
        if (!continuation.processors().isEmpty() && continuation.processors().getLast() instanceof GrammarMask mask) {
            sources.add(new SequenceDrafts.Booked(new ForcedDrafter(mask.matcher(), costs), ngramTally));
        }
        sources.add(new SequenceDrafts.Booked(new NgramDrafter(costs), ngramTally));
        if (model != null) {
            sources.add(new SequenceDrafts.Booked(new ModelDrafter(model, costs, continuation), modelTally));
        }
        return new SequenceDrafts(sources, nanoTime);
    }

    /**
     * Makes the drafts that were promised since the last time.
     *
     * @param freeRows rows that the step has left, within which the draft model reads what it does not know yet
     * @param afterLayer runs after each layer of the draft model
     * @return what it took, in nanoseconds
     */
    public long make(int freeRows, Runnable afterLayer) {
        if (model == null) {
            return 0;
        }
        long begin = nanoTime.getAsLong();
        model.make(freeRows, afterLayer);
        long elapsed = nanoTime.getAsLong() - begin;
        modelTally.took(elapsed);
        return elapsed;
    }

    /** What was drafted from what sequences hold and from what their grammars force. */
    public SpeculationStats ngram() {
        return ngramTally.snapshot();
    }

    /** What the draft model drafted. */
    public SpeculationStats model() {
        return modelTally.snapshot();
    }
}
