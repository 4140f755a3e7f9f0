package dev.altiplano.engine.cache.tier;

import java.util.SplittableRandom;

/**
 * What a simulated disk does to the file on it.
 *
 * @param slots blocks that the file has room for
 * @param longest bytes of a read or write at most
 * @param failures of 10,000 reads and writes, how many fail: no space, or an error of the device
 * @param damages of 10,000 reads and writes, before how many somebody changes or cuts the file
 * @param torn whether the last writes before a stop are lost in part
 * @param otherModel whether what lies there at last was written for another model
 */
public record DiskPlan(int slots, int longest, int failures, int damages, boolean torn, boolean otherModel) {

    private static final int MAX_SLOTS = 24;

    /** A plan; half of them have a disk that does no wrong. */
    public static DiskPlan of(SplittableRandom random) {
        boolean sound = random.nextBoolean();
        return new DiskPlan(
                random.nextInt(1, MAX_SLOTS),
                random.nextInt(3) == 0 ? random.nextInt(1, 200) : Integer.MAX_VALUE,
                sound || random.nextInt(3) > 0 ? 0 : random.nextInt(1, 200),
                sound ? 0 : random.nextInt(1, 400),
                !sound && random.nextBoolean(),
                random.nextInt(8) == 0);
    }
}
