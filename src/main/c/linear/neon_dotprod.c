/* Matrix products with NEON and its dot products of bytes. */
#if defined(__aarch64__)
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("arch=armv8.2-a+dotprod")
#endif
#define NAME(x) neon_dotprod_##x
#define ROWS_DOTS dotprod
#include <arm_neon.h>

#include "multiplier.h"

INLINE void dotprod(const int format, const int T, const uint8_t *q, const uint8_t *b, int8x16_t table,
                    const struct record *a, int32x4_t *dots, int32x4_t *second);
#include "neon.inc"

INLINE int8x16_t four(const struct record *a, int g) {
    return vreinterpretq_s8_s32(vld1q_dup_s32((const int32_t *) a->q + g));
}

INLINE void dotprod(const int format, const int T, const uint8_t *q, const uint8_t *b, int8x16_t table,
                    const struct record *a, int32x4_t *dots, int32x4_t *second) {
    UNROLL for (int t = 0; t < T; t++) dots[t] = second[t] = vdupq_n_s32(0);
    UNROLL for (int j = 0; j < 4; j++) {
        int8x16_t low, high;
        unpack(format, q, b, table, j, &low, &high);
        UNROLL for (int t = 0; t < T; t++) {
            dots[t] = vdotq_s32(dots[t], low, four(&a[t], j));
            if (traits(format).scales == SCALES_OF_16) {
                second[t] = vdotq_s32(second[t], high, four(&a[t], j + 4));
            } else {
                dots[t] = vdotq_s32(dots[t], high, four(&a[t], j + 4));
            }
        }
    }
}

const struct multiplier neon_dotprod_multiplier = {
        .tile = {4, 4, 0, 0}, .table = TABLES(neon_dotprod), .quantize = neon_dotprod_quantize};

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
