/* Matrix products with AVX-512 and VNNI. */
#if defined(__x86_64__)
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma,f16c"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma,f16c")
#endif
#define NAME(x) avx512_vnni_##x
#define DOT(sum, w, a) _mm512_dpbusd_epi32(sum, w, a)
#define DOT_8(sum, w, a) _mm512_dpbusd_epi32(sum, w, a)
#define START_8(minus_128) _mm512_set1_epi32(minus_128)
#include "avx512.inc"
#include "avx512_kernels.inc"
#include "avx512_many.inc"

const struct multiplier avx512_vnni_multiplier = {
        .tile = {12, 6},
        .table = TABLES(avx512_vnni),
        /* Unpacking beside dot products costs nothing where other ports do it: only many rows gain from doing it once. */
        .many = {{49, 6, avx512_vnni_multiply_many}},
        .quantize = avx512_vnni_quantize};

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
