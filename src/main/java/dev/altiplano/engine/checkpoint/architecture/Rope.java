package dev.altiplano.engine.checkpoint.architecture;

/**
 * How positions turn queries and keys (Su et al. 2021). The constructor throws {@link IllegalArgumentException} for what no
 * model can have.
 *
 * @param base of the frequencies
 * @param dimensions of a head that are turned, in neighbouring pairs from the first; the others stay as they are
 * @param scaling what becomes of the frequencies for long contexts
 */
public record Rope(double base, int dimensions, RopeScaling scaling) {

    public Rope {
        if (!(base > 0) || Double.isInfinite(base)) {
            throw new IllegalArgumentException("the RoPE base " + base + " is not positive and finite");
        }
        if (dimensions < 2 || dimensions % 2 != 0) {
            throw new IllegalArgumentException(dimensions + " dimensions of a head cannot be rotated in pairs");
        }
    }
}
