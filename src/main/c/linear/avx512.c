/* Matrix products with AVX-512 without VNNI: pairs of products are added in 16 bits, which hold them, then pairs of those. */
#if defined(__x86_64__)
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,f16c"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,f16c")
#endif
#include <immintrin.h>

static inline __attribute__((always_inline)) __m512i dot(__m512i sum, __m512i w, __m512i a) {
    return _mm512_add_epi32(sum, _mm512_madd_epi16(_mm512_maddubs_epi16(w, a), _mm512_set1_epi16(1)));
}

/* Weights of eight bits would overflow 16: the sign goes over to the activations, and 128 * 127 * 2 just fits. */
static inline __attribute__((always_inline)) __m512i dot_8(__m512i sum, __m512i w, __m512i a) {
    __m512i weights = _mm512_xor_si512(w, _mm512_set1_epi8((char) 0x80));
    __m512i turned = _mm512_mask_sub_epi8(a, _mm512_movepi8_mask(weights), _mm512_setzero_si512(), a);
    return dot(sum, _mm512_abs_epi8(weights), turned);
}

#define NAME(x) avx512_##x
#define DOT(sum, w, a) dot(sum, w, a)
#define DOT_8(sum, w, a) dot_8(sum, w, a)
#define START_8(minus_128) ((void) (minus_128), _mm512_setzero_si512())
#include "avx512.inc"
#include "avx512_kernels.inc"
#include "avx512_many.inc"

const struct multiplier avx512_multiplier = {
        .tile = {12, 6, 0, 0},
        .table = TABLES(avx512),
        .many = {{13, 6, avx512_multiply_many}},
        .quantize = avx512_quantize};

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
