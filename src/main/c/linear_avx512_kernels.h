/* The instances of linear_avx512.h for one instruction set: kernels of each format for each number of rows. */

#define QUANTIZED(FORMAT, S, T)                                                                                       \
    static void NAME(FORMAT##_##S##_##T)(const uint8_t *strip, size_t strip_bytes, const void *a, int columns,        \
                                         float *out, size_t out_stride, int lanes, int accumulate) {                  \
        quantized(FORMAT, S, T, strip, strip_bytes, (const struct record *) a, columns, out, out_stride, lanes,       \
                  accumulate);                                                                                        \
    }
#define PLAIN(FORMAT, S, T)                                                                                           \
    static void NAME(FORMAT##_##S##_##T)(const uint8_t *strip, size_t strip_bytes, const void *a, int columns,        \
                                         float *out, size_t out_stride, int lanes, int accumulate) {                  \
        plain(FORMAT, S, T, strip, strip_bytes, (const float *) a, columns, out, out_stride, lanes, accumulate);      \
    }
#define EACH(KIND, FORMAT)                                                                                            \
    KIND(FORMAT, 1, 1) KIND(FORMAT, 1, 2) KIND(FORMAT, 1, 3) KIND(FORMAT, 1, 4) KIND(FORMAT, 1, 5)                    \
    KIND(FORMAT, 1, 6) KIND(FORMAT, 1, 7) KIND(FORMAT, 1, 8) KIND(FORMAT, 1, 9) KIND(FORMAT, 1, 10)                   \
    KIND(FORMAT, 1, 11) KIND(FORMAT, 1, 12)                                                                           \
    KIND(FORMAT, 2, 1) KIND(FORMAT, 2, 2) KIND(FORMAT, 2, 3) KIND(FORMAT, 2, 4) KIND(FORMAT, 2, 5) KIND(FORMAT, 2, 6)                    \
    const struct tile_kernel NAME(table_##FORMAT)[] = {                                                               \
            {0, 0, 0},                                                                                                \
            {2, NAME(FORMAT##_2_1), NAME(FORMAT##_1_1)},                                                              \
            {2, NAME(FORMAT##_2_2), NAME(FORMAT##_1_2)},                                                              \
            {2, NAME(FORMAT##_2_3), NAME(FORMAT##_1_3)},                                                              \
            {2, NAME(FORMAT##_2_4), NAME(FORMAT##_1_4)},                                                              \
            {2, NAME(FORMAT##_2_5), NAME(FORMAT##_1_5)},                                                              \
            {2, NAME(FORMAT##_2_6), NAME(FORMAT##_1_6)},                                                              \
            {1, NAME(FORMAT##_1_7), NAME(FORMAT##_1_7)},                                                              \
            {1, NAME(FORMAT##_1_8), NAME(FORMAT##_1_8)},                                                              \
            {1, NAME(FORMAT##_1_9), NAME(FORMAT##_1_9)},                                                              \
            {1, NAME(FORMAT##_1_10), NAME(FORMAT##_1_10)},                                                            \
            {1, NAME(FORMAT##_1_11), NAME(FORMAT##_1_11)},                                                            \
            {1, NAME(FORMAT##_1_12), NAME(FORMAT##_1_12)},                                                            \
    };

EACH(QUANTIZED, Q8_0)
EACH(QUANTIZED, Q4_0)
EACH(QUANTIZED, Q4_K)
EACH(QUANTIZED, Q5_K)
EACH(QUANTIZED, Q6_K)
EACH(PLAIN, F32)
EACH(PLAIN, F16)
EACH(PLAIN, BF16)
