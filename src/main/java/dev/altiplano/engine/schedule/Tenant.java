package dev.altiplano.engine.schedule;

/** A client with sequences in the scheduler, and how many of them run and wait. Belongs to the engine thread. */
final class Tenant {

    private final String name;
    private long lastStep;
    private long lastPlaced;
    private int running;
    private int waiting;

    Tenant(String name) {
        this.name = name;
    }

    /** Whether this is asked for the first time in a step. */
    boolean firstIn(long step) {
        boolean first = lastStep != step;
        lastStep = step;
        return first;
    }

    String name() {
        return name;
    }

    int running() {
        return running;
    }

    boolean idle() {
        return running + waiting == 0;
    }

    /** One of its sequences gets a place, the {@code place}-th that was given to anybody. */
    void placed(long place) {
        lastPlaced = place;
        running++;
    }

    /** When it was given its last place, compared with others; 0 for never. */
    long lastPlaced() {
        return lastPlaced;
    }

    void running(int change) {
        running += change;
    }

    void waiting(int change) {
        waiting += change;
    }
}
