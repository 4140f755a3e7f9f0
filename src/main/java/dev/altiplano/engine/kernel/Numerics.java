package dev.altiplano.engine.kernel;

/** The numeric definition that {@code docs/numerics.md} writes down. */
public final class Numerics {

    /**
     * Its version: raised whenever the same weights and tokens come to other bits than before in any format, so that what an earlier
     * build computed and kept is not taken for what this one would compute.
     */
    public static final int VERSION = 5;

    private Numerics() {}
}
