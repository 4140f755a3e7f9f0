/* What kernels on 512-bit vectors share. */
#ifndef AVX512_H
#define AVX512_H

#include <immintrin.h>

#include "altiplano.h"

INLINE __m512 halves(const uint8_t *at) {
    return _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *) at));
}

INLINE void store(float *out, __m512 sum, int lanes, int accumulate) {
    __mmask16 mask = lanes >= STRIP ? 0xffff : (__mmask16) ((1u << lanes) - 1);
    if (accumulate) {
        sum = _mm512_add_ps(_mm512_maskz_loadu_ps(mask, out), sum);
    }
    _mm512_mask_storeu_ps(out, mask, sum);
}

INLINE __m512i four(const struct record *a, int g) {
    return _mm512_set1_epi32(((const int32_t *) a->q)[g]);
}

/* The scales (or minima, at 2) of a group of 32 columns of Q4_K and Q5_K, without the factor of the block. */
INLINE void scales_k(const uint8_t *scales, int group, __m512 *scale, __m512 *minimum) {
    __m512i low = _mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *) (scales + 16 * group)));
    __m512i high = _mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *) (scales + 128 + group / 2 * 16)));
    __m512i up = group & 1 ? high : _mm512_slli_epi32(high, 4);
    __m512i s = _mm512_or_epi32(_mm512_and_epi32(low, _mm512_set1_epi32(15)),
                                _mm512_and_epi32(up, _mm512_set1_epi32(0x30)));
    __m512i m = _mm512_or_epi32(_mm512_srli_epi32(low, 4),
                                _mm512_and_epi32(_mm512_srli_epi32(up, 2), _mm512_set1_epi32(0x30)));
    *scale = _mm512_cvtepi32_ps(s);
    *minimum = _mm512_cvtepi32_ps(m);
}

/* Vectors j (low) and j + 4 (high) of a group; for Q8_0, vectors j and j + 4 of its eight. */
INLINE void unpack(const int format, const uint8_t *quants, const uint8_t *bits, int j, __m512i *low, __m512i *high) {
    const __m512i *v = (const __m512i *) quants;
    if (format == Q8_0) {
        *low = _mm512_load_si512(v + j);
        *high = _mm512_load_si512(v + j + 4);
        return;
    }
    const __m512i nibble = _mm512_set1_epi8(15);
    __m512i both = _mm512_load_si512(v + j);
    *low = _mm512_and_si512(both, nibble);
    *high = _mm512_and_si512(_mm512_srli_epi16(both, 4), nibble);
    if (format == Q5_K) {
        const __m512i fifth = _mm512_set1_epi8(16);
        __m512i b = _mm512_load_si512((const __m512i *) bits);
        /* (x & y) | z is 0xea with x, y, z in this order. */
        *low = _mm512_ternarylogic_epi32(_mm512_slli_epi16(b, 4 - j), fifth, *low, 0xea);
        *high = _mm512_ternarylogic_epi32(j ? _mm512_srli_epi16(b, j) : b, fifth, *high, 0xea);
    } else if (format == Q6_K) {
        const __m512i upper = _mm512_set1_epi8(0x30);
        __m512i b = _mm512_load_si512((const __m512i *) bits);
        __m512i c = _mm512_load_si512((const __m512i *) bits + 1);
        b = j < 2 ? _mm512_slli_epi16(b, 4 - 2 * j) : j == 3 ? _mm512_srli_epi16(b, 2) : b;
        c = j < 2 ? _mm512_slli_epi16(c, 4 - 2 * j) : j == 3 ? _mm512_srli_epi16(c, 2) : c;
        *low = _mm512_ternarylogic_epi32(b, upper, *low, 0xea);
        *high = _mm512_ternarylogic_epi32(c, upper, *high, 0xea);
    }
}

#endif
