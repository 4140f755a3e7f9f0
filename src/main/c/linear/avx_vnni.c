/* Matrix products with AVX2 and the VNNI of processors without AVX-512. */
#if defined(__x86_64__)
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,avxvnni"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma,f16c,avxvnni")
#endif
#include "avx2.h"

INLINE void add_products(const int format, struct dots *dots, __m256i w, __m256i a, const int i) {
    (void) format, (void) i;
    dots->sum = _mm256_dpbusd_avx_epi32(dots->sum, w, a);
}

#define NAME(x) avx_vnni_##x
#define SIGNED_8(w) (w)
#define START_8(minus_128) _mm256_set1_epi32(minus_128)
#include "avx2.inc"
#include "avx2_many.inc"

const struct multiplier avx_vnni_multiplier = {
        .tile = {4, 4},
        .table = TABLES(avx_vnni),
        .many = {{13, 4, avx_vnni_multiply_many}},
        .quantize = avx_vnni_quantize};

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
