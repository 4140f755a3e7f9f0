/* Prompt rows times F16 and BF16 as dot products of bfloat16; everything else as with VNNI alone. */
#if defined(__x86_64__)
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16,avx2,fma,f16c"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16,avx2,fma,f16c")
#endif
#include "avx512.h"

/* S strips times T rows of pairs; the two products of a pair and the sum so far are added as the processor does it. */
INLINE void pairs(const int format, const int S, const int T, const uint8_t *strip, size_t strip_bytes,
                  const uint32_t *a, int columns, float *out, size_t out_stride, int lanes, int accumulate) {
    __m512 sums[MAX_STRIPS][MAX_TILE];
    UNROLL for (int s = 0; s < S; s++) {
        UNROLL for (int t = 0; t < T; t++) sums[s][t] = _mm512_setzero_ps();
    }
    for (int k = 0; k < columns; k += 2, a += T) {
        __m512bh w[MAX_STRIPS];
        UNROLL for (int s = 0; s < S; s++) {
            const uint8_t *at = strip + (size_t) 32 * k + s * strip_bytes;
            if (format == BF16) {
                w[s] = (__m512bh) _mm512_load_si512((const __m512i *) at);
            } else {
                /* The even column rounds to the lower half of each lane, the odd one to the upper. */
                __m512 even = halves(at), odd = k + 1 < columns ? halves(at + 32) : _mm512_setzero_ps();
                __m512i low = _mm512_cvtepu16_epi32((__m256i) _mm512_cvtneps_pbh(even));
                __m512i high = _mm512_cvtepu16_epi32((__m256i) _mm512_cvtneps_pbh(odd));
                w[s] = (__m512bh) _mm512_or_si512(low, _mm512_slli_epi32(high, 16));
            }
        }
        UNROLL for (int t = 0; t < T; t++) {
            __m512bh x = (__m512bh) _mm512_set1_epi32((int) a[t]);
            UNROLL for (int s = 0; s < S; s++) sums[s][t] = _mm512_dpbf16_ps(sums[s][t], w[s], x);
        }
    }
    UNROLL for (int s = 0; s < S; s++) {
        UNROLL for (int t = 0; t < T; t++) {
            if (lanes > 16 * s) store(out + t * out_stride + 16 * s, sums[s][t], lanes - 16 * s, accumulate);
        }
    }
}

#define PAIRED(FORMAT, S, T)                                                                                          \
    static void pairs_##FORMAT##_##S##_##T(const uint8_t *strip, size_t strip_bytes, const void *a, int columns, \
                                                 float *out, size_t out_stride, int lanes, int accumulate,            \
                                                 const struct codes *codes) {                                         \
        (void) codes;                                                                                                 \
        pairs(FORMAT, S, T, strip, strip_bytes, (const uint32_t *) a, columns, out, out_stride, lanes, accumulate);   \
    }
#define EACH_PAIRED(FORMAT)                                                                                           \
    PAIRED(FORMAT, 1, 1) PAIRED(FORMAT, 1, 2) PAIRED(FORMAT, 1, 3) PAIRED(FORMAT, 1, 4)                               \
    PAIRED(FORMAT, 1, 5) PAIRED(FORMAT, 1, 6) PAIRED(FORMAT, 1, 7) PAIRED(FORMAT, 1, 8)                               \
    PAIRED(FORMAT, 1, 9) PAIRED(FORMAT, 1, 10) PAIRED(FORMAT, 1, 11) PAIRED(FORMAT, 1, 12)                            \
    PAIRED(FORMAT, 2, 1) PAIRED(FORMAT, 2, 2) PAIRED(FORMAT, 2, 3) PAIRED(FORMAT, 2, 4)                               \
    PAIRED(FORMAT, 2, 5) PAIRED(FORMAT, 2, 6) PAIRED(FORMAT, 2, 7) PAIRED(FORMAT, 2, 8)                               \
    PAIRED(FORMAT, 2, 9) PAIRED(FORMAT, 2, 10) PAIRED(FORMAT, 2, 11) PAIRED(FORMAT, 2, 12)                            \
    static const struct tile_kernel pairs_##FORMAT[] = {                                                              \
            {0, 0, 0},                                                                                                \
            {2, pairs_##FORMAT##_2_1, pairs_##FORMAT##_1_1},                                                          \
            {2, pairs_##FORMAT##_2_2, pairs_##FORMAT##_1_2},                                                          \
            {2, pairs_##FORMAT##_2_3, pairs_##FORMAT##_1_3},                                                          \
            {2, pairs_##FORMAT##_2_4, pairs_##FORMAT##_1_4},                                                          \
            {2, pairs_##FORMAT##_2_5, pairs_##FORMAT##_1_5},                                                          \
            {2, pairs_##FORMAT##_2_6, pairs_##FORMAT##_1_6},                                                          \
            {2, pairs_##FORMAT##_2_7, pairs_##FORMAT##_1_7},                                                          \
            {2, pairs_##FORMAT##_2_8, pairs_##FORMAT##_1_8},                                                          \
            {2, pairs_##FORMAT##_2_9, pairs_##FORMAT##_1_9},                                                          \
            {2, pairs_##FORMAT##_2_10, pairs_##FORMAT##_1_10},                                                        \
            {2, pairs_##FORMAT##_2_11, pairs_##FORMAT##_1_11},                                                        \
            {2, pairs_##FORMAT##_2_12, pairs_##FORMAT##_1_12},                                                        \
    };

EACH_PAIRED(F16)
EACH_PAIRED(BF16)

DECLARE_TABLES(avx512_vnni);
int avx512_vnni_quantize(const float *in, int columns, struct record *records, size_t stride);
void avx512_vnni_multiply_many(const struct linear_job *job, const struct matrix *matrix, const struct record *records,
                               int rows, int tiles, int begin, int end, float *out, uint8_t *scratch);

const struct multiplier avx512_bf16_multiplier = {
        .tile = {12, 6, 12},
        .table = TABLES(avx512_vnni),
        .prompt = {[F16] = pairs_F16, [BF16] = pairs_BF16},
        /* Unpacking beside dot products costs nothing where other ports do it: only many rows gain from doing it once. */
        .many = {{49, 6, avx512_vnni_multiply_many}},
        .quantize = avx512_vnni_quantize};

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
