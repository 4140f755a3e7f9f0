/* What kernels on 512-bit vectors share. */
#ifndef AVX512_H
#define AVX512_H

#include <immintrin.h>

#include "multiplier.h"

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

/* What turns dot products of integers into numbers: a scale for 32 columns, with a minimum, or one for each half of them. */
struct factors {
    __m512 scale, second;
};

/* What the scales of a panel are multiplied with. */
struct block {
    __m512 d, dmin;
};

INLINE struct block block_of(const int format, const uint8_t *scales, const struct codes *codes) {
    const struct traits t = traits(format);
    struct block block = {_mm512_setzero_ps(), _mm512_setzero_ps()};
    if (t.scales == SCALES_MINIMA) {
        block.d = halves(scales + 192);
        block.dmin = halves(scales + 224);
    } else if (t.scales == SCALES_OF_16 || t.scales == SCALES_6_BITS) {
        block.d = halves(scales + (t.scales == SCALES_OF_16 ? 256 : 96));
        if (t.coded) block.d = _mm512_mul_ps(block.d, _mm512_set1_ps(codes->unit));
    }
    return block;
}

INLINE __m512i unsigned_bytes(const uint8_t *at) {
    return _mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *) at));
}

INLINE __m512 signed_bytes(const uint8_t *at) {
    return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i *) at)));
}

/* The factors of group `group` of a panel; 0 where there is no second one. */
INLINE struct factors factors_of(const int format, const uint8_t *scales, int group, struct block block) {
    struct factors f = {_mm512_setzero_ps(), _mm512_setzero_ps()};
    switch (traits(format).scales) {
        case SCALES_F16: f.scale = halves(scales + 32 * group); break;
        case SCALES_E8M0:
            f.scale = _mm512_castsi512_ps(_mm512_slli_epi32(unsigned_bytes(scales + 16 * group), 23));
            break;
        case SCALES_6_BITS: {
            __m512i low = _mm512_srl_epi32(unsigned_bytes(scales + group / 2 * 16), _mm_cvtsi32_si128(group % 2 * 4));
            __m512i high = _mm512_srl_epi32(_mm512_slli_epi32(unsigned_bytes(scales + 64 + group / 4 * 16), 4),
                                            _mm_cvtsi32_si128(group % 4 * 2));
            __m512i bits = _mm512_or_epi32(_mm512_and_epi32(low, _mm512_set1_epi32(15)),
                                           _mm512_and_epi32(high, _mm512_set1_epi32(0x30)));
            f.scale = _mm512_mul_ps(block.d, _mm512_cvtepi32_ps(_mm512_sub_epi32(bits, _mm512_set1_epi32(32))));
            break;
        }
        case SCALES_MINIMA:
            scales_k(scales, group, &f.scale, &f.second);
            f.scale = _mm512_mul_ps(block.d, f.scale);
            f.second = _mm512_mul_ps(block.dmin, f.second);
            break;
        default:
            f.scale = _mm512_mul_ps(block.d, signed_bytes(scales + 32 * group));
            f.second = _mm512_mul_ps(block.d, signed_bytes(scales + 32 * group + 16));
    }
    return f;
}

/* Adds what 32 columns give: dot products of integers and, for SCALES_OF_16, of the second half of the columns. */
INLINE __m512 add_scaled(const int format, __m512 sum, __m512i dots, __m512i second, struct factors f,
                         const struct record *a) {
    const enum scales scales = traits(format).scales;
    __m512 x = _mm512_set1_ps(a->scale);
    sum = _mm512_fmadd_ps(_mm512_cvtepi32_ps(dots), _mm512_mul_ps(f.scale, x), sum);
    if (scales == SCALES_OF_16) sum = _mm512_fmadd_ps(_mm512_cvtepi32_ps(second), _mm512_mul_ps(f.second, x), sum);
    if (scales == SCALES_MINIMA) sum = _mm512_fnmadd_ps(f.second, _mm512_set1_ps(a->scaled_sum), sum);
    return sum;
}

/* What the 16 numbers of a coded format stand for, in each quarter of a vector. */
INLINE __m512i table_of(const int format, const struct codes *codes) {
    if (!traits(format).coded) return _mm512_setzero_si512();
    return _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *) codes->weights));
}

/* Vectors j (low) and j + 4 (high) of a group; for Q8_0, vectors j and j + 4 of its eight. */
INLINE void unpack(const int format, const uint8_t *quants, const uint8_t *bits, __m512i table, int j, __m512i *low,
                   __m512i *high) {
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
    if (traits(format).coded) {
        *low = _mm512_shuffle_epi8(table, *low);
        *high = _mm512_shuffle_epi8(table, *high);
    } else if (format == Q5_K) {
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
