/*
 * Matrix products with AMX.
 *
 * Generated rows: 9 to 16 at once as int8, 32 columns at a time, since each 32 have a scale; fewer by VNNI. The bits are the same.
 *
 * Prompt rows: bfloat16. Two strips of weights, DEPTH columns deep, are expanded to bfloat16 into a buffer that stays in the
 * first-level cache while all rows pass by; meanwhile the next two strips are expanded into another one, a little in each
 * step, in the shadow of the tile products. BAND strips share the activations of a depth while those are in the second-level
 * cache; sums stay in memory, tile by tile. A sum is one chain over the columns in their order.
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

/* What turns the integers of a group of 32 columns into weights: q * scale + offset, for columns 0 to 15 and 16 to 31. */
struct expansion {
    float scale[2][16], offset[2][16];
};

/* Two strips, DEPTH columns deep, as bfloat16: [strip][group] tiles of [column pair][16 rows][2]. */
struct panel {
    uint8_t tiles[2][GROUPS][1024];
};

struct amx_scratch {
    struct panel panels[2];
    struct expansion expansions[2][GROUPS];
    float sums[BAND / 2][MAX_ROWS / 16][2][256]; /* [pair][tile of rows][strip of pair] */
};

_Static_assert(sizeof(struct amx_scratch) <= SCRATCH_BYTES, "as the caller believes");

/* A panel on its way: unit after unit, a quarter of a group each. */
struct expander {
    const struct matrix *matrix;
    size_t strip_bytes, panel_bytes; /* of a complete panel */
    struct traits traits;
    int columns;
    int strip, strips; /* one or two */
    int first, groups; /* column, and groups of 32 of this depth */
    int unit, units;
    struct panel *panel;
    struct expansion (*expansions)[GROUPS];
};

/* Where the quant panel of a group of a strip begins. */
INLINE const uint8_t *quant_panel(const struct expander *e, int strip, int group, int *in_panel, int *groups) {
    int column = e->first + 32 * group, panel = column / PANEL;
    *in_panel = column % PANEL / 32;
    *groups = e->columns - panel * PANEL >= PANEL ? 8 : (e->columns - panel * PANEL) / 32;
    return e->matrix->data + (e->strip + strip) * e->strip_bytes + panel * e->panel_bytes;
}

INLINE void expand_scales_of(const int format, const struct expander *e, int strip, int group) {
    const struct traits t = traits(format);
    int in_panel, groups;
    const uint8_t *scales = quant_panel(e, strip, group, &in_panel, &groups) + (t.quant_bytes + t.bit_bytes) * groups;
    const struct factors f = factors_of(format, scales, in_panel, block_of(format, scales, &e->matrix->codes));
    struct expansion *x = &e->expansions[strip][group];
    for (int i = 0; i < 2; i++) {
        __m512 scale = i && t.scales == SCALES_OF_16 ? f.second : f.scale;
        __m512 offset = t.scales == SCALES_MINIMA ? _mm512_sub_ps(_mm512_setzero_ps(), f.second)
                                                  : _mm512_mul_ps(scale, _mm512_set1_ps((float) -t.zero));
        _mm512_storeu_ps(x->scale[i], scale);
        _mm512_storeu_ps(x->offset[i], offset);
    }
}

/* Works the scales of a group out. */
INLINE void expand_scales(const struct expander *e, int strip, int group) {
    switch (e->matrix->format) {
#define EXPAND(FORMAT) \
        case FORMAT: expand_scales_of(FORMAT, e, strip, group); break;
        EACH_QUANTIZED(EXPAND)
#undef EXPAND
    }
}

/* Two neighbouring columns of 16 rows, as a tile wants them. */
INLINE void store_pair(uint8_t *to, __m512 even, __m512 odd) {
    const __m512i zip = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22, 6, 21,
                                         5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
    _mm512_storeu_si512(to, _mm512_permutexvar_epi16(zip, (__m512i) _mm512_cvtne2ps_pbh(odd, even)));
}

/* Byte `b` of each lane times scale plus offset. */
INLINE __m512 weight(__m512i w, int b, __m512 scale, __m512 offset) {
    const __m512i spread = _mm512_set_epi32((int) 0x8080800c, (int) 0x80808008, (int) 0x80808004, (int) 0x80808000,
                                            (int) 0x8080800c, (int) 0x80808008, (int) 0x80808004, (int) 0x80808000,
                                            (int) 0x8080800c, (int) 0x80808008, (int) 0x80808004, (int) 0x80808000,
                                            (int) 0x8080800c, (int) 0x80808008, (int) 0x80808004, (int) 0x80808000);
    __m512i q = _mm512_shuffle_epi8(w, _mm512_add_epi32(spread, _mm512_set1_epi32(b)));
    return _mm512_fmadd_ps(_mm512_cvtepi32_ps(q), scale, offset);
}

INLINE void store_four(uint8_t *to, __m512i w, const struct expansion *x, int half) {
    __m512 scale = _mm512_loadu_ps(x->scale[half]), offset = _mm512_loadu_ps(x->offset[half]);
    store_pair(to, weight(w, 0, scale, offset), weight(w, 1, scale, offset));
    store_pair(to + 64, weight(w, 2, scale, offset), weight(w, 3, scale, offset));
}

/* Column `column` of a strip of F16, or zeros behind the last one. */
INLINE __m512 half_column(const struct expander *e, const uint8_t *strip, int column) {
    return column < e->columns ? halves(strip + (size_t) 32 * column) : _mm512_setzero_ps();
}

/* Expands a quarter of a group: vectors j and j + 4. */
INLINE void expand_unit(struct expander *e) {
    int format = e->matrix->format, j = e->unit & 3, strip = e->unit >> 2 & 1, group = e->unit >> 3;
    e->unit++;
    if (strip == e->strips) return;
    uint8_t *tile = e->panel->tiles[strip][group];
    if (format < Q8_0) {
        const uint8_t *from = e->matrix->data + (e->strip + strip) * e->strip_bytes;
        for (int i = 4 * j; i < 4 * j + 4; i++) {
            int column = e->first + 32 * group + 2 * i;
            if (format == F16) {
                store_pair(tile + 64 * i, half_column(e, from, column), half_column(e, from, column + 1));
            } else {
                __m512i pair = column < e->columns ? _mm512_load_si512((const __m512i *) (from + (size_t) 32 * column))
                                                   : _mm512_setzero_si512();
                _mm512_storeu_si512(tile + 64 * i, pair);
            }
        }
        return;
    }
    int in_panel, groups;
    const uint8_t *panel = quant_panel(e, strip, group, &in_panel, &groups);
    if (j == 0) expand_scales(e, strip, group);
    const uint8_t *quants = panel + e->traits.quant_bytes * in_panel, *bits = panel + 2048 + e->traits.bit_bytes * in_panel;
    __m512i low, high;
    /* What lies the same way has one case. */
    switch (4 * (e->traits.coded ? CODED : format == Q4_K ? Q4_0 : format) + j) {
#define UNPACK(FORMAT, J) unpack(FORMAT, quants, bits, table_of(FORMAT, &e->matrix->codes), J, &low, &high); break
#define UNPACK_EACH(FORMAT)                          \
        case 4 * FORMAT: UNPACK(FORMAT, 0);          \
        case 4 * FORMAT + 1: UNPACK(FORMAT, 1);      \
        case 4 * FORMAT + 2: UNPACK(FORMAT, 2);      \
        case 4 * FORMAT + 3: UNPACK(FORMAT, 3)
        UNPACK_EACH(Q8_0);
        UNPACK_EACH(Q5_K);
        UNPACK_EACH(Q6_K);
        UNPACK_EACH(CODED);
        case 4 * Q4_0: UNPACK(Q4_0, 0);
        case 4 * Q4_0 + 1: UNPACK(Q4_0, 1);
        case 4 * Q4_0 + 2: UNPACK(Q4_0, 2);
        default: UNPACK(Q4_0, 3);
    }
    const struct expansion *x = &e->expansions[strip][group];
    store_four(tile + 128 * j, low, x, 0);
    store_four(tile + 128 * j + 512, high, x, 1);
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
                         .panel_bytes = matrix->format < Q8_0 ? 0 : panel_bytes(matrix->format, 8),
                         .traits = traits(matrix->format),
                         .columns = job->columns,
                         .expansions = scratch->expansions};
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

/* What tile products of unsigned weights are too large by, negated. */
INLINE __m512i correction(const int format, const struct record *a, const int half) {
    const struct traits t = traits(format);
    return _mm512_set1_epi32(t.scales == SCALES_OF_16 ? t.zero / 32 * a->minus_32[half]
                             : t.zero == 128          ? a->minus_128
                                                      : a->minus_8);
}

/* One strip times T generated rows of records: tile products of as many columns as have a scale, then scales in vectors. */
INLINE void int8_rows(const int format, const int T, const uint8_t *strip, const struct record *a, int columns,
                      float *out, size_t out_stride, int lanes, int accumulate, const struct codes *codes) {
    const struct traits traits_ = traits(format);
    const int two = traits_.scales == SCALES_OF_16, depth = two ? 16 : 32;
    const struct tile_shapes shapes = {
            .palette = 1,
            .bytes = {64, 64, (uint16_t) depth, (uint16_t) depth, 64, 64},
            .rows = {(uint8_t) T, (uint8_t) T, (uint8_t) T, (uint8_t) T, (uint8_t) (depth / 4), (uint8_t) (depth / 4)}};
    uint8_t weights[8][64] __attribute__((aligned(64)));
    int32_t dots[2][16][16] __attribute__((aligned(64)));
    const __m512i table = table_of(format, codes);
    TILE_FILE
    TILE_SHAPES(&shapes);
    __m512 sums[MAX_TILE];
    UNROLL for (int t = 0; t < T; t++) sums[t] = _mm512_setzero_ps();
    for (int first = 0; first < columns; first += PANEL) {
        const int groups = panel_groups(format, columns, first);
        const uint8_t *bits = strip + traits_.quant_bytes * groups;
        const uint8_t *scales = bits + traits_.bit_bytes * groups;
        const struct block block = block_of(format, scales, codes);
        for (int group = 0; group < groups; group++, a += T) {
            const uint8_t *q = strip + traits_.quant_bytes * group;
            const uint8_t *b = bits + traits_.bit_bytes * group;
            if (format != Q8_0) {
                UNROLL for (int j = 0; j < 4; j++) {
                    __m512i low, high;
                    unpack(format, q, b, table, j, &low, &high);
                    _mm512_store_si512(weights[j], low);
                    _mm512_store_si512(weights[j + 4], high);
                }
                q = weights[0];
            }
            TILE_ZERO(0);
            TILE_LOAD(2, a->q, sizeof(struct record));
            TILE_LOAD(4, q, 64);
            TILE_INT8(0, 2, 4);
            TILE_STORE(0, dots[0], 64);
            if (two) {
                TILE_ZERO(1);
                TILE_LOAD(3, a->q + 16, sizeof(struct record));
                TILE_LOAD(5, q + 256, 64);
                TILE_INT8(1, 3, 5);
                TILE_STORE(1, dots[1], 64);
            }
            const struct factors f = factors_of(format, scales, group, block);
            UNROLL for (int t = 0; t < T; t++) {
                __m512i dot = _mm512_load_si512(dots[0][t]), second = _mm512_setzero_si512();
                if (traits_.zero) dot = _mm512_add_epi32(dot, correction(format, &a[t], 0));
                if (two) second = _mm512_add_epi32(_mm512_load_si512(dots[1][t]), correction(format, &a[t], 1));
                sums[t] = add_scaled(format, sums[t], dot, second, f, &a[t]);
            }
        }
        strip += panel_bytes(format, groups);
    }
    TILE_RELEASE();
    UNROLL for (int t = 0; t < T; t++) store(out + t * out_stride, sums[t], lanes, accumulate);
}

#define INT8(FORMAT, T)                                                                                               \
    static void amx_##FORMAT##_##T(const uint8_t *strip, size_t strip_bytes, const void *a, int columns, float *out,  \
                                   size_t out_stride, int lanes, int accumulate, const struct codes *codes) {         \
        (void) strip_bytes;                                                                                           \
        int8_rows(FORMAT, T, strip, (const struct record *) a, columns, out, out_stride, lanes, accumulate, codes);   \
    }
#define EACH(FORMAT)                                                                                                  \
    INT8(FORMAT, 9) INT8(FORMAT, 10) INT8(FORMAT, 11) INT8(FORMAT, 12)                \
    INT8(FORMAT, 13) INT8(FORMAT, 14) INT8(FORMAT, 15) INT8(FORMAT, 16)                                               \
    static const struct tile_kernel many_##FORMAT[] = {                                                               \
            [9] = {1, amx_##FORMAT##_9, amx_##FORMAT##_9},     [10] = {1, amx_##FORMAT##_10, amx_##FORMAT##_10},      \
            [11] = {1, amx_##FORMAT##_11, amx_##FORMAT##_11},  [12] = {1, amx_##FORMAT##_12, amx_##FORMAT##_12},      \
            [13] = {1, amx_##FORMAT##_13, amx_##FORMAT##_13},  [14] = {1, amx_##FORMAT##_14, amx_##FORMAT##_14},      \
            [15] = {1, amx_##FORMAT##_15, amx_##FORMAT##_15},  [16] = {1, amx_##FORMAT##_16, amx_##FORMAT##_16},      \
    };

EACH_QUANTIZED(EACH)

DECLARE_TABLES(avx512_vnni);
void avx512_vnni_quantize(const float *in, int columns, struct record *records, size_t stride);

const struct multiplier amx_multiplier = {
        .tile = {16, 6, 0, 16},
        .large_tile = {16, 6, 0, 16},
        .table = TABLES(avx512_vnni),
        .few = 8,
        .many = {[Q8_0] = many_Q8_0, [Q4_0] = many_Q4_0, [Q4_K] = many_Q4_K, [Q5_K] = many_Q5_K, [Q6_K] = many_Q6_K,
                 [CODED] = many_CODED, [CODED_E8M0] = many_CODED_E8M0, [CODED_K] = many_CODED_K,
                 [CODED_16] = many_CODED_16},
        .quantize = avx512_vnni_quantize,
        .tiled_from = F16,
        .tiled_bytes = tiled_bytes,
        .tile_rows = tile_rows,
        .multiply_tiles = multiply_tiles};

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
