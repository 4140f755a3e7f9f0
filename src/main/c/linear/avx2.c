/* Matrix products with AVX2 and FMA: pairs of products are added in 16 bits, which hold them, then pairs of those. */
#if defined(__x86_64__)
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma,f16c")
#endif
#include <immintrin.h>

static inline __attribute__((always_inline)) __m256i dot(__m256i sum, __m256i w, __m256i a) {
    return _mm256_add_epi32(sum, _mm256_madd_epi16(_mm256_maddubs_epi16(w, a), _mm256_set1_epi16(1)));
}

/* Weights of eight bits would overflow 16: the sign goes over to the activations, and 128 * 127 * 2 just fits. */
static inline __attribute__((always_inline)) __m256i dot_8(__m256i sum, __m256i w, __m256i a) {
    __m256i weights = _mm256_xor_si256(w, _mm256_set1_epi8((char) 0x80));
    return dot(sum, _mm256_abs_epi8(weights), _mm256_sign_epi8(a, weights));
}

#define NAME(x) avx2_##x
#define DOT(sum, w, a) dot(sum, w, a)
#define DOT_8(sum, w, a) dot_8(sum, w, a)
#define START_8(minus_128) ((void) (minus_128), _mm256_setzero_si256())
#include "avx2.inc"

const struct multiplier avx2_multiplier = {.tile = {4, 4, 0, 0}, .table = TABLES(avx2), .quantize = avx2_quantize};

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
