/*
 * Matrix products with AMX.
 *
 * Quantized weights: many rows at once as int8, in amx_int8.inc; fewer by VNNI. The bits are the same.
 *
 * Prompt rows of F16 and BF16: bfloat16. Two strips of weights, DEPTH columns deep, are copied as bfloat16 into a buffer that stays
 * in the first-level cache while all rows pass by; meanwhile the next two strips are copied into another one, a little in each step,
 * in the shadow of the tile products. BAND strips share the activations of a depth while those are in the second-level cache; sums
 * stay in memory, tile by tile. A sum is one chain over the columns in their order.
 */
#if defined(__x86_64__)
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx512bf16,avx2,fma,f16c,amx-tile,amx-int8,amx-bf16"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx512bf16,avx2,fma,f16c,amx-tile,amx-int8,amx-bf16")
#endif
#include "avx512.h"
#include "tiles.h"

enum { DEPTH = 512, GROUPS = DEPTH / 32, BAND = 16, MAX_ROWS = 512 };

/* Two strips, DEPTH columns deep, as bfloat16: [strip][group] tiles of [column pair][16 rows][2]. */
struct panel {
    uint8_t tiles[2][GROUPS][1024];
};

struct amx_scratch {
    struct panel panels[2];
    float sums[BAND / 2][MAX_ROWS / 16][2][256]; /* [pair][tile of rows][strip of pair] */
};

_Static_assert(sizeof(struct amx_scratch) <= SCRATCH_BYTES, "as the caller believes");

/* A panel on its way: unit after unit, a quarter of a group each. */
struct expander {
    const struct matrix *matrix;
    size_t strip_bytes;
    int columns;
    int strip, strips; /* one or two */
    int first, groups; /* column, and groups of 32 of this depth */
    int unit, units;
    struct panel *panel;
};

/* Two neighbouring columns of 16 rows, as a tile wants them. */
INLINE void store_pair(uint8_t *to, __m512 even, __m512 odd) {
    const __m512i zip = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22, 6, 21,
                                         5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
    _mm512_storeu_si512(to, _mm512_permutexvar_epi16(zip, (__m512i) _mm512_cvtne2ps_pbh(odd, even)));
}

/* Column `column` of a strip of F16, or zeros behind the last one. */
INLINE __m512 half_column(const struct expander *e, const uint8_t *strip, int column) {
    return column < e->columns ? halves(strip + (size_t) 32 * column) : _mm512_setzero_ps();
}

/* Copies a quarter of a group: four pairs of columns. */
INLINE void expand_unit(struct expander *e) {
    int j = e->unit & 3, strip = e->unit >> 2 & 1, group = e->unit >> 3;
    e->unit++;
    if (strip == e->strips) return;
    uint8_t *tile = e->panel->tiles[strip][group];
    const uint8_t *from = e->matrix->data + (e->strip + strip) * e->strip_bytes;
    for (int i = 4 * j; i < 4 * j + 4; i++) {
        int column = e->first + 32 * group + 2 * i;
        if (e->matrix->format == F16) {
            store_pair(tile + 64 * i, half_column(e, from, column), half_column(e, from, column + 1));
        } else {
            __m512i pair = column < e->columns ? _mm512_load_si512((const __m512i *) (from + (size_t) 32 * column))
                                               : _mm512_setzero_si512();
            _mm512_storeu_si512(tile + 64 * i, pair);
        }
    }
}

/* Sets out to expand the pair of strips number `pair` of [begin, end), `depth` deep. */
static void expander_start(struct expander *e, struct panel *panel, int begin, int end, int pair, int depth) {
    e->strip = begin + 2 * pair;
    e->strips = end - e->strip < 2 ? 1 : 2;
    e->first = depth * DEPTH;
    int columns = (e->columns + 31) / 32 * 32 - e->first;
    e->groups = (columns < DEPTH ? columns : DEPTH) / 32;
    e->unit = 0;
    e->units = 8 * e->groups;
    e->panel = panel;
}

/* A tiles of rows times B strips of a panel, and a little expansion in each step. */
#define MULTIPLY(A, B)                                                                                             \
    do {                                                                                                           \
        if (fresh) {                                                                                               \
            TILE_ZERO(0);                                                                                          \
            if ((B) > 1) TILE_ZERO(1);                                                                             \
            if ((A) > 1) TILE_ZERO(2);                                                                             \
            if ((A) > 1 && (B) > 1) TILE_ZERO(3);                                                                  \
        } else {                                                                                                   \
            TILE_LOAD(0, sums[0][0], 64);                                                                          \
            if ((B) > 1) TILE_LOAD(1, sums[0][1], 64);                                                             \
            if ((A) > 1) TILE_LOAD(2, sums[1][0], 64);                                                             \
            if ((A) > 1 && (B) > 1) TILE_LOAD(3, sums[1][1], 64);                                                  \
        }                                                                                                          \
        for (int group = 0; group < groups; group++) {                                                             \
            TILE_LOAD(4, rows + 1024 * group, 64);                                                                 \
            TILE_LOAD(6, panel->tiles[0][group], 64);                                                              \
            TILE_BF16(0, 4, 6);                                                                                    \
            if ((B) > 1) TILE_LOAD(7, panel->tiles[1][group], 64);                                                 \
            if ((B) > 1) TILE_BF16(1, 4, 7);                                                                       \
            if ((A) > 1) TILE_LOAD(5, rows + tile_bytes + 1024 * group, 64);                                       \
            if ((A) > 1) TILE_BF16(2, 5, 6);                                                                       \
            if ((A) > 1 && (B) > 1) TILE_BF16(3, 5, 7);                                                            \
            credit += next->units;                                                                                 \
            while (credit >= steps) {                                                                              \
                credit -= steps;                                                                                   \
                expand_unit(next);                                                                                 \
            }                                                                                                      \
        }                                                                                                          \
        TILE_STORE(0, sums[0][0], 64);                                                                             \
        if ((B) > 1) TILE_STORE(1, sums[0][1], 64);                                                                \
        if ((A) > 1) TILE_STORE(2, sums[1][0], 64);                                                                \
        if ((A) > 1 && (B) > 1) TILE_STORE(3, sums[1][1], 64);                                                     \
    } while (0)

static const struct tile_shapes full_tiles = {
        .palette = 1, .bytes = {64, 64, 64, 64, 64, 64, 64, 64}, .rows = {16, 16, 16, 16, 16, 16, 16, 16}};

/* All tiles of rows times one panel; `next` is the expansion to be done meanwhile. */
static void multiply_panel(const struct panel *panel, int strips, int groups, const uint8_t *rows, size_t tile_bytes,
                           int tiles, float (*sums)[2][256], int fresh, struct expander *next) {
    TILE_FILE
    TILE_SHAPES(&full_tiles);
    int steps = (tiles + 1) / 2 * groups, credit = 0;
    for (; tiles > 0; tiles -= 2, rows += 2 * tile_bytes, sums += 2) {
        if (tiles > 1 && strips > 1) {
            MULTIPLY(2, 2);
        } else if (tiles > 1) {
            MULTIPLY(2, 1);
        } else if (strips > 1) {
            MULTIPLY(1, 2);
        } else {
            MULTIPLY(1, 1);
        }
    }
}

/* Strips [begin, end) of a matrix, at most BAND, times prompt rows in tiles, at most MAX_ROWS. */
static void multiply_band(const struct linear_job *job, const struct matrix *matrix, const uint8_t *tiled, int rows,
                          int begin, int end, float *out, struct amx_scratch *scratch) {
    size_t tile_bytes = (size_t) (job->columns + 31) / 32 * 1024;
    int tiles = (rows + 15) / 16, pairs = (end - begin + 1) / 2, depths = (job->columns + DEPTH - 1) / DEPTH;
    struct expander e = {.matrix = matrix,
                         .strip_bytes = strip_bytes(matrix->format, job->columns),
                         .columns = job->columns};
    expander_start(&e, &scratch->panels[0], begin, end, 0, 0);
    while (e.unit < e.units) expand_unit(&e);
    for (int step = 0; step < depths * pairs; step++) {
        int depth = step / pairs, pair = step % pairs, groups = e.groups, strips = e.strips;
        const struct panel *panel = e.panel;
        if (step + 1 < depths * pairs) {
            expander_start(&e, &scratch->panels[(step + 1) & 1], begin, end, (step + 1) % pairs, (step + 1) / pairs);
        } else {
            e.units = 0;
        }
        multiply_panel(panel, strips, groups, tiled + (size_t) depth * GROUPS * 1024, tile_bytes, tiles,
                       scratch->sums[pair], depth == 0, &e);
    }
    for (int row = 0; row < rows; row++) {
        for (int strip = begin; strip < end; strip++) {
            const float *sums = scratch->sums[(strip - begin) / 2][row / 16][(strip - begin) % 2] + row % 16 * 16;
            store(out + (size_t) row * job->out_columns + strip * STRIP, _mm512_loadu_ps(sums),
                  matrix->rows - strip * STRIP, job->accumulate);
        }
    }
}

static size_t tiled_bytes(int columns) {
    return (size_t) (columns + 31) / 32 * 64;
}

static void multiply_tiles(const struct linear_job *job, const struct matrix *matrix, const uint8_t *tiled, int rows,
                           int begin, int end, float *out, uint8_t *scratch) {
    for (int first = 0; first < rows; first += MAX_ROWS) {
        int count = rows - first < MAX_ROWS ? rows - first : MAX_ROWS;
        for (int strip = begin; strip < end; strip += BAND) {
            multiply_band(job, matrix, tiled + first * tiled_bytes(job->columns), count, strip, end - strip < BAND ? end : strip + BAND,
                          out + (size_t) first * job->out_columns, (struct amx_scratch *) scratch);
        }
    }
    TILE_RELEASE();
}

/* 16 rows, or what is left of them, as bfloat16: [group][16 rows][32 columns], zeros where there is nothing. */
static void tile_rows(const float *in, int columns, int rows, uint8_t *out) {
    for (int column = 0; column < columns; column += 32, out += 1024) {
        uint32_t here = columns - column < 32 ? (1u << (columns - column)) - 1 : 0xffffffff;
        for (int row = 0; row < 16; row++) {
            __m512i both = _mm512_setzero_si512();
            if (row < rows) {
                const float *x = in + (size_t) row * columns + column;
                both = (__m512i) _mm512_cvtne2ps_pbh(_mm512_maskz_loadu_ps((__mmask16) (here >> 16), x + 16),
                                                     _mm512_maskz_loadu_ps((__mmask16) here, x));
            }
            _mm512_storeu_si512(out + 64 * row, both);
        }
    }
}

#include "amx_int8.inc"

DECLARE_TABLES(avx512_vnni);
int avx512_vnni_quantize(const float *in, int columns, struct record *records, size_t stride);
void avx512_vnni_multiply_many(const struct linear_job *job, const struct matrix *matrix, const struct record *records,
                               int rows, int tiles, int begin, int end, float *out, uint8_t *scratch);

const struct multiplier amx_multiplier = {
        .tile = {12, 6, 0, 16},
        .table = TABLES(avx512_vnni),
        .many = {{13, 6, avx512_vnni_multiply_many}, {MANY_ROWS, 16, multiply_int8}},
        .quantize = avx512_vnni_quantize,
        .tiled_bytes = tiled_bytes,
        .tile_rows = tile_rows,
        .multiply_tiles = multiply_tiles};

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
