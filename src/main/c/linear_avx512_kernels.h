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
    KIND(FORMAT, 1, 1) KIND(FORMAT, 1, 2) KIND(FORMAT, 1, 3) KIND(FORMAT, 1, 4) KIND(FORMAT, 1, 5) KIND(FORMAT, 1, 6)   \
    KIND(FORMAT, 2, 2) KIND(FORMAT, 2, 3) KIND(FORMAT, 2, 4) KIND(FORMAT, 2, 5) KIND(FORMAT, 2, 6)                     \
    const struct tile_kernel NAME(table_##FORMAT)[] = {                                                               \
            {0, 0, 0},                                                                                                \
            {1, NAME(FORMAT##_1_1), NAME(FORMAT##_1_1)},                                                              \
            {2, NAME(FORMAT##_2_2), NAME(FORMAT##_1_2)},                                                              \
            {2, NAME(FORMAT##_2_3), NAME(FORMAT##_1_3)},                                                              \
            {2, NAME(FORMAT##_2_4), NAME(FORMAT##_1_4)},                                                              \
            {2, NAME(FORMAT##_2_5), NAME(FORMAT##_1_5)},                                                              \
            {2, NAME(FORMAT##_2_6), NAME(FORMAT##_1_6)},                                                              \
    };

EACH(QUANTIZED, Q8_0)
EACH(QUANTIZED, Q4_0)
EACH(QUANTIZED, Q4_K)
EACH(QUANTIZED, Q5_K)
EACH(QUANTIZED, Q6_K)
EACH(PLAIN, F32)
EACH(PLAIN, F16)
EACH(PLAIN, BF16)
