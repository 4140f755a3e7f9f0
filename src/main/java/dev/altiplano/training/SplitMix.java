package dev.altiplano.training;

/**
 * A random sequence that is the same on every machine and in every version: SplitMix64 (Steele, Lea and Flood 2014). Its whole
 * state is one number. Belongs to one thread.
 */
public final class SplitMix {

    private long state;

    public SplitMix(long seed) {
        state = seed;
    }

    /** The sequence number {@code stream} of {@code seed}: independent of the others. */
    public static SplitMix of(long seed, long stream) {
        return new SplitMix(mix(seed + 0x9E3779B97F4A7C15L) ^ mix(mix(stream) + 0xD1B54A32D192ED03L));
    }

    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    public long nextLong() {
        state += 0x9E3779B97F4A7C15L;
        return mix(state);
    }

    /** Uniform in [0, bound). */
    public int nextInt(int bound) {
        return (int) Math.unsignedMultiplyHigh(nextLong(), bound);
    }

    /** Uniform in [0, 1). */
    public double nextDouble() {
        return (nextLong() >>> 11) * 0x1.0p-53;
    }

    /** Normal with mean 0 and variance 1 (Box and Muller 1958), by functions whose results are fixed to the bit. */
    public double nextGaussian() {
        double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - nextDouble()));
        return radius * StrictMath.cos(2 * Math.PI * nextDouble());
    }
}
