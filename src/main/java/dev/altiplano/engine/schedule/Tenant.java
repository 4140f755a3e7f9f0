package dev.altiplano.engine.schedule;

/** A client with sequences in the scheduler: how many of them run and wait, and what they hold. Belongs to the engine thread. */
final class Tenant {

    private final String name;
    private long lastStep;
    private long lastPlaced;
    private int running;
    private int waiting;
    private int blocks;
    private int holders;

    /** @param lastPlaced the last place that was given to anybody: who comes now goes behind those that wait already */
    Tenant(String name, long lastPlaced) {
        this.name = name;
        this.lastPlaced = lastPlaced;
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

    /** When it was given its last place, or came, compared with others. */
    long lastPlaced() {
        return lastPlaced;
    }

    void running(int change) {
        running += change;
    }

    void waiting(int change) {
        waiting += change;
    }

    /** Begins to count what its running sequences hold. */
    void count() {
        blocks = 0;
        holders = 0;
    }

    /** One more of its running sequences holds so many KV blocks alone; one less where the change is negative. */
    void holds(int change) {
        blocks += change;
        holders += change < 0 ? -1 : 1;
    }

    /** KV blocks that its running sequences hold, each alone, as they were counted last. */
    int blocks() {
        return blocks;
    }

    /** How many sequences were counted. */
    int holders() {
        return holders;
    }
}
