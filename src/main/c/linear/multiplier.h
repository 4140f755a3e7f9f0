/* How an instruction set multiplies: the tables that linear.c looks kernels up in. */
#ifndef MULTIPLIER_H
#define MULTIPLIER_H

#include "job.h"

/* The most rows that a kernel multiplies at once, and the most strips. */
enum { MAX_TILE = 16, MAX_STRIPS = 4 };

/*
 * Multiplies one or several neighbouring strips with a tile of rows.
 *
 * strip         first strip; strip_bytes to the next
 * activations   the tile
 * out           first element; out_stride floats to the next row
 * lanes         outputs, at most 16 for each strip: what a strip has beyond is not written
 * codes         of a coded format
 */
typedef void (*kernel)(const uint8_t *strip, size_t strip_bytes, const void *activations, int columns, float *out,
                       size_t out_stride, int lanes, int accumulate, const struct codes *codes);

/* The kernel for a number of rows: for as many strips at once as suit it, and for one strip. */
struct tile_kernel {
    int strips;
    kernel many, one;
};

/*
 * Multiplies strips [begin, end) of quantized weights with many rows. Tile t of `tiles` has rows
 * [rows * t / tiles, rows * (t + 1) / tiles).
 */
typedef void (*many_rows)(const struct linear_job *job, const struct matrix *matrix, const struct record *records, int rows,
                          int tiles, int begin, int end, float *out, uint8_t *scratch);

/* What multiplies records from so many rows on, in tiles of at most `tile` rows. */
struct many_rows_from {
    int rows, tile;
    many_rows multiply;
};

struct multiplier {
    int tile[KINDS];                            /* the most rows of a tile */
    const struct tile_kernel *table[FORMATS];   /* by the number of rows */
    struct many_rows_from many[2];              /* for more records than the table should multiply, the larger number behind */
    const struct tile_kernel *prompt[FORMATS];  /* for PAIRS of prompt rows, where not null */
    /* Quantizes one row to records that lie `stride` apart; returns whether one of them has a strange scale. */
    int (*quantize)(const float *in, int columns, struct record *records, size_t stride);
    /* Prompt rows of F16 and BF16 are of kind TILES where multiply_tiles is not null. Bytes that a row takes in a tile: */
    size_t (*tiled_bytes)(int columns);
    /* Prepares a tile of at most 16 rows. */
    void (*tile_rows)(const float *in, int columns, int rows, uint8_t *out);
    /* Multiplies strips [begin, end) with the first `rows` rows of `tiled`. */
    void (*multiply_tiles)(const struct linear_job *job, const struct matrix *matrix, const uint8_t *tiled, int rows,
                           int begin, int end, float *out, uint8_t *scratch);
};

/*
 * Fetches the scales of the next panel, which lie behind its integers. What is fetched ahead line by line covers them too, and yet
 * they are late without this: one row of Q4_0 then reads at 60 to 70 % of the bandwidth instead of 80 to 100 (Zen 5).
 */
INLINE void fetch_next_scales(const int format, const uint8_t *scales) {
    UNROLL for (int byte = 0; byte < scale_bytes(traits(format).scales, 8); byte += 64) {
        __builtin_prefetch(scales + panel_bytes(format, 8) + byte);
    }
}

/* Each format that is quantized, and each that is not. */
#define EACH_QUANTIZED(X) \
    X(Q8_0) X(Q4_0) X(Q4_K) X(Q5_K) X(Q6_K) X(CODED) X(CODED_E8M0) X(CODED_K) X(CODED_16)
#define EACH_PLAIN(X) X(F32) X(F16) X(BF16)

/* The tables of an instruction set, one for each format. */
#define DECLARE_TABLES(SET)                                                                                         \
    extern const struct tile_kernel SET##_table_F32[], SET##_table_F16[], SET##_table_BF16[], SET##_table_Q8_0[],   \
            SET##_table_Q4_0[], SET##_table_Q4_K[], SET##_table_Q5_K[], SET##_table_Q6_K[], SET##_table_CODED[],    \
            SET##_table_CODED_E8M0[], SET##_table_CODED_K[], SET##_table_CODED_16[]
#define QUANTIZED_TABLES(SET)                                                                                       \
    [Q8_0] = SET##_table_Q8_0, [Q4_0] = SET##_table_Q4_0, [Q4_K] = SET##_table_Q4_K, [Q5_K] = SET##_table_Q5_K,     \
    [Q6_K] = SET##_table_Q6_K, [CODED] = SET##_table_CODED, [CODED_E8M0] = SET##_table_CODED_E8M0,                  \
    [CODED_K] = SET##_table_CODED_K, [CODED_16] = SET##_table_CODED_16
#define PLAIN_TABLES(SET) [F32] = SET##_table_F32, [F16] = SET##_table_F16, [BF16] = SET##_table_BF16
#define TABLES(SET) {PLAIN_TABLES(SET), QUANTIZED_TABLES(SET)}

extern const struct multiplier avx2_multiplier, avx_vnni_multiplier, avx512_multiplier, avx512_vnni_multiplier,
        avx512_bf16_multiplier, amx_multiplier, neon_dotprod_multiplier, neon_i8mm_multiplier;

#endif
