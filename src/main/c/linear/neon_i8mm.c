/*
 * Matrix products with NEON's small matrix products: two rows of weights times two rows of activations, eight columns at once.
 * Two vectors of [4 rows][4 columns], zipped, are [2 rows][8 columns] twice.
 */
#if defined(__aarch64__)
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("dotprod,i8mm"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("arch=armv8.2-a+dotprod+i8mm")
#endif
#define NAME(x) neon_i8mm_##x
#define ROWS_DOTS matrices
#define WITHOUT_PLAIN
#include <arm_neon.h>

#include "multiplier.h"

INLINE void matrices(const int format, const int T, const uint8_t *q, const uint8_t *b, int8x16_t table,
                     const struct record *a, int32x4_t *dots, int32x4_t *second);
#include "neon.inc"

INLINE int8x16_t zip_low(int8x16_t x, int8x16_t y) {
    return vreinterpretq_s8_s32(vzip1q_s32(vreinterpretq_s32_s8(x), vreinterpretq_s32_s8(y)));
}

INLINE int8x16_t zip_high(int8x16_t x, int8x16_t y) {
    return vreinterpretq_s8_s32(vzip2q_s32(vreinterpretq_s32_s8(x), vreinterpretq_s32_s8(y)));
}

/* Columns 8i to 8i + 7 of rows t and t + 1; of row t twice where it is the last. */
INLINE int8x16_t two(const struct record *a, int t, const int T, int i) {
    return vcombine_s8(vld1_s8(a[t].q + 8 * i), vld1_s8(a[t + 1 < T ? t + 1 : t].q + 8 * i));
}

/* From [row][activation] pairs of rows 0, 1 and of rows 2, 3 to one vector of four rows for each activation. */
INLINE void unzip(int32x4_t rows01, int32x4_t rows23, int t, const int T, int32x4_t *dots) {
    dots[t] = vuzp1q_s32(rows01, rows23);
    if (t + 1 < T) dots[t + 1] = vuzp2q_s32(rows01, rows23);
}

INLINE void matrices(const int format, const int T, const uint8_t *q, const uint8_t *b, int8x16_t table,
                     const struct record *a, int32x4_t *dots, int32x4_t *second) {
    int8x16_t low[4], high[4];
    UNROLL for (int j = 0; j < 4; j++) unpack(format, q, b, table, j, &low[j], &high[j]);
    UNROLL for (int t = 0; t < T; t += 2) {
        int32x4_t rows01 = vdupq_n_s32(0), rows23 = rows01, upper01 = rows01, upper23 = rows01;
        UNROLL for (int i = 0; i < 2; i++) {
            int8x16_t x = two(a, t, T, i), y = two(a, t, T, i + 2);
            rows01 = vmmlaq_s32(rows01, zip_low(low[2 * i], low[2 * i + 1]), x);
            rows23 = vmmlaq_s32(rows23, zip_high(low[2 * i], low[2 * i + 1]), x);
            upper01 = vmmlaq_s32(upper01, zip_low(high[2 * i], high[2 * i + 1]), y);
            upper23 = vmmlaq_s32(upper23, zip_high(high[2 * i], high[2 * i + 1]), y);
        }
        if (traits(format).scales == SCALES_OF_16) {
            unzip(rows01, rows23, t, T, dots);
            unzip(upper01, upper23, t, T, second);
        } else {
            unzip(vaddq_s32(rows01, upper01), vaddq_s32(rows23, upper23), t, T, dots);
        }
    }
}

DECLARE_TABLES(neon_dotprod);

/* Without matrix products of floats that keep our order, those are NEON's plain ones. */
const struct multiplier neon_i8mm_multiplier = {
        .tile = {4, 4, 0, 0},
        .table = {PLAIN_TABLES(neon_dotprod), QUANTIZED_TABLES(neon_i8mm)},
        .quantize = neon_i8mm_quantize};

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
