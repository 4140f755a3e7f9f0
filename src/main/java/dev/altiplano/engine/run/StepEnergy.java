package dev.altiplano.engine.run;

import dev.altiplano.engine.request.GenerationSequence;
import dev.altiplano.engine.schedule.StepPlan;
import org.jspecify.annotations.Nullable;

/**
 * Divides the energy of steps among the requests whose rows were in them, by rows and without a remainder. What is used between
 * two steps that follow each other falls to the second, what is used at rest to nobody. Belongs to the engine thread.
 */
final class StepEnergy {

    private final @Nullable EnergySource source;
    private long last;
    private boolean resting = true;

    /**
     * @param source null where nobody wants to know
     */
    StepEnergy(@Nullable EnergySource source) {
        this.source = source;
    }

    /** A step begins. */
    void begin() {
        if (source != null && resting) {
            last = source.microjoules();
            resting = false;
        }
    }

    /** Nothing is to compute. */
    void rest() {
        resting = true;
    }

    /** The step's rows have been computed: each row costs the same. */
    void share(StepPlan<GenerationSequence> plan) {
        if (source == null) {
            return;
        }
        long now = source.microjoules();
        long used = now - last;
        last = now;
        long given = 0;
        long rows = 0;
        for (int part = 0; part < plan.parts(); part++) {
            rows += plan.rows(part);
            long upToHere = used * rows / plan.rows();
            plan.sequence(part).request().used(upToHere - given, source.measured());
            given = upToHere;
        }
    }
}
