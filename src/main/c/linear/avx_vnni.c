/* Matrix products with AVX2 and the VNNI of processors without AVX-512. */
#if defined(__x86_64__)
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,avxvnni"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma,f16c,avxvnni")
#endif
#define NAME(x) avx_vnni_##x
#define DOT(sum, w, a) _mm256_dpbusd_avx_epi32(sum, w, a)
#define DOT_8(sum, w, a) _mm256_dpbusd_avx_epi32(sum, w, a)
#define START_8(minus_128) _mm256_set1_epi32(minus_128)
#include "avx2.inc"

const struct multiplier avx_vnni_multiplier = {.tile = {4, 4, 0, 0}, .table = TABLES(avx_vnni), .quantize = avx_vnni_quantize};

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
