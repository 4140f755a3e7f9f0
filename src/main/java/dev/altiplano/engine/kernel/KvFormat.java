package dev.altiplano.engine.kernel;

/** How keys and values are kept. */
public enum KvFormat {
    F32,
    F16,
    /** int8 with one F16 scale for 32 neighbouring elements. */
    Q8_0;

    /** Bytes of {@code elements} elements. */
    public long bytes(long elements) {
        return switch (this) {
            case F32 -> 4 * elements;
            case F16 -> 2 * elements;
            case Q8_0 -> elements / 32 * 34;
        };
    }
}
