/*
 * Kernels on 256-bit vectors: a strip's 16 rows are two vectors, computed one after the other. Included by a file that has set
 * the target and defined NAME(x), DOT(sum, w, a): sum + dot products of unsigned w with signed a over four neighbouring bytes,
 * DOT_8(sum, w, a) for weights of eight bits, and START_8(record), what a sum of such begins with.
 */
#include <immintrin.h>

#include "altiplano.h"

INLINE __m256 halves(const uint8_t *at) {
    return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *) at));
}

INLINE void store(float *out, __m256 sum, int lanes, int accumulate) {
    __m256i mask = _mm256_cmpgt_epi32(_mm256_set1_epi32(lanes), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
    if (accumulate) sum = _mm256_add_ps(_mm256_maskload_ps(out, mask), sum);
    _mm256_maskstore_ps(out, mask, sum);
}

INLINE __m256i four(const struct record *a, int g) {
    return _mm256_set1_epi32(((const int32_t *) a->q)[g]);
}

/* Scales and minima of a group of 32 columns of Q4_K and Q5_K, without the factor of the block. */
INLINE void scales_k(const uint8_t *scales, int group, int half, __m256 *scale, __m256 *minimum) {
    __m256i low = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *) (scales + 16 * group + 8 * half)));
    __m256i high = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *) (scales + 128 + group / 2 * 16 + 8 * half)));
    __m256i up = group & 1 ? high : _mm256_slli_epi32(high, 4);
    __m256i s = _mm256_or_si256(_mm256_and_si256(low, _mm256_set1_epi32(15)),
                                _mm256_and_si256(up, _mm256_set1_epi32(0x30)));
    __m256i m = _mm256_or_si256(_mm256_srli_epi32(low, 4),
                                _mm256_and_si256(_mm256_srli_epi32(up, 2), _mm256_set1_epi32(0x30)));
    *scale = _mm256_cvtepi32_ps(s);
    *minimum = _mm256_cvtepi32_ps(m);
}

/* One half of vectors j (low) and j + 4 (high) of a group; for Q8_0, of vectors j and j + 4 of its eight. */
INLINE void unpack(const int format, const uint8_t *quants, const uint8_t *bits, int j, __m256i *low, __m256i *high) {
    if (format == Q8_0) {
        *low = _mm256_load_si256((const __m256i *) (quants + 64 * j));
        *high = _mm256_load_si256((const __m256i *) (quants + 64 * j + 256));
        return;
    }
    const __m256i nibble = _mm256_set1_epi8(15);
    __m256i both = _mm256_load_si256((const __m256i *) (quants + 64 * j));
    *low = _mm256_and_si256(both, nibble);
    *high = _mm256_and_si256(_mm256_srli_epi16(both, 4), nibble);
    if (format == Q5_K) {
        const __m256i fifth = _mm256_set1_epi8(16);
        __m256i b = _mm256_load_si256((const __m256i *) bits);
        *low = _mm256_or_si256(*low, _mm256_and_si256(_mm256_slli_epi16(b, 4 - j), fifth));
        *high = _mm256_or_si256(*high, _mm256_and_si256(_mm256_srli_epi16(b, j), fifth));
    } else if (format == Q6_K) {
        const __m256i upper = _mm256_set1_epi8(0x30);
        __m256i b = _mm256_load_si256((const __m256i *) bits);
        __m256i c = _mm256_load_si256((const __m256i *) (bits + 64));
        b = j < 2 ? _mm256_slli_epi16(b, 4 - 2 * j) : j == 3 ? _mm256_srli_epi16(b, 2) : b;
        c = j < 2 ? _mm256_slli_epi16(c, 4 - 2 * j) : j == 3 ? _mm256_srli_epi16(c, 2) : c;
        *low = _mm256_or_si256(*low, _mm256_and_si256(b, upper));
        *high = _mm256_or_si256(*high, _mm256_and_si256(c, upper));
    }
}

/* Half a strip times T rows of records, 32 columns. */
INLINE void group_dots(const int format, const int T, const uint8_t *q, const uint8_t *b, const struct record *a,
                       __m256i *dots, __m256i *second) {
    UNROLL for (int t = 0; t < T; t++) {
        dots[t] = format == Q8_0   ? START_8(a[t])
                  : format == Q4_0 ? _mm256_set1_epi32(a[t].minus_8)
                  : format == Q6_K ? _mm256_set1_epi32(a[t].minus_32[0])
                                   : _mm256_setzero_si256();
        if (format == Q6_K) second[t] = _mm256_set1_epi32(a[t].minus_32[1]);
    }
    UNROLL for (int j = 0; j < 4; j++) {
        __m256i low, high;
        unpack(format, q, b, j, &low, &high);
        UNROLL for (int t = 0; t < T; t++) {
            if (format == Q8_0) {
                dots[t] = DOT_8(DOT_8(dots[t], low, four(&a[t], j)), high, four(&a[t], j + 4));
            } else if (format == Q6_K) {
                dots[t] = DOT(dots[t], low, four(&a[t], j));
                second[t] = DOT(second[t], high, four(&a[t], j + 4));
            } else {
                dots[t] = DOT(DOT(dots[t], low, four(&a[t], j)), high, four(&a[t], j + 4));
            }
        }
    }
}

/* One strip times T rows of records. */
INLINE void quantized(const int format, const int T, const uint8_t *strip, const struct record *a, int columns,
                      float *out, size_t out_stride, int lanes, int accumulate) {
    __m256 sums[2][MAX_TILE];
    UNROLL for (int t = 0; t < T; t++) sums[0][t] = sums[1][t] = _mm256_setzero_ps();
    const int quant_bytes = format == Q8_0 ? 512 : 256;
    const int bit_bytes = format == Q5_K ? 64 : format == Q6_K ? 128 : 0;
    for (int first = 0; first < columns; first += PANEL) {
        const int groups = format >= Q4_K || columns - first >= PANEL ? 8 : (columns - first) / 32;
        const uint8_t *bits = strip + quant_bytes * groups;
        const uint8_t *scales = bits + bit_bytes * groups;
        for (int group = 0; group < groups; group++, a += T) {
            if (T == 1) {
                const int step = quant_bytes + bit_bytes + 32;
                UNROLL for (int line = 0; line < step; line += 64) {
                    _mm_prefetch((const char *) strip + 4096 + step * group + line, _MM_HINT_T0);
                }
            }
            UNROLL for (int half = 0; half < 2; half++) {
                __m256i dots[MAX_TILE], second[MAX_TILE];
                group_dots(format, T, strip + quant_bytes * group + 32 * half, bits + bit_bytes * group + 32 * half, a,
                           dots, second);
                if (format == Q8_0 || format == Q4_0) {
                    __m256 scale = halves(scales + 32 * group + 16 * half);
                    UNROLL for (int t = 0; t < T; t++) {
                        sums[half][t] =
                                _mm256_fmadd_ps(_mm256_cvtepi32_ps(dots[t]),
                                                _mm256_mul_ps(scale, _mm256_set1_ps(a[t].scale)), sums[half][t]);
                    }
                } else if (format == Q6_K) {
                    __m256 d = halves(scales + 256 + 16 * half);
                    const uint8_t *at = scales + 32 * group + 8 * half;
                    __m256i s = _mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *) at));
                    __m256i r = _mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *) (at + 16)));
                    __m256 one = _mm256_mul_ps(d, _mm256_cvtepi32_ps(s));
                    __m256 two = _mm256_mul_ps(d, _mm256_cvtepi32_ps(r));
                    UNROLL for (int t = 0; t < T; t++) {
                        __m256 both = _mm256_fmadd_ps(_mm256_cvtepi32_ps(second[t]), two,
                                                      _mm256_mul_ps(_mm256_cvtepi32_ps(dots[t]), one));
                        sums[half][t] = _mm256_fmadd_ps(both, _mm256_set1_ps(a[t].scale), sums[half][t]);
                    }
                } else {
                    __m256 scale, minimum;
                    scales_k(scales, group, half, &scale, &minimum);
                    scale = _mm256_mul_ps(halves(scales + 192 + 16 * half), scale);
                    minimum = _mm256_mul_ps(halves(scales + 224 + 16 * half), minimum);
                    UNROLL for (int t = 0; t < T; t++) {
                        sums[half][t] =
                                _mm256_fmadd_ps(_mm256_cvtepi32_ps(dots[t]),
                                                _mm256_mul_ps(scale, _mm256_set1_ps(a[t].scale)), sums[half][t]);
                        sums[half][t] = _mm256_fnmadd_ps(minimum, _mm256_set1_ps(a[t].scaled_sum), sums[half][t]);
                    }
                }
            }
        }
        strip += panel_bytes(format, groups);
    }
    UNROLL for (int t = 0; t < T; t++) {
        store(out + t * out_stride, sums[0][t], lanes, accumulate);
        if (lanes > 8) store(out + t * out_stride + 8, sums[1][t], lanes - 8, accumulate);
    }
}

/* Quantizes a row; see QuantizedRows.java. */
void NAME(quantize)(const float *in, int columns, struct record *records, size_t stride) {
    const __m256i magnitude = _mm256_set1_epi32(0x7fffffff);
    for (int first = 0; first < columns; first += 32, records += stride) {
        __m256 x[4];
        __m256i larger = _mm256_setzero_si256();
        UNROLL for (int i = 0; i < 4; i++) {
            x[i] = _mm256_loadu_ps(in + first + 8 * i);
            larger = _mm256_max_epu32(larger, _mm256_and_si256(_mm256_castps_si256(x[i]), magnitude));
        }
        __m128i m = _mm_max_epu32(_mm256_castsi256_si128(larger), _mm256_extracti128_si256(larger, 1));
        m = _mm_max_epu32(m, _mm_shuffle_epi32(m, 0x4e));
        m = _mm_max_epu32(m, _mm_shuffle_epi32(m, 0xb1));
        union { uint32_t bits; float value; } amax = {(uint32_t) _mm_cvtsi128_si32(m)};
        int zero = amax.value < 0x1p-100f;
        float inverse = zero ? 0 : 127 / amax.value, scale = zero ? 0 : amax.value / 127;
        __m256i q[4];
        UNROLL for (int i = 0; i < 4; i++) q[i] = _mm256_cvtps_epi32(_mm256_mul_ps(x[i], _mm256_set1_ps(inverse)));
        int sums[2];
        UNROLL for (int i = 0; i < 2; i++) {
            __m256i s = _mm256_add_epi32(q[2 * i], q[2 * i + 1]);
            __m128i r = _mm_add_epi32(_mm256_castsi256_si128(s), _mm256_extracti128_si256(s, 1));
            r = _mm_add_epi32(r, _mm_shuffle_epi32(r, 0x4e));
            r = _mm_add_epi32(r, _mm_shuffle_epi32(r, 0xb1));
            sums[i] = _mm_cvtsi128_si32(r);
        }
        __m256i bytes = _mm256_packs_epi16(_mm256_packs_epi32(q[0], q[1]), _mm256_packs_epi32(q[2], q[3]));
        bytes = _mm256_permutevar8x32_epi32(bytes, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
        _mm256_storeu_si256((__m256i *) records->q, bytes);
        complete(records, scale, sums[0], sums[1]);
    }
}

/* One strip times T rows of floats. */
INLINE void plain(const int format, const int T, const uint8_t *strip, const float *a, int columns, float *out,
                  size_t out_stride, int lanes, int accumulate) {
    __m256 sums[2][MAX_TILE];
    UNROLL for (int t = 0; t < T; t++) sums[0][t] = sums[1][t] = _mm256_setzero_ps();
    for (int k = 0; k < columns; k++, a += T) {
        UNROLL for (int half = 0; half < 2; half++) {
            __m256 w;
            if (format == F32) {
                w = _mm256_load_ps((const float *) (strip + (size_t) 64 * k + 32 * half));
            } else if (format == F16) {
                w = halves(strip + (size_t) 32 * k + 16 * half);
            } else {
                __m256i pair = _mm256_load_si256((const __m256i *) (strip + (size_t) (k / 2) * 64 + 32 * half));
                __m256i upper = _mm256_and_si256(pair, _mm256_set1_epi32((int) 0xffff0000));
                w = _mm256_castsi256_ps(k & 1 ? upper : _mm256_slli_epi32(pair, 16));
            }
            UNROLL for (int t = 0; t < T; t++) sums[half][t] = _mm256_fmadd_ps(_mm256_set1_ps(a[t]), w, sums[half][t]);
        }
    }
    UNROLL for (int t = 0; t < T; t++) {
        store(out + t * out_stride, sums[0][t], lanes, accumulate);
        if (lanes > 8) store(out + t * out_stride + 8, sums[1][t], lanes - 8, accumulate);
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
    const struct tile_kernel NAME(table_##FORMAT)[] = {                                                              \
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
EACH(PLAIN, F32)
EACH(PLAIN, F16)
EACH(PLAIN, BF16)
