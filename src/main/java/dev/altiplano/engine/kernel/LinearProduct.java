package dev.altiplano.engine.kernel;

import java.lang.foreign.MemorySegment;

/**
 * One of several products that do not depend on each other; its rows are computed as generated rows.
 *
 * @param matrix W
 * @param in F32 [rows, columns]
 * @param out F32 [rows, rows of W]; apart from {@code in} and from what the others write
 * @param accumulate whether {@code out += in · Wᵀ}, and not {@code out = in · Wᵀ}
 */
public record LinearProduct(PackedMatrix matrix, MemorySegment in, MemorySegment out, int rows, boolean accumulate) {}
