/*
 * Kernels on 128-bit vectors: a strip's 16 rows are four vectors, computed one after the other. Included by a file that has set
 * the target and defined NAME(x), and ROWS_DOTS(format, T, q, b, a, dots, second): the dot products of four rows of a strip with
 * T records over 32 columns (over its halves for Q6_K), exact, without any offset of the weights.
 */
#include <arm_neon.h>

#include "altiplano.h"

INLINE float32x4_t halves(const uint8_t *at) {
    return vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16((const uint16_t *) at)));
}

INLINE void store(float *out, float32x4_t sum, int lanes, int accumulate) {
    float values[4];
    vst1q_f32(values, sum);
    if (lanes >= 4) {
        vst1q_f32(out, accumulate ? vaddq_f32(vld1q_f32(out), sum) : sum);
        return;
    }
    for (int i = 0; i < lanes; i++) out[i] = accumulate ? out[i] + values[i] : values[i];
}

/* Four unsigned bytes as 32-bit numbers. */
INLINE uint32x4_t widen(const uint8_t *at) {
    uint32_t four;
    __builtin_memcpy(&four, at, 4);
    return vmovl_u16(vget_low_u16(vmovl_u8(vcreate_u8(four))));
}

INLINE int32x4_t widen_signed(const uint8_t *at) {
    uint32_t four;
    __builtin_memcpy(&four, at, 4);
    return vmovl_s16(vget_low_s16(vmovl_s8(vcreate_s8(four))));
}

/* Scales and minima of a group of 32 columns of Q4_K and Q5_K, without the factor of the block, for four rows. */
INLINE void scales_k(const uint8_t *scales, int group, int quarter, float32x4_t *scale, float32x4_t *minimum) {
    uint32x4_t low = widen(scales + 16 * group + 4 * quarter);
    uint32x4_t high = widen(scales + 128 + group / 2 * 16 + 4 * quarter);
    uint32x4_t up = group & 1 ? high : vshlq_n_u32(high, 4);
    uint32x4_t s = vorrq_u32(vandq_u32(low, vdupq_n_u32(15)), vandq_u32(up, vdupq_n_u32(0x30)));
    uint32x4_t m = vorrq_u32(vshrq_n_u32(low, 4), vandq_u32(vshrq_n_u32(up, 2), vdupq_n_u32(0x30)));
    *scale = vcvtq_f32_u32(s);
    *minimum = vcvtq_f32_u32(m);
}

/* Four rows of vectors j (low) and j + 4 (high) of a group as signed weights. */
INLINE void unpack(const int format, const uint8_t *quants, const uint8_t *bits, int j, int8x16_t *low, int8x16_t *high) {
    if (format == Q8_0) {
        const uint8x16_t sign = vdupq_n_u8(0x80);
        *low = vreinterpretq_s8_u8(veorq_u8(vld1q_u8(quants + 64 * j), sign));
        *high = vreinterpretq_s8_u8(veorq_u8(vld1q_u8(quants + 64 * j + 256), sign));
        return;
    }
    uint8x16_t both = vld1q_u8(quants + 64 * j);
    uint8x16_t l = vandq_u8(both, vdupq_n_u8(15)), h = vshrq_n_u8(both, 4);
    int8x16_t offset = vdupq_n_s8(format == Q4_0 ? 8 : format == Q6_K ? 32 : 0);
    if (format == Q5_K) {
        uint8x16_t b = vld1q_u8(bits);
        const uint8x16_t one = vdupq_n_u8(1);
        l = vorrq_u8(l, vshlq_n_u8(vandq_u8(vshlq_u8(b, vdupq_n_s8((int8_t) -j)), one), 4));
        h = vorrq_u8(h, vshlq_n_u8(vandq_u8(vshlq_u8(b, vdupq_n_s8((int8_t) (-j - 4))), one), 4));
    } else if (format == Q6_K) {
        const uint8x16_t three = vdupq_n_u8(3);
        int8x16_t shift = vdupq_n_s8((int8_t) (-2 * j));
        l = vorrq_u8(l, vshlq_n_u8(vandq_u8(vshlq_u8(vld1q_u8(bits), shift), three), 4));
        h = vorrq_u8(h, vshlq_n_u8(vandq_u8(vshlq_u8(vld1q_u8(bits + 64), shift), three), 4));
    }
    *low = vsubq_s8(vreinterpretq_s8_u8(l), offset);
    *high = vsubq_s8(vreinterpretq_s8_u8(h), offset);
}

/* One strip times T rows of records. */
INLINE void quantized(const int format, const int T, const uint8_t *strip, const struct record *a, int columns,
                      float *out, size_t out_stride, int lanes, int accumulate) {
    float32x4_t sums[4][MAX_TILE];
    UNROLL for (int t = 0; t < T; t++) sums[0][t] = sums[1][t] = sums[2][t] = sums[3][t] = vdupq_n_f32(0);
    const int quant_bytes = format == Q8_0 ? 512 : 256;
    const int bit_bytes = format == Q5_K ? 64 : format == Q6_K ? 128 : 0;
    for (int first = 0; first < columns; first += PANEL) {
        const int groups = format >= Q4_K || columns - first >= PANEL ? 8 : (columns - first) / 32;
        const uint8_t *bits = strip + quant_bytes * groups;
        const uint8_t *scales = bits + bit_bytes * groups;
        for (int group = 0; group < groups; group++, a += T) {
            UNROLL for (int quarter = 0; quarter < 4; quarter++) {
                int32x4_t dots[MAX_TILE], second[MAX_TILE];
                ROWS_DOTS(format, T, strip + quant_bytes * group + 16 * quarter,
                          bits + bit_bytes * group + 16 * quarter, a, dots, second);
                float32x4_t *sum = sums[quarter];
                if (format == Q8_0 || format == Q4_0) {
                    float32x4_t scale = halves(scales + 32 * group + 8 * quarter);
                    UNROLL for (int t = 0; t < T; t++) {
                        sum[t] = vfmaq_f32(sum[t], vcvtq_f32_s32(dots[t]), vmulq_n_f32(scale, a[t].scale));
                    }
                } else if (format == Q6_K) {
                    float32x4_t d = halves(scales + 256 + 8 * quarter);
                    const uint8_t *at = scales + 32 * group + 4 * quarter;
                    float32x4_t one = vmulq_f32(d, vcvtq_f32_s32(widen_signed(at)));
                    float32x4_t two = vmulq_f32(d, vcvtq_f32_s32(widen_signed(at + 16)));
                    UNROLL for (int t = 0; t < T; t++) {
                        float32x4_t both = vfmaq_f32(vmulq_f32(vcvtq_f32_s32(dots[t]), one), vcvtq_f32_s32(second[t]), two);
                        sum[t] = vfmaq_f32(sum[t], both, vdupq_n_f32(a[t].scale));
                    }
                } else {
                    float32x4_t scale, minimum;
                    scales_k(scales, group, quarter, &scale, &minimum);
                    scale = vmulq_f32(halves(scales + 192 + 8 * quarter), scale);
                    minimum = vmulq_f32(halves(scales + 224 + 8 * quarter), minimum);
                    UNROLL for (int t = 0; t < T; t++) {
                        sum[t] = vfmaq_f32(sum[t], vcvtq_f32_s32(dots[t]), vmulq_n_f32(scale, a[t].scale));
                        sum[t] = vfmsq_f32(sum[t], minimum, vdupq_n_f32(a[t].scaled_sum));
                    }
                }
            }
        }
        strip += panel_bytes(format, groups);
    }
    UNROLL for (int t = 0; t < T; t++) {
        UNROLL for (int quarter = 0; quarter < 4; quarter++) {
            if (lanes > 4 * quarter) {
                store(out + t * out_stride + 4 * quarter, sums[quarter][t], lanes - 4 * quarter, accumulate);
            }
        }
    }
}

/* Quantizes a row; see QuantizedRows.java. */
void NAME(quantize)(const float *in, int columns, struct record *records, size_t stride) {
    const uint32x4_t magnitude = vdupq_n_u32(0x7fffffff);
    for (int first = 0; first < columns; first += 32, records += stride) {
        float32x4_t x[8];
        uint32x4_t larger = vdupq_n_u32(0);
        UNROLL for (int i = 0; i < 8; i++) {
            x[i] = vld1q_f32(in + first + 4 * i);
            larger = vmaxq_u32(larger, vandq_u32(vreinterpretq_u32_f32(x[i]), magnitude));
        }
        union { uint32_t bits; float value; } amax = {vmaxvq_u32(larger)};
        int zero = amax.value < 0x1p-100f;
        float inverse = zero ? 0 : 127 / amax.value, scale = zero ? 0 : amax.value / 127;
        int16x8_t q[4];
        UNROLL for (int i = 0; i < 4; i++) {
            q[i] = vcombine_s16(vqmovn_s32(vcvtnq_s32_f32(vmulq_n_f32(x[2 * i], inverse))),
                                vqmovn_s32(vcvtnq_s32_f32(vmulq_n_f32(x[2 * i + 1], inverse))));
        }
        vst1q_s8(records->q, vcombine_s8(vqmovn_s16(q[0]), vqmovn_s16(q[1])));
        vst1q_s8(records->q + 16, vcombine_s8(vqmovn_s16(q[2]), vqmovn_s16(q[3])));
        complete(records, scale, vaddvq_s16(vaddq_s16(q[0], q[1])), vaddvq_s16(vaddq_s16(q[2], q[3])));
    }
}

/* One strip times T rows of floats. */
INLINE void plain(const int format, const int T, const uint8_t *strip, const float *a, int columns, float *out,
                  size_t out_stride, int lanes, int accumulate) {
    float32x4_t sums[4][MAX_TILE];
    UNROLL for (int t = 0; t < T; t++) sums[0][t] = sums[1][t] = sums[2][t] = sums[3][t] = vdupq_n_f32(0);
    for (int k = 0; k < columns; k++, a += T) {
        UNROLL for (int quarter = 0; quarter < 4; quarter++) {
            float32x4_t w;
            if (format == F32) {
                w = vld1q_f32((const float *) (strip + (size_t) 64 * k + 16 * quarter));
            } else if (format == F16) {
                w = halves(strip + (size_t) 32 * k + 8 * quarter);
            } else {
                uint32x4_t pair = vld1q_u32((const uint32_t *) (strip + (size_t) (k / 2) * 64 + 16 * quarter));
                uint32x4_t upper = vandq_u32(pair, vdupq_n_u32(0xffff0000));
                w = vreinterpretq_f32_u32(k & 1 ? upper : vshlq_n_u32(pair, 16));
            }
            UNROLL for (int t = 0; t < T; t++) sums[quarter][t] = vfmaq_f32(sums[quarter][t], w, vdupq_n_f32(a[t]));
        }
    }
    UNROLL for (int t = 0; t < T; t++) {
        UNROLL for (int quarter = 0; quarter < 4; quarter++) {
            if (lanes > 4 * quarter) {
                store(out + t * out_stride + 4 * quarter, sums[quarter][t], lanes - 4 * quarter, accumulate);
            }
        }
    }
}

#define QUANTIZED(FORMAT, T)                                                                                          \
    static void NAME(FORMAT##_##T)(const uint8_t *strip, size_t strip_bytes, const void *a, int columns, float *out,  \
                                   size_t out_stride, int lanes, int accumulate) {                                    \
        (void) strip_bytes;                                                                                           \
        quantized(FORMAT, T, strip, (const struct record *) a, columns, out, out_stride, lanes, accumulate);          \
    }
#define PLAIN(FORMAT, T)                                                                                              \
    static void NAME(FORMAT##_##T)(const uint8_t *strip, size_t strip_bytes, const void *a, int columns, float *out,  \
                                   size_t out_stride, int lanes, int accumulate) {                                    \
        (void) strip_bytes;                                                                                           \
        plain(FORMAT, T, strip, (const float *) a, columns, out, out_stride, lanes, accumulate);                      \
    }
#define EACH(KIND, FORMAT)                                                                                            \
    KIND(FORMAT, 1) KIND(FORMAT, 2) KIND(FORMAT, 3) KIND(FORMAT, 4)                                                   \
    const struct tile_kernel NAME(table_##FORMAT)[] = {                                                               \
            {0, 0, 0},                                                                                                \
            {1, NAME(FORMAT##_1), NAME(FORMAT##_1)},                                                                  \
            {1, NAME(FORMAT##_2), NAME(FORMAT##_2)},                                                                  \
            {1, NAME(FORMAT##_3), NAME(FORMAT##_3)},                                                                  \
            {1, NAME(FORMAT##_4), NAME(FORMAT##_4)},                                                                  \
    };

EACH(QUANTIZED, Q8_0)
EACH(QUANTIZED, Q4_0)
EACH(QUANTIZED, Q4_K)
EACH(QUANTIZED, Q5_K)
EACH(QUANTIZED, Q6_K)
#ifndef WITHOUT_PLAIN
EACH(PLAIN, F32)
EACH(PLAIN, F16)
EACH(PLAIN, BF16)
#endif
