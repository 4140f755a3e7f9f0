package dev.altiplano.engine.sample;

/**
 * Random numbers by position: the draw for a token needs no state, so that a sequence that was preempted goes on with the
 * numbers that it would have had. The mixing function is SplitMix64's (Steele, Lea and Flood 2014).
 */
public final class CounterRandom {

    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private CounterRandom() {}

    /** A number in [0, 1) for {@code position} under {@code seed}. */
    static double uniform(long seed, int position) {
        long mixed = mix(mix(seed + GOLDEN) + GOLDEN * (position + 1L));
        return (mixed >>> 11) * 0x1.0p-53;
    }

    /** A seed for the {@code index}-th sequence of a request, so that its choices differ. */
    public static long derive(long seed, int index) {
        return index == 0 ? seed : mix(seed ^ GOLDEN * index);
    }

    private static long mix(long value) {
        long z = (value ^ value >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
