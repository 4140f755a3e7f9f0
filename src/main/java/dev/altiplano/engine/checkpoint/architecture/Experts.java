package dev.altiplano.engine.checkpoint.architecture;

/**
 * How many feed-forward layers stand beside each other (Jiang et al. 2024), and how many of them a token goes through. The
 * constructor throws {@link IllegalArgumentException} for numbers that cannot be.
 *
 * @param count experts of a layer; 0 where there is one plain feed-forward layer
 * @param used experts that a token goes through
 */
public record Experts(int count, int used) {

    /** The most experts that any model may have. */
    public static final int MAX = 1 << 10;

    /** One feed-forward layer that every token goes through. */
    public static final Experts NONE = new Experts(0, 0);

    public Experts {
        if (count < 0 || count > MAX) {
            throw new IllegalArgumentException("the number of experts is " + count + ", expected 0 to " + MAX);
        }
        if (used < 0 || used > count || count > 0 && used == 0) {
            throw new IllegalArgumentException(
                    used + " of " + count + " experts are used for a token, expected 1 to " + count);
        }
    }

    /** Whether there are experts. */
    public boolean any() {
        return count > 0;
    }
}
