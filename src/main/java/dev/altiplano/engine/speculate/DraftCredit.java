package dev.altiplano.engine.speculate;

/**
 * What may be spent on a draft model: what its drafts have gained so far, and a small part of all steps. Reading prompts pays only later,
 * and what drafts gain is only expected: by these books a draft model that is of no use costs next to nothing, whatever was
 * expected and however long the prompts are. Counted in steps of the model. Belongs to the engine thread.
 */
final class DraftCredit {

    private static final double AT_FIRST = 16;
    private static final double MAX = 64;
    private static final double SHARE_OF_STEPS = 0.01;

    private double steps = AT_FIRST;

    /** The model has taken a step. */
    void earn() {
        add(SHARE_OF_STEPS);
    }

    /** So many steps were gained. */
    void add(double gained) {
        steps = Math.min(MAX, steps + gained);
    }

    /** So many steps were spent. */
    void spend(double spent) {
        steps -= spent;
    }

    /** Whether something that costs so many steps may be begun; what costs more than can ever be saved up, when all is there. */
    boolean affords(double cost) {
        return steps >= Math.min(cost, MAX);
    }
}
