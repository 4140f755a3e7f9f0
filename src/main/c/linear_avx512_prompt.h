/*
 * Prompt rows times quantized weights, both in the spans of linear_avx512_spans.h. A sum is one chain over the spans in their
 * order: sum = fma(dot, unit * scale, sum), where the dot product is exact. It does not depend on how many rows there are.
 *
 * Two strips, PROMPT_DEPTH columns deep, are unpacked into what stays in the first-level cache while all rows pass by, eight of
 * them at a time. The strips of a band share the activations of a depth while those are in the second-level cache; sums stay in
 * memory, octet by octet.
 */

enum { PROMPT_DEPTH = 512, PROMPT_ROWS = 512, BAND_PAIRS = 4 };

struct prompt_scratch {
    struct span spans[PROMPT_DEPTH / SPAN];
    float sums[BAND_PAIRS][PROMPT_ROWS / OCTET][OCTET][2][16];
};

_Static_assert(sizeof(struct prompt_scratch) <= SCRATCH_BYTES, "as the caller believes");

/*
 * S strips times T rows of an octet: `columns` columns, added to sums; from zero where `fresh`. Where there is a destination
 * they are the last: stores that wait for memory do so beside the next products.
 */
INLINE void octet_sums(const int S, const int T, const struct span *w, int columns, const uint8_t *a,
                       float (*sums)[2][16], int fresh, const struct destination *to) {
    if (to) {
        UNROLL for (int t = 0; t < T; t++) {
            UNROLL for (int s = 0; s < S; s++) __builtin_prefetch(to->out + t * to->stride + 16 * s, 1);
        }
    }
    for (int column = 0; column < columns; column += SPAN, w++) {
        const int complete = to && column + SPAN >= columns;
        const struct octet_span *span = (const struct octet_span *) a;
        const int groups = span_groups(columns, column);
        const uint8_t *q = a + sizeof(struct octet_span);
        a += span_bytes(groups);
        __m512i dots[OCTET][2];
        UNROLL for (int t = 0; t < T; t++) {
            UNROLL for (int s = 0; s < S; s++) dots[t][s] = _mm512_set1_epi32(span->minus_128[t]);
        }
        for (int group = 0; group < groups; group++, q += OCTET * 32) {
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
                sum = _mm512_fmadd_ps(_mm512_cvtepi32_ps(dots[t][s]), factor, sum);
                if (complete) {
                    store(to->out + t * to->stride + 16 * s, sum, to->lanes - 16 * s, to->accumulate);
                } else {
                    _mm512_store_ps(sums[t][s], sum);
                }
            }
        }
    }
}

typedef void (*octet_adder)(const struct span *w, int columns, const uint8_t *a, float (*sums)[2][16], int fresh,
                            const struct destination *to);

#define OCTET_SUMS(S, T)                                                                                              \
    static void NAME(octet_sums_##S##_##T)(const struct span *w, int columns, const uint8_t *a, float (*sums)[2][16], \
                                           int fresh, const struct destination *to) {                                 \
        octet_sums(S, T, w, columns, a, sums, fresh, to);                                                             \
    }
#define EACH_OCTET_SUMS(S)                                                                                            \
    OCTET_SUMS(S, 1) OCTET_SUMS(S, 2) OCTET_SUMS(S, 3) OCTET_SUMS(S, 4)                                               \
    OCTET_SUMS(S, 5) OCTET_SUMS(S, 6) OCTET_SUMS(S, 7) OCTET_SUMS(S, 8)
#define OCTET_ADDERS(S)                                                                                               \
    {                                                                                                                 \
        NAME(octet_sums_##S##_1), NAME(octet_sums_##S##_2), NAME(octet_sums_##S##_3), NAME(octet_sums_##S##_4),       \
                NAME(octet_sums_##S##_5), NAME(octet_sums_##S##_6), NAME(octet_sums_##S##_7),                         \
                NAME(octet_sums_##S##_8)                                                                              \
    }
EACH_OCTET_SUMS(1)
EACH_OCTET_SUMS(2)
static const octet_adder NAME(octet_adders)[2][OCTET] = {OCTET_ADDERS(1), OCTET_ADDERS(2)};

/* Strips [begin, end) of a band times at most PROMPT_ROWS rows in octets. */
static void NAME(multiply_octet_band)(const struct linear_job *job, const struct matrix *matrix, const uint8_t *octets,
                                      int rows, int begin, int end, float *out, struct prompt_scratch *scratch) {
    const int columns = job->columns, format = matrix->format, count = (rows + OCTET - 1) / OCTET;
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
            for (int octet = 0; octet < count; octet++) {
                const int in_octet = rows - octet * OCTET < OCTET ? rows - octet * OCTET : OCTET;
                const struct destination to = {out + (size_t) octet * OCTET * job->out_columns + strip * STRIP,
                                               job->out_columns, matrix->rows - strip * STRIP, job->accumulate};
                NAME(octet_adders)[strips - 1][in_octet - 1](
                        scratch->spans, deep, octets + octet * octet_bytes(columns) + octet_bytes(first),
                        scratch->sums[(strip - begin) / 2][octet], first == 0, first + deep < columns ? 0 : &to);
            }
        }
    }
}

/* See struct multiplier. */
void NAME(multiply_tiles)(const struct linear_job *job, const struct matrix *matrix, const uint8_t *octets, int rows,
                           int begin, int end, float *out, uint8_t *scratch) {
    for (int first = 0; first < rows; first += PROMPT_ROWS) {
        const int count = rows - first < PROMPT_ROWS ? rows - first : PROMPT_ROWS;
        for (int band = begin; band < end; band += 2 * BAND_PAIRS) {
            NAME(multiply_octet_band)(job, matrix, octets + first / OCTET * octet_bytes(job->columns), count, band,
                                      end - band < 2 * BAND_PAIRS ? end : band + 2 * BAND_PAIRS,
                                      out + (size_t) first * job->out_columns, (struct prompt_scratch *) scratch);
        }
    }
}
