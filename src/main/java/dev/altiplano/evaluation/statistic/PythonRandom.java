package dev.altiplano.evaluation.statistic;

import java.util.HashSet;
import java.util.Set;

/**
 * Python's {@code random.Random}: the Mersenne Twister MT19937 (Matsumoto and Nishimura 1998), seeded by an integer as
 * CPython does ({@code init_by_array} over the 32-bit digits of its absolute value), with {@code random}, {@code getrandbits},
 * {@code sample} and {@code choices} drawing as they do since Python 3.2. Belongs to one thread.
 */
public final class PythonRandom {

    private static final int SIZE = 624;
    private static final int SHIFT = 397;
    private static final int MATRIX = 0x9908b0df;

    private final int[] state = new int[SIZE];
    private int next = SIZE;

    public PythonRandom(long seed) {
        long magnitude = Math.abs(seed);
        int high = (int) (magnitude >>> 32);
        seed(high == 0 ? new int[] {(int) magnitude} : new int[] {(int) magnitude, high});
    }

    private void seed(int[] key) {
        state[0] = 19650218;
        for (int i = 1; i < SIZE; i++) {
            state[i] = 1812433253 * (state[i - 1] ^ (state[i - 1] >>> 30)) + i;
        }
        int i = 1;
        int j = 0;
        for (int k = Math.max(SIZE, key.length); k > 0; k--) {
            state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >>> 30)) * 1664525)) + key[j] + j;
            i = following(i);
            j = j + 1 == key.length ? 0 : j + 1;
        }
        for (int k = SIZE - 1; k > 0; k--) {
            state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >>> 30)) * 1566083941)) - i;
            i = following(i);
        }
        state[0] = 0x80000000;
    }

    private int following(int i) {
        if (i + 1 < SIZE) {
            return i + 1;
        }
        state[0] = state[SIZE - 1];
        return 1;
    }

    private void twist() {
        for (int i = 0; i < SIZE; i++) {
            int y = (state[i] & 0x80000000) | (state[(i + 1) % SIZE] & 0x7fffffff);
            state[i] = state[(i + SHIFT) % SIZE] ^ (y >>> 1) ^ ((y & 1) == 0 ? 0 : MATRIX);
        }
        next = 0;
    }

    private int nextWord() {
        if (next == SIZE) {
            twist();
        }
        int y = state[next++];
        y ^= y >>> 11;
        y ^= (y << 7) & 0x9d2c5680;
        y ^= (y << 15) & 0xefc60000;
        return y ^ (y >>> 18);
    }

    /** {@code random()}: uniform in [0, 1), of 53 bits. */
    public double nextDouble() {
        long high = nextWord() >>> 5;
        long low = nextWord() >>> 6;
        return (high * 67108864.0 + low) / 9007199254740992.0;
    }

    /** {@code getrandbits(bits)} for 1 to 32 bits. */
    public long bits(int bits) {
        if (bits < 1 || bits > 32) {
            throw new IllegalArgumentException("bits = " + bits + ": must be 1 to 32");
        }
        return Integer.toUnsignedLong(nextWord()) >>> (32 - bits);
    }

    /** {@code randrange(bound)}. */
    public int below(int bound) {
        int bits = 32 - Integer.numberOfLeadingZeros(bound);
        long drawn = bits(bits);
        while (drawn >= bound) {
            drawn = bits(bits);
        }
        return (int) drawn;
    }

    /** The places in a population of {@code size} that {@code sample(population, count)} takes, in its order. */
    public int[] sample(int size, int count) {
        if (count < 0 || count > size) {
            throw new IllegalArgumentException("a sample of " + count + " from a population of " + size);
        }
        return usesPool(size, count) ? fromPool(size, count) : oneByOne(size, count);
    }

    /** CPython takes the method that needs less memory: a list of {@code size} against a set of {@code count}. */
    private static boolean usesPool(int size, int count) {
        long setSize = 21;
        if (count > 5) {
            setSize += 1L << 2 * (int) Math.ceil(Math.log(3.0 * count) / Math.log(4));
        }
        return size <= setSize;
    }

    private int[] fromPool(int size, int count) {
        int[] pool = new int[size];
        for (int i = 0; i < size; i++) {
            pool[i] = i;
        }
        int[] taken = new int[count];
        for (int i = 0; i < count; i++) {
            int at = below(size - i);
            taken[i] = pool[at];
            pool[at] = pool[size - i - 1];
        }
        return taken;
    }

    private int[] oneByOne(int size, int count) {
        Set<Integer> seen = new HashSet<>();
        int[] taken = new int[count];
        for (int i = 0; i < count; i++) {
            int at = below(size);
            while (!seen.add(at)) {
                at = below(size);
            }
            taken[i] = at;
        }
        return taken;
    }

    /** One place of those that {@code choices(population, k=…)} takes from a population of {@code size}, with replacement. */
    public int choice(int size) {
        return (int) Math.floor(nextDouble() * size);
    }
}
