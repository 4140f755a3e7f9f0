/* Matrix products with AVX2 and FMA: products are added in 16 bits as long as those hold them, then pairs of these in 32. */
#if defined(__x86_64__)
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma,f16c")
#endif
#include "avx2.h"

/* How many products of weights of a format, in pairs, 16 bits hold: 2 * 127 * 15 * 8 is below 32,768. None where it is one. */
INLINE int products_in_16_bits(const int format) {
    const struct traits t = traits(format);
    return t.zero == 128 ? 0 : 8 >> (t.bit_bytes / 64);
}

INLINE __m256i pairs(__m256i sum, __m256i products) {
    return _mm256_add_epi32(sum, _mm256_madd_epi16(products, _mm256_set1_epi16(1)));
}

INLINE void add_products(const int format, struct dots *dots, __m256i w, __m256i a, const int i) {
    const int most = products_in_16_bits(format);
    if (most == 0) {
        /* The sign goes over to the activations, and 128 * 127 * 2 just fits. */
        dots->sum = pairs(dots->sum, _mm256_maddubs_epi16(_mm256_abs_epi8(w), _mm256_sign_epi8(a, w)));
        return;
    }
    __m256i products = _mm256_maddubs_epi16(w, a);
    dots->products = i % most == 0 ? products : _mm256_add_epi16(dots->products, products);
    /* Without this GCC keeps all products and adds them as a tree, for which there are too few registers. */
    __asm__("" : "+x"(dots->products));
    if (i % most == most - 1) dots->sum = pairs(dots->sum, dots->products);
}

#define NAME(x) avx2_##x
#define SIGNED_8(w) _mm256_xor_si256(w, _mm256_set1_epi8((char) 0x80))
#define START_8(minus_128) ((void) (minus_128), _mm256_setzero_si256())
#include "avx2.inc"
#include "avx2_many.inc"

const struct multiplier avx2_multiplier = {
        .tile = {4, 4},
        .table = TABLES(avx2),
        .many = {{13, 4, avx2_multiply_many}},
        .quantize = avx2_quantize};

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
