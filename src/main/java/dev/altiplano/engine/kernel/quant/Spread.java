package dev.altiplano.engine.kernel.quant;

/**
 * How integers of a format are held in one three bits wider: shifted up, and the scale down, since kernels that round weights to
 * a common scale take them for as wide as they can be.
 */
final class Spread {

    private Spread() {}

    /** Bits to shift by: less than three where the scale, given as F16 bits, would lose one. */
    static int bits(short scale) {
        float value = Float.float16ToFloat(scale);
        int bits = 3;
        while (bits > 0 && Float.float16ToFloat(Float.floatToFloat16(value / (1 << bits))) != value / (1 << bits)) {
            bits--;
        }
        return bits;
    }

    /** The scale of integers that are shifted so. */
    static short divided(short scale) {
        return Float.floatToFloat16(Float.float16ToFloat(scale) / (1 << bits(scale)));
    }
}
