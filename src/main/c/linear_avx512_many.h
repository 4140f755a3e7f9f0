/*
 * Many rows times quantized weights: two strips, DEPTH columns deep, are unpacked once into bytes and floats that stay in the
 * first-level cache while all tiles of rows pass by, so that little but dot products is left to the two ports that compute.
 * The strips of a band share the activations of a depth while those are in the second-level cache; sums stay in memory, tile
 * by tile. Operation for operation the arithmetic of linear_avx512.h, which see for what the including file defines.
 */

enum { DEPTH = 512, GROUPS = DEPTH / 32, PAIRS_OF_BAND = 4, TILE_ROWS = 6, MAX_TILES = 86 };

/* A group of 32 columns of a pair of strips. */
struct unpacked {
    uint8_t q[2][8][64];
    /* For Q4_K and Q5_K, the second is the minimum; for Q6_K, the scale of the second half. */
    float scale[2][16], second[2][16];
};

struct many_scratch {
    struct unpacked groups[GROUPS];
    float sums[PAIRS_OF_BAND][MAX_TILES][TILE_ROWS][2][16];
};

_Static_assert(sizeof(struct many_scratch) <= SCRATCH_BYTES, "as the caller believes");

/* Where the sums of some rows and a pair of strips go when they are complete. */
struct destination {
    float *out;
    size_t stride;
    int lanes, accumulate;
};

/* Where weights will be read next, and how many cache lines of them to fetch with each group. */
struct ahead {
    const uint8_t *at;
    int lines;
};

/*
 * S strips times T rows: `groups` groups of `a`, added to what is kept; from zero where `fresh`. Where there is a destination
 * they are the last.
 */
INLINE void tile_sums(const int format, const int S, const int T, const struct unpacked *w, int groups,
                      const struct record *a, float (*kept)[2][16], int fresh, struct ahead ahead,
                      const struct destination *to) {
    __m512 sums[TILE_ROWS][2];
    UNROLL for (int t = 0; t < T; t++) {
        UNROLL for (int s = 0; s < S; s++) {
            sums[t][s] = fresh ? _mm512_setzero_ps() : _mm512_load_ps(kept[t][s]);
            if (to) __builtin_prefetch(to->out + t * to->stride + 16 * s, 1);
        }
    }
    for (int group = 0; group < groups; group++, w++, a += T, ahead.at += 64 * ahead.lines) {
        for (int line = 0; line < ahead.lines; line++) _mm_prefetch((const char *) ahead.at + 64 * line, _MM_HINT_T1);
        __m512i dots[TILE_ROWS][2];
        UNROLL for (int t = 0; t < T; t++) {
            __m512i start = format == Q8_0   ? START_8(a[t])
                            : format == Q4_0 ? _mm512_set1_epi32(a[t].minus_8)
                            : format == Q6_K ? _mm512_set1_epi32(a[t].minus_32[0])
                                             : _mm512_setzero_si512();
            UNROLL for (int s = 0; s < S; s++) dots[t][s] = start;
        }
        __m512 first[TILE_ROWS][2];
        UNROLL for (int j = 0; j < 8; j++) {
            if (format == Q6_K && j == 4) {
                UNROLL for (int t = 0; t < T; t++) {
                    UNROLL for (int s = 0; s < S; s++) {
                        first[t][s] = _mm512_mul_ps(_mm512_cvtepi32_ps(dots[t][s]), _mm512_load_ps(w->scale[s]));
                        dots[t][s] = _mm512_set1_epi32(a[t].minus_32[1]);
                    }
                }
            }
            __m512i q[2];
            UNROLL for (int s = 0; s < S; s++) q[s] = _mm512_load_si512(w->q[s][j]);
            UNROLL for (int t = 0; t < T; t++) {
                __m512i x = four(&a[t], j);
                UNROLL for (int s = 0; s < S; s++) {
                    dots[t][s] = format == Q8_0 ? DOT_8(dots[t][s], q[s], x) : DOT(dots[t][s], q[s], x);
                }
            }
        }
        UNROLL for (int s = 0; s < S; s++) {
            __m512 scale = _mm512_load_ps(w->scale[s]), second = _mm512_load_ps(w->second[s]);
            UNROLL for (int t = 0; t < T; t++) {
                __m512 dot = _mm512_cvtepi32_ps(dots[t][s]), x = _mm512_set1_ps(a[t].scale);
                if (format == Q6_K) {
                    sums[t][s] = _mm512_fmadd_ps(_mm512_fmadd_ps(dot, second, first[t][s]), x, sums[t][s]);
                    continue;
                }
                sums[t][s] = _mm512_fmadd_ps(dot, _mm512_mul_ps(scale, x), sums[t][s]);
                if (format == Q4_K) {
                    sums[t][s] = _mm512_fnmadd_ps(second, _mm512_set1_ps(a[t].scaled_sum), sums[t][s]);
                }
            }
        }
    }
    UNROLL for (int t = 0; t < T; t++) {
        UNROLL for (int s = 0; s < S; s++) {
            if (to) {
                store(to->out + t * to->stride + 16 * s, sums[t][s], to->lanes - 16 * s, to->accumulate);
            } else {
                _mm512_store_ps(kept[t][s], sums[t][s]);
            }
        }
    }
}

typedef void (*tile_adder)(const struct unpacked *w, int groups, const struct record *a, float (*kept)[2][16], int fresh,
                           struct ahead ahead, const struct destination *to);

#define TILE_SUMS(FORMAT, S, T)                                                                                       \
    static void NAME(sums_##FORMAT##_##S##_##T)(const struct unpacked *w, int groups, const struct record *a,         \
                                                float (*kept)[2][16], int fresh, struct ahead ahead,                  \
                                                const struct destination *to) {                                       \
        tile_sums(FORMAT, S, T, w, groups, a, kept, fresh, ahead, to);                                                \
    }
#define EACH_TILE_SUMS(FORMAT, S)                                                                                     \
    TILE_SUMS(FORMAT, S, 1) TILE_SUMS(FORMAT, S, 2) TILE_SUMS(FORMAT, S, 3)                                           \
    TILE_SUMS(FORMAT, S, 4) TILE_SUMS(FORMAT, S, 5) TILE_SUMS(FORMAT, S, 6)
#define EACH_TILE_SUMS_OF(FORMAT) EACH_TILE_SUMS(FORMAT, 1) EACH_TILE_SUMS(FORMAT, 2)
EACH_TILE_SUMS_OF(Q8_0)
EACH_TILE_SUMS_OF(Q4_0)
EACH_TILE_SUMS_OF(Q4_K)
EACH_TILE_SUMS_OF(Q6_K)

#define ADDERS(FORMAT, S)                                                                                             \
    {                                                                                                                 \
        NAME(sums_##FORMAT##_##S##_1), NAME(sums_##FORMAT##_##S##_2), NAME(sums_##FORMAT##_##S##_3),                  \
                NAME(sums_##FORMAT##_##S##_4), NAME(sums_##FORMAT##_##S##_5), NAME(sums_##FORMAT##_##S##_6)           \
    }
#define ADDERS_OF(FORMAT) {ADDERS(FORMAT, 1), ADDERS(FORMAT, 2)}
/* Unpacked, Q5_K is as Q4_K. */
static const tile_adder NAME(adders)[FORMATS][2][TILE_ROWS] = {[Q8_0] = ADDERS_OF(Q8_0), [Q4_0] = ADDERS_OF(Q4_0),
                                                               [Q4_K] = ADDERS_OF(Q4_K), [Q5_K] = ADDERS_OF(Q4_K),
                                                               [Q6_K] = ADDERS_OF(Q6_K)};

/* Unpacks `groups` groups of strip s of a pair; `panel` is where its first one begins, of a strip of `columns` from there on. */
INLINE void unpack_strip(const int format, const uint8_t *panel, int columns, int groups, int s, struct unpacked *to) {
    const int quant_bytes = format == Q8_0 ? 512 : 256;
    const int bit_bytes = format == Q5_K ? 64 : format == Q6_K ? 128 : 0;
    for (int first = 0; first < groups; first += 8) {
        const int in_panel = format >= Q4_K || columns - 32 * first >= PANEL ? 8 : columns / 32 - first;
        const uint8_t *bits = panel + quant_bytes * in_panel;
        const uint8_t *scales = bits + bit_bytes * in_panel;
        for (int group = 0; group < in_panel; group++, to++) {
            UNROLL for (int j = 0; j < 4; j++) {
                __m512i low, high;
                unpack(format, panel + quant_bytes * group, bits + bit_bytes * group, j, &low, &high);
                _mm512_store_si512(to->q[s][j], low);
                _mm512_store_si512(to->q[s][j + 4], high);
            }
            __m512 scale, second;
            if (format == Q8_0 || format == Q4_0) {
                scale = halves(scales + 32 * group);
            } else if (format == Q6_K) {
                const __m128i *sc = (const __m128i *) (scales + 32 * group);
                __m512 d = halves(scales + 256);
                scale = _mm512_mul_ps(d, _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128(sc))));
                second = _mm512_mul_ps(d, _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128(sc + 1))));
            } else {
                scales_k(scales, group, &scale, &second);
                scale = _mm512_mul_ps(halves(scales + 192), scale);
                second = _mm512_mul_ps(halves(scales + 224), second);
            }
            _mm512_store_ps(to->scale[s], scale);
            if (format >= Q4_K) _mm512_store_ps(to->second[s], second);
        }
        panel += panel_bytes(format, in_panel);
    }
}

static void NAME(unpack_any)(int format, const uint8_t *panel, int columns, int groups, int s, struct unpacked *to) {
    switch (format) {
        case Q8_0: unpack_strip(Q8_0, panel, columns, groups, s, to); break;
        case Q4_0: unpack_strip(Q4_0, panel, columns, groups, s, to); break;
        case Q4_K: unpack_strip(Q4_K, panel, columns, groups, s, to); break;
        case Q5_K: unpack_strip(Q5_K, panel, columns, groups, s, to); break;
        default: unpack_strip(Q6_K, panel, columns, groups, s, to);
    }
}

/* Tiles [begin, end) of `tiles`, which share `rows` rows among them. */
struct slice {
    const struct record *records;
    int rows, tiles, begin, end;
};

INLINE int first_row(const struct slice *slice, int tile) {
    return (int) ((int64_t) slice->rows * tile / slice->tiles);
}

/* One depth of a pair (or, at an odd end, of a single strip) with all tiles of a slice. */
INLINE void multiply_depth(const struct linear_job *job, const struct matrix *matrix, const uint8_t *weights, int strips,
                           int first, const struct slice *slice, float (*sums)[TILE_ROWS][2][16],
                           struct unpacked *unpacked, const uint8_t *next, const struct destination *last) {
    const int format = matrix->format, all = job->columns / 32;
    const size_t bytes = strip_bytes(format, job->columns);
    const int groups = all - first / 32 < GROUPS ? all - first / 32 : GROUPS;
    for (int s = 0; s < strips; s++) {
        NAME(unpack_any)(format, weights + s * bytes, job->columns - first, groups, s, unpacked);
    }
    /* The first half of the tiles fetches one strip of the next pair, the second half the other. */
    const int tiles = slice->end - slice->begin, half = (tiles + 1) / 2;
    const int depth_lines = (int) (DEPTH / PANEL * panel_bytes(format, 8) / 64);
    for (int tile = 0; tile < tiles; tile++) {
        int row = first_row(slice, slice->begin + tile), in_tile = first_row(slice, slice->begin + tile + 1) - row;
        int later = tile >= half, slots = (later ? tiles - half : half) * groups;
        int lines = (depth_lines + slots - 1) / slots, begun = lines * groups * (tile - later * half);
        struct ahead ahead = {next + later * bytes + (size_t) 64 * begun, begun < depth_lines ? lines : 0};
        const struct record *a = slice->records + (size_t) row * all + (size_t) in_tile * (first / 32);
        const struct destination to = {last->out + (size_t) row * last->stride, last->stride, last->lanes, last->accumulate};
        NAME(adders)[format][strips - 1][in_tile - 1](unpacked, groups, a, sums[tile], first == 0, ahead,
                                                      first + DEPTH < job->columns ? 0 : &to);
    }
}

/* Strips [begin, end) of a band with all tiles of a slice. */
static void NAME(multiply_band)(const struct linear_job *job, const struct matrix *matrix, const struct slice *slice,
                                int begin, int end, float *out, struct many_scratch *scratch) {
    const size_t bytes = strip_bytes(matrix->format, job->columns);
    const size_t depth_bytes = DEPTH / PANEL * panel_bytes(matrix->format, 8);
    const uint8_t *depth = matrix->data;
    for (int first = 0; first < job->columns; first += DEPTH, depth += depth_bytes) {
        for (int strip = begin; strip < end; strip += 2) {
            const uint8_t *next = strip + 2 < end                ? depth + (strip + 2) * bytes
                                  : first + DEPTH < job->columns ? depth + depth_bytes + begin * bytes
                                                                 : matrix->data + end * bytes;
            const struct destination to = {out + strip * STRIP, job->out_columns, matrix->rows - strip * STRIP,
                                           job->accumulate};
            multiply_depth(job, matrix, depth + strip * bytes, strip + 1 < end ? 2 : 1, first, slice,
                           scratch->sums[(strip - begin) / 2], scratch->groups, next, &to);
        }
    }
}

/* See struct multiplier. */
void NAME(multiply_many)(const struct linear_job *job, const struct matrix *matrix, const struct record *records,
                         int rows, int tiles, int begin, int end, float *out, uint8_t *scratch) {
    for (int tile = 0; tile < tiles; tile += MAX_TILES) {
        struct slice slice = {records, rows, tiles, tile, tile + MAX_TILES < tiles ? tile + MAX_TILES : tiles};
        for (int band = begin; band < end; band += 2 * PAIRS_OF_BAND) {
            NAME(multiply_band)(job, matrix, &slice, band, band + 2 * PAIRS_OF_BAND < end ? band + 2 * PAIRS_OF_BAND : end,
                                out, (struct many_scratch *) scratch);
        }
    }
}
