/*
 * Kernels on 512-bit vectors: a vector is a strip's 16 rows. Included by a file that has set the target and defined
 * NAME(x), and DOT(sum, w, a): sum + dot products of unsigned w with signed a over four neighbouring bytes.
 */
#include "avx512.h"

/*
 * How far ahead weights are fetched: the processor's own prefetching reaches half the bandwidth only, since
 * there are many instructions between loads. Tuned on Zen 5.
 */
#ifndef PREFETCH_BYTES
#define PREFETCH_BYTES(rows) ((rows) <= 2 ? 6144 : 9216)
#endif

/* S strips times T rows of records. */
INLINE void quantized(const int format, const int S, const int T, const uint8_t *strip, size_t strip_bytes,
                      const struct record *a, int columns, float *out, size_t out_stride, int lanes, int accumulate) {
    __m512 sums[MAX_STRIPS][MAX_TILE];
    UNROLL for (int s = 0; s < S; s++) {
        UNROLL for (int t = 0; t < T; t++) sums[s][t] = _mm512_setzero_ps();
    }
    const int quant_bytes = format == Q8_0 ? 512 : 256;
    const int bit_bytes = format == Q5_K ? 64 : format == Q6_K ? 128 : 0;
    for (int first = 0; first < columns; first += PANEL) {
        const int groups = format >= Q4_K || columns - first >= PANEL ? 8 : (columns - first) / 32;
        const uint8_t *bits = strip + quant_bytes * groups;
        const uint8_t *scales = bits + bit_bytes * groups;
        __m512 d[MAX_STRIPS], dmin[MAX_STRIPS];
        UNROLL for (int s = 0; s < S; s++) {
            if (format == Q6_K) d[s] = halves(scales + 256 + s * strip_bytes);
            if (format == Q4_K || format == Q5_K) {
                d[s] = halves(scales + 192 + s * strip_bytes);
                dmin[s] = halves(scales + 224 + s * strip_bytes);
            }
        }
        for (int group = 0; group < groups; group++, a += T) {
            const uint8_t *q = strip + quant_bytes * group;
            const uint8_t *b = bits + bit_bytes * group;
            const int step = quant_bytes + bit_bytes + 32;
            UNROLL for (int s = 0; s < S; s++) {
                const char *ahead = (const char *) strip + s * strip_bytes + PREFETCH_BYTES(T) + step * group;
                UNROLL for (int line = 0; line < step; line += 64) _mm_prefetch(ahead + line, _MM_HINT_T0);
            }
            __m512i dots[MAX_STRIPS][MAX_TILE];
            __m512i second[MAX_STRIPS][MAX_TILE];
            UNROLL for (int t = 0; t < T; t++) {
                UNROLL for (int s = 0; s < S; s++) {
                    dots[s][t] = format == Q8_0   ? START_8(a[t])
                                 : format == Q4_0 ? _mm512_set1_epi32(a[t].minus_8)
                                 : format == Q6_K ? _mm512_set1_epi32(a[t].minus_32[0])
                                                  : _mm512_setzero_si512();
                    if (format == Q6_K) second[s][t] = _mm512_set1_epi32(a[t].minus_32[1]);
                }
            }
            UNROLL for (int j = 0; j < 4; j++) {
                __m512i low[MAX_STRIPS], high[MAX_STRIPS];
                UNROLL for (int s = 0; s < S; s++) {
                    unpack(format, q + s * strip_bytes, b + s * strip_bytes, j, &low[s], &high[s]);
                }
                UNROLL for (int t = 0; t < T; t++) {
                    __m512i x = four(&a[t], j), y = four(&a[t], j + 4);
                    UNROLL for (int s = 0; s < S; s++) {
                        if (format == Q8_0) {
                            dots[s][t] = DOT_8(DOT_8(dots[s][t], low[s], x), high[s], y);
                        } else if (format == Q6_K) {
                            dots[s][t] = DOT(dots[s][t], low[s], x);
                            second[s][t] = DOT(second[s][t], high[s], y);
                        } else {
                            dots[s][t] = DOT(DOT(dots[s][t], low[s], x), high[s], y);
                        }
                    }
                }
            }
            UNROLL for (int s = 0; s < S; s++) {
                const uint8_t *at = scales + s * strip_bytes;
                if (format == Q8_0 || format == Q4_0) {
                    __m512 scale = halves(at + 32 * group);
                    UNROLL for (int t = 0; t < T; t++) {
                        sums[s][t] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(dots[s][t]),
                                                     _mm512_mul_ps(scale, _mm512_set1_ps(a[t].scale)), sums[s][t]);
                    }
                } else if (format == Q6_K) {
                    const __m128i *sc = (const __m128i *) (at + 32 * group);
                    __m512 one = _mm512_mul_ps(d[s], _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128(sc))));
                    __m512 two = _mm512_mul_ps(d[s], _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128(sc + 1))));
                    UNROLL for (int t = 0; t < T; t++) {
                        __m512 both = _mm512_fmadd_ps(_mm512_cvtepi32_ps(second[s][t]), two,
                                                      _mm512_mul_ps(_mm512_cvtepi32_ps(dots[s][t]), one));
                        sums[s][t] = _mm512_fmadd_ps(both, _mm512_set1_ps(a[t].scale), sums[s][t]);
                    }
                } else {
                    __m512 scale, minimum;
                    scales_k(at, group, &scale, &minimum);
                    scale = _mm512_mul_ps(d[s], scale);
                    minimum = _mm512_mul_ps(dmin[s], minimum);
                    UNROLL for (int t = 0; t < T; t++) {
                        sums[s][t] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(dots[s][t]),
                                                     _mm512_mul_ps(scale, _mm512_set1_ps(a[t].scale)), sums[s][t]);
                        sums[s][t] = _mm512_fnmadd_ps(minimum, _mm512_set1_ps(a[t].scaled_sum), sums[s][t]);
                    }
                }
            }
        }
        strip += panel_bytes(format, groups);
    }
    UNROLL for (int s = 0; s < S; s++) {
        UNROLL for (int t = 0; t < T; t++) {
            if (lanes > 16 * s) store(out + t * out_stride + 16 * s, sums[s][t], lanes - 16 * s, accumulate);
        }
    }
}

/* Quantizes a row; see QuantizedRows.java. */
void NAME(quantize)(const float *in, int columns, struct record *records, size_t stride) {
    const __m512i magnitude = _mm512_set1_epi32(0x7fffffff);
    for (int first = 0; first < columns; first += 32, records += stride) {
        __m512 x = _mm512_loadu_ps(in + first), y = _mm512_loadu_ps(in + first + 16);
        __m512i larger = _mm512_max_epu32(_mm512_and_si512(_mm512_castps_si512(x), magnitude),
                                          _mm512_and_si512(_mm512_castps_si512(y), magnitude));
        union { uint32_t bits; float value; } amax = {_mm512_reduce_max_epu32(larger)};
        int zero = amax.value < 0x1p-100f;
        float inverse = zero ? 0 : 127 / amax.value, scale = zero ? 0 : amax.value / 127;
        __m512i p = _mm512_cvtps_epi32(_mm512_mul_ps(x, _mm512_set1_ps(inverse)));
        __m512i q = _mm512_cvtps_epi32(_mm512_mul_ps(y, _mm512_set1_ps(inverse)));
        _mm_storeu_si128((__m128i *) records->q, _mm512_cvtepi32_epi8(p));
        _mm_storeu_si128((__m128i *) records->q + 1, _mm512_cvtepi32_epi8(q));
        int low = _mm512_reduce_add_epi32(p), high = _mm512_reduce_add_epi32(q);
        complete(records, scale, low, high);
    }
}

/* S strips times T rows of floats. */
INLINE void plain(const int format, const int S, const int T, const uint8_t *strip, size_t strip_bytes, const float *a,
                  int columns, float *out, size_t out_stride, int lanes, int accumulate) {
    __m512 sums[MAX_STRIPS][MAX_TILE];
    UNROLL for (int s = 0; s < S; s++) {
        UNROLL for (int t = 0; t < T; t++) sums[s][t] = _mm512_setzero_ps();
    }
    int k = 0;
    if (format == BF16) {
        const __m512i upper = _mm512_set1_epi32((int) 0xffff0000);
        for (; k + 2 <= columns; k += 2, a += 2 * T) {
            __m512 even[MAX_STRIPS], odd[MAX_STRIPS];
            UNROLL for (int s = 0; s < S; s++) {
                const uint8_t *at = strip + (size_t) 32 * k + s * strip_bytes;
                if (T <= 6) _mm_prefetch((const char *) at + PREFETCH_BYTES(T), _MM_HINT_T0);
                __m512i pair = _mm512_load_si512((const __m512i *) at);
                even[s] = _mm512_castsi512_ps(_mm512_slli_epi32(pair, 16));
                odd[s] = _mm512_castsi512_ps(_mm512_and_si512(pair, upper));
            }
            UNROLL for (int t = 0; t < T; t++) {
                __m512 x = _mm512_set1_ps(a[t]);
                UNROLL for (int s = 0; s < S; s++) sums[s][t] = _mm512_fmadd_ps(x, even[s], sums[s][t]);
            }
            UNROLL for (int t = 0; t < T; t++) {
                __m512 x = _mm512_set1_ps(a[T + t]);
                UNROLL for (int s = 0; s < S; s++) sums[s][t] = _mm512_fmadd_ps(x, odd[s], sums[s][t]);
            }
        }
    }
    for (; k < columns; k++, a += T) {
        __m512 w[MAX_STRIPS];
        UNROLL for (int s = 0; s < S; s++) {
            const uint8_t *at = strip + s * strip_bytes;
            if (T <= 6) {
                _mm_prefetch((const char *) at + (size_t) (format == F32 ? 64 : 32) * k + PREFETCH_BYTES(T), _MM_HINT_T0);
            }
            w[s] = format == F32   ? _mm512_load_ps(at + (size_t) 64 * k)
                   : format == F16 ? halves(at + (size_t) 32 * k)
                                   : _mm512_castsi512_ps(_mm512_slli_epi32(
                                             _mm512_load_si512((const __m512i *) (at + (size_t) 32 * k)), 16));
        }
        UNROLL for (int t = 0; t < T; t++) {
            __m512 x = _mm512_set1_ps(a[t]);
            UNROLL for (int s = 0; s < S; s++) sums[s][t] = _mm512_fmadd_ps(x, w[s], sums[s][t]);
        }
    }
    UNROLL for (int s = 0; s < S; s++) {
        UNROLL for (int t = 0; t < T; t++) {
            if (lanes > 16 * s) store(out + t * out_stride + 16 * s, sums[s][t], lanes - 16 * s, accumulate);
        }
    }
}
