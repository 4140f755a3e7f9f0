/*
 * Prompt rows times quantized weights, both in the spans of linear_avx512_spans.h. A sum is one chain over the spans in their
 * order: sum = fma(dot, unit * scale, sum), where the dot product is exact. It does not depend on how many rows there are.
 *
 * Two strips, PROMPT_DEPTH columns deep, are unpacked into what stays in the first-level cache while all rows pass by, a block of
 * them at a time. The strips of a band share the activations of a depth while those are in the second-level cache; sums stay in
 * memory, block by block.
 */

enum { PROMPT_DEPTH = 512, PROMPT_ROWS = 512, BAND_PAIRS = 4 };

struct prompt_scratch {
    struct span spans[PROMPT_DEPTH / SPAN];
    float sums[BAND_PAIRS][PROMPT_ROWS / BLOCK_ROWS][BLOCK_ROWS][2][16];
};

_Static_assert(sizeof(struct prompt_scratch) <= SCRATCH_BYTES, "as the caller believes");

/* S strips times T rows of a block: `columns` columns, added to sums; from zero where `fresh`. */
INLINE void block_sums(const int S, const int T, const struct span *w, int columns, const uint8_t *a,
                       float (*sums)[2][16], int fresh) {
    for (int column = 0; column < columns; column += SPAN, w++) {
        const struct block_span *span = (const struct block_span *) a;
        const int groups = span_groups(columns, column);
        const uint8_t *q = a + sizeof(struct block_span);
        a += span_bytes(groups);
        __m512i dots[BLOCK_ROWS][2];
        UNROLL for (int t = 0; t < T; t++) {
            UNROLL for (int s = 0; s < S; s++) dots[t][s] = _mm512_set1_epi32(span->minus_128[t]);
        }
        for (int group = 0; group < groups; group++, q += BLOCK_ROWS * 32) {
            UNROLL for (int j = 0; j < 8; j++) {
                __m512i v[2];
                UNROLL for (int s = 0; s < S; s++) v[s] = _mm512_load_si512(w->q[s][8 * group + j]);
                UNROLL for (int t = 0; t < T; t++) {
                    __m512i x = _mm512_set1_epi32(((const int32_t *) (q + 32 * t))[j]);
                    UNROLL for (int s = 0; s < S; s++) dots[t][s] = DOT(dots[t][s], v[s], x);
                }
            }
        }
        UNROLL for (int t = 0; t < T; t++) {
            __m512 scale = _mm512_set1_ps(span->scale[t]);
            UNROLL for (int s = 0; s < S; s++) {
                __m512 sum = fresh && column == 0 ? _mm512_setzero_ps() : _mm512_load_ps(sums[t][s]);
                __m512 factor = _mm512_mul_ps(_mm512_load_ps(w->unit[s]), scale);
                _mm512_store_ps(sums[t][s], _mm512_fmadd_ps(_mm512_cvtepi32_ps(dots[t][s]), factor, sum));
            }
        }
    }
}

typedef void (*block_adder)(const struct span *w, int columns, const uint8_t *a, float (*sums)[2][16], int fresh);

#define BLOCK_SUMS(S, T)                                                                                              \
    static void NAME(block_sums_##S##_##T)(const struct span *w, int columns, const uint8_t *a, float (*sums)[2][16], \
                                           int fresh) {                                                               \
        block_sums(S, T, w, columns, a, sums, fresh);                                                                 \
    }
#define EACH_BLOCK_SUMS(S)                                                                                            \
    BLOCK_SUMS(S, 1) BLOCK_SUMS(S, 2) BLOCK_SUMS(S, 3) BLOCK_SUMS(S, 4)                                               \
    BLOCK_SUMS(S, 5) BLOCK_SUMS(S, 6) BLOCK_SUMS(S, 7) BLOCK_SUMS(S, 8)
#define BLOCK_ADDERS(S)                                                                                               \
    {                                                                                                                 \
        NAME(block_sums_##S##_1), NAME(block_sums_##S##_2), NAME(block_sums_##S##_3), NAME(block_sums_##S##_4),       \
                NAME(block_sums_##S##_5), NAME(block_sums_##S##_6), NAME(block_sums_##S##_7),                         \
                NAME(block_sums_##S##_8)                                                                              \
    }
EACH_BLOCK_SUMS(1)
EACH_BLOCK_SUMS(2)
static const block_adder NAME(block_adders)[2][BLOCK_ROWS] = {BLOCK_ADDERS(1), BLOCK_ADDERS(2)};

/* Strips [begin, end) of a band times at most PROMPT_ROWS rows in blocks. */
static void NAME(multiply_block_band)(const struct linear_job *job, const struct matrix *matrix, const uint8_t *blocks,
                                      int rows, int begin, int end, float *out, struct prompt_scratch *scratch) {
    const int columns = job->columns, format = matrix->format, count = (rows + BLOCK_ROWS - 1) / BLOCK_ROWS;
    const size_t bytes = strip_bytes(format, columns), depth_bytes = PROMPT_DEPTH / PANEL * panel_bytes(format, 8);
    const uint8_t *weights = matrix->data;
    for (int first = 0; first < columns; first += PROMPT_DEPTH, weights += depth_bytes) {
        const int deep = columns - first < PROMPT_DEPTH ? columns - first : PROMPT_DEPTH;
        for (int strip = begin; strip < end; strip += 2) {
            const int strips = strip + 1 < end ? 2 : 1;
            const uint8_t *next = strip + 2 < end          ? weights + (strip + 2) * bytes
                                  : first + deep < columns ? weights + depth_bytes + begin * bytes
                                                           : matrix->data + end * bytes;
            for (int s = 0; s < strips; s++) {
                NAME(unpack_depth_of)(format, weights + (strip + s) * bytes, next + s * bytes, deep, s, scratch->spans);
            }
            for (int block = 0; block < count; block++) {
                const int in_block = rows - block * BLOCK_ROWS < BLOCK_ROWS ? rows - block * BLOCK_ROWS : BLOCK_ROWS;
                NAME(block_adders)[strips - 1][in_block - 1](
                        scratch->spans, deep, blocks + block * block_bytes(columns) + block_bytes(first),
                        scratch->sums[(strip - begin) / 2][block], first == 0);
            }
        }
    }
    for (int row = 0; row < rows; row++) {
        for (int strip = begin; strip < end; strip++) {
            const float *sum = scratch->sums[(strip - begin) / 2][row / BLOCK_ROWS][row % BLOCK_ROWS][(strip - begin) % 2];
            store(out + (size_t) row * job->out_columns + strip * STRIP, _mm512_load_ps(sum), matrix->rows - strip * STRIP,
                  job->accumulate);
        }
    }
}

/* See struct multiplier. */
void NAME(multiply_blocks)(const struct linear_job *job, const struct matrix *matrix, const uint8_t *blocks, int rows,
                           int begin, int end, float *out, uint8_t *scratch) {
    for (int first = 0; first < rows; first += PROMPT_ROWS) {
        const int count = rows - first < PROMPT_ROWS ? rows - first : PROMPT_ROWS;
        for (int band = begin; band < end; band += 2 * BAND_PAIRS) {
            NAME(multiply_block_band)(job, matrix, blocks + first / BLOCK_ROWS * block_bytes(job->columns), count, band,
                                      end - band < 2 * BAND_PAIRS ? end : band + 2 * BAND_PAIRS,
                                      out + (size_t) first * job->out_columns, (struct prompt_scratch *) scratch);
        }
    }
}
