/*
 * Rotation, KV memory and attention: dev.altiplano.engine.kernel.scalar.ScalarAttention and ScalarKv define what is computed.
 *
 * A tile is some neighbouring rows of one sequence with all query heads of one KV head: its queries share the keys and values,
 * which are widened to floats 64 positions at a time and then stay in the first-level cache while all queries use them.
 * Both products (scores = queries · keys, sums = weights · values) are the same loop: 6 rows of numbers from the left, each
 * spread over the lanes, times rows of vectors from the right, with all sums in registers.
 */

enum { SECTION = 256, STRIP = 64, TILE_QUERIES = 96, ROWS = 6 };
enum { KV_F32, KV_F16, KV_Q8 };

/* Filled by dev.altiplano.engine.kernel.ffm.NativeLayer, which has checked it; offsets there. */
struct attention {
    float *qkv;               /* [rows][(heads + 2 kv_heads) head_dim] */
    float *out;               /* [rows][heads head_dim] */
    uint8_t *kv;              /* KV memory of the layer */
    const float *cos_sin;     /* [positions][head_dim] */
    const int32_t *positions; /* [rows] */
    const int32_t *lists;     /* [rows] */
    const int32_t *blocks;
    float *partials;          /* see attention_part */
    int64_t heads, kv_heads, head_dim, block_tokens, format;
    int64_t head_bytes;       /* keys, or values, of one KV head in one KV block */
    float scale;
    int64_t window;           /* positions that a row sees, itself the last; 0: all before it */
};

/* Rows [row, row + rows) of one sequence, heads of kv_head, sections [begin, end). */
struct part {
    int32_t row, rows, kv_head, begin, end, partial;
};

/* One thread's memory: what a tile needs, everything 64 bytes aligned. */
struct scratch {
    float *queries;  /* [queries][head_dim], scaled */
    float *scores;   /* [queries][SECTION] */
    float *sums;     /* [queries][width] */
    float *totals;   /* [queries][width] */
    float *weights;  /* [queries][4]: largest and sum of the section, of the total */
    float *panel;    /* keys [head_dim][STRIP], or values [STRIP][width] */
    int32_t *last;   /* [queries] position */
    int32_t *seen;   /* [queries] the first position that each sees */
};

INLINE int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
INLINE int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }
INLINE int64_t padded(int64_t n) { return (n + 15) / 16 * 16; }

/* Where the keys of a KV head in the KV block of a position begin; its values are head_bytes behind. */
INLINE uint8_t *block_of(const struct attention *a, int64_t row, int64_t kv_head, int64_t position) {
    int64_t block = a->blocks[a->lists[row] + position / a->block_tokens];
    return a->kv + 2 * a->head_bytes * (block * a->kv_heads + kv_head);
}

INLINE v16 bounded_f16(v16 x) { return v_max(v_set(-65504.0f), v_min(v_set(65504.0f), x)); }

/* Element i of a vector at to[i * step]. */
INLINE void spread_f32(float *to, int64_t step, v16 x, int64_t n) {
    float part[16];
    v_store(part, x);
    for (int64_t i = 0; i < n; i++) {
        to[i * step] = part[i];
    }
}
INLINE void spread_f16(uint16_t *to, int64_t step, v16 x, int64_t n) {
    uint16_t part[16];
    v_store_f16(part, bounded_f16(x));
    for (int64_t i = 0; i < n; i++) {
        to[i * step] = part[i];
    }
}
INLINE void spread_i8(int8_t *to, int64_t step, v16 x, int64_t n) {
    int8_t part[16];
    v_store_i8(part, x);
    for (int64_t i = 0; i < n; i++) {
        to[i * step] = part[i];
    }
}

INLINE v16 load_up_to(const float *p, int64_t n) { return n >= 16 ? v_load(p) : v_load_n(p, n); }

/* Quantizes up to 32 elements and returns their scale. */
INLINE uint16_t quantized(const float *x, int64_t n, int8_t *to, int64_t step) {
    v16 low = load_up_to(x, n), high = n > 16 ? load_up_to(x + 16, n - 16) : v_set(0);
    float largest = v_largest(v_max(v_abs(low), v_abs(high)));
    uint16_t scale[16];
    v_store_f16(scale, bounded_f16(v_div(v_set(largest), v_set(127.0f))));
    float wide = f16(scale[0]);
    v16 inverse = wide > 0 ? v_div(v_set(1.0f), v_set(wide)) : v_set(0);
    v16 top = v_set(127.0f), bottom = v_set(-127.0f);
    spread_i8(to, step, v_max(bottom, v_min(top, v_mul(low, inverse))), least(n, 16));
    if (n > 16) {
        spread_i8(to + 16 * step, step, v_max(bottom, v_min(top, v_mul(high, inverse))), n - 16);
    }
    return scale[0];
}

/* Stores a key (apart: elements block_tokens from each other) or a value (side by side) of a token. */
INLINE void keep(const struct attention *a, const float *x, uint8_t *base, int64_t token, int apart) {
    int64_t width = a->head_dim, tokens = a->block_tokens;
    int64_t step = apart ? tokens : 1, first = apart ? token : token * width;
    if (a->format == KV_Q8) {
        int64_t groups = (width + 31) / 32;
        uint16_t *scales = (uint16_t *) (base + tokens * width);
        for (int64_t g = 0; g < groups; g++) {
            int8_t *to = (int8_t *) base + first + 32 * g * step;
            uint16_t scale = quantized(x + 32 * g, least(32, width - 32 * g), to, step);
            scales[apart ? g * tokens + token : token * groups + g] = scale;
        }
        return;
    }
    for (int64_t d = 0; d < width; d += 16) {
        int64_t n = least(16, width - d);
        v16 part = load_up_to(x + d, n);
        if (a->format == KV_F32) {
            spread_f32((float *) base + first + d * step, step, part, n);
        } else if (!apart && n == 16) {
            v_store_f16((uint16_t *) base + first + d, bounded_f16(part));
        } else {
            spread_f16((uint16_t *) base + first + d * step, step, part, n);
        }
    }
}

/* Turns the queries and keys of rows [begin, end) and stores their keys and values. */
void KERNEL(rotate_and_store)(const struct attention *a, int64_t begin, int64_t end) {
    int64_t dim = a->head_dim, turned = a->heads + a->kv_heads, row_size = (turned + a->kv_heads) * dim;
    for (int64_t row = begin; row < end; row++) {
        int64_t position = a->positions[row];
        float *x = a->qkv + row * row_size;
        const float *angles = a->cos_sin + position * dim;
        for (int64_t head = 0; head < turned; head++) {
            float *part = x + head * dim;
            int64_t d = 0;
            for (; d + 16 <= dim; d += 16) {
                v_store(part + d, v_rotate(v_load(part + d), v_load(angles + d)));
            }
            if (d < dim) {
                v_store_n(part + d, v_rotate(v_load_n(part + d, dim - d), v_load_n(angles + d, dim - d)), dim - d);
            }
        }
        for (int64_t head = 0; head < a->kv_heads; head++) {
            uint8_t *base = block_of(a, row, head, position);
            int64_t token = position % a->block_tokens;
            keep(a, x + (a->heads + head) * dim, base, token, 1);
            keep(a, x + (turned + head) * dim, base + a->head_bytes, token, 0);
        }
    }
}

/* Widens the keys of positions [start, start + 16 n) to panel[d][STRIP]; start is a multiple of 16. */
INLINE void widen_keys(const struct attention *a, int64_t row, int64_t kv_head, int64_t start, int64_t n, float *panel) {
    int64_t dim = a->head_dim, tokens = a->block_tokens;
    for (int64_t i = 0; i < n; i++) {
        int64_t position = start + 16 * i, token = position % tokens;
        const uint8_t *base = block_of(a, row, kv_head, position);
        float *to = panel + 16 * i;
        if (a->format == KV_F16) {
            const uint16_t *keys = (const uint16_t *) base + token;
            for (int64_t d = 0; d < dim; d++) {
                v_store(to + d * STRIP, v_load_f16(keys + d * tokens));
            }
        } else if (a->format == KV_F32) {
            const float *keys = (const float *) base + token;
            for (int64_t d = 0; d < dim; d++) {
                v_store(to + d * STRIP, v_load(keys + d * tokens));
            }
        } else {
            const int8_t *keys = (const int8_t *) base + token;
            const uint16_t *scales = (const uint16_t *) (base + tokens * dim) + token;
            for (int64_t g = 0; g * 32 < dim; g++) {
                v16 scale = v_load_f16(scales + g * tokens);
                for (int64_t d = 32 * g; d < least(dim, 32 * g + 32); d++) {
                    v_store(to + d * STRIP, v_mul(v_load_i8(keys + d * tokens), scale));
                }
            }
        }
    }
}

INLINE v16 widened_value(const struct attention *a, const uint8_t *values, const uint16_t *scales, int64_t d, int64_t n) {
    if (a->format == KV_F32) {
        return load_up_to((const float *) values + d, n);
    }
    if (a->format == KV_F16) {
        const uint16_t *from = (const uint16_t *) values + d;
        if (n >= 16) {
            return v_load_f16(from);
        }
        uint16_t part[16] = {0};
        for (int64_t i = 0; i < n; i++) {
            part[i] = from[i];
        }
        return v_load_f16(part);
    }
    const int8_t *from = (const int8_t *) values + d;
    v16 scale = v_set(f16(scales[d / 32]));
    if (n >= 16) {
        return v_mul(v_load_i8(from), scale);
    }
    int8_t part[16] = {0};
    for (int64_t i = 0; i < n; i++) {
        part[i] = from[i];
    }
    return v_mul(v_load_i8(part), scale);
}

/*
 * Widens the values of positions [start, start + n) to panel[position][width], padded with zeros. Nobody sees the first `unseen`,
 * whose KV blocks may hold anything.
 */
INLINE void widen_values(const struct attention *a, int64_t row, int64_t kv_head, int64_t start, int64_t n, int64_t unseen,
                         float *panel) {
    static const int64_t element_bytes[] = {4, 2, 1};
    int64_t dim = a->head_dim, width = padded(dim), tokens = a->block_tokens, groups = (dim + 31) / 32;
    for (int64_t d = 0; d < least(n, unseen) * width; d += 16) {
        v_store(panel + d, v_set(0));
    }
    for (int64_t i = most(0, unseen); i < n; i++) {
        int64_t position = start + i, token = position % tokens;
        const uint8_t *base = block_of(a, row, kv_head, position) + a->head_bytes;
        const uint8_t *values = base + token * dim * element_bytes[a->format];
        const uint16_t *scales = (const uint16_t *) (base + tokens * dim) + token * groups;
        for (int64_t d = 0; d < dim; d += 16) {
            v_store(panel + i * width + d, widened_value(a, values, scales, d, dim - d));
        }
    }
}

/*
 * sums[r][v] += Σ left[r][k] · right[k][v] over k below lengths[r], in the order of k, for `rows` rows and `vectors` vectors
 * of 16. `common` is the smallest length and `longest` the largest. From zero where `fresh`.
 */
INLINE void multiply(const int rows, const int vectors, const float *left, int64_t left_step, const float *right,
                     int64_t right_step, float *sums, int64_t sums_step, int fresh, const int64_t *lengths,
                     int64_t common, int64_t longest) {
    v16 s[ROWS][SUM_VECTORS];
#pragma GCC unroll 8
    for (int r = 0; r < rows; r++) {
#pragma GCC unroll 4
        for (int v = 0; v < vectors; v++) {
            s[r][v] = fresh ? v_set(0) : v_load(sums + r * sums_step + 16 * v);
        }
    }
    int64_t k = 0;
    for (; k < common; k++) {
        v16 b[SUM_VECTORS];
#pragma GCC unroll 4
        for (int v = 0; v < vectors; v++) {
            b[v] = v_load(right + k * right_step + 16 * v);
        }
#pragma GCC unroll 8
        for (int r = 0; r < rows; r++) {
            v16 spread = v_set(left[r * left_step + k]);
#pragma GCC unroll 4
            for (int v = 0; v < vectors; v++) {
                s[r][v] = v_fma(spread, b[v], s[r][v]);
            }
        }
    }
    for (; k < longest; k++) {
#pragma GCC unroll 8
        for (int r = 0; r < rows; r++) {
            if (k < lengths[r]) {
                v16 spread = v_set(left[r * left_step + k]);
#pragma GCC unroll 4
                for (int v = 0; v < vectors; v++) {
                    s[r][v] = v_fma(spread, v_load(right + k * right_step + 16 * v), s[r][v]);
                }
            }
        }
    }
#pragma GCC unroll 8
    for (int r = 0; r < rows; r++) {
#pragma GCC unroll 4
        for (int v = 0; v < vectors; v++) {
            v_store(sums + r * sums_step + 16 * v, s[r][v]);
        }
    }
}

#define MULTIPLY_ROWS(n) \
    case n: \
        multiply(n, vectors, left, left_step, right, right_step, sums, sums_step, fresh, lengths, common, longest); \
        break

INLINE void multiply_rows(int rows, const int vectors, const float *left, int64_t left_step, const float *right,
                          int64_t right_step, float *sums, int64_t sums_step, int fresh, const int64_t *lengths,
                          int64_t common, int64_t longest) {
    switch (rows) {
        MULTIPLY_ROWS(1);
        MULTIPLY_ROWS(2);
        MULTIPLY_ROWS(3);
        MULTIPLY_ROWS(4);
        MULTIPLY_ROWS(5);
        MULTIPLY_ROWS(6);
    }
}

/* The product for up to 6 rows and any number of vectors. */
static void multiply_all(int rows, int64_t vectors, const float *left, int64_t left_step, const float *right,
                         int64_t right_step, float *sums, int64_t sums_step, int fresh, const int64_t *lengths) {
    int64_t common = lengths[0], longest = lengths[0];
    for (int r = 1; r < rows; r++) {
        common = least(common, lengths[r]);
        longest = most(longest, lengths[r]);
    }
    int64_t v = 0;
#if SUM_VECTORS >= 4
    for (; v + 4 <= vectors; v += 4) {
        multiply_rows(rows, 4, left, left_step, right + 16 * v, right_step, sums + 16 * v, sums_step, fresh, lengths,
                      common, longest);
    }
    if (v + 2 <= vectors) {
        multiply_rows(rows, 2, left, left_step, right + 16 * v, right_step, sums + 16 * v, sums_step, fresh, lengths,
                      common, longest);
        v += 2;
    }
#endif
    for (; v < vectors; v++) {
        multiply_rows(rows, 1, left, left_step, right + 16 * v, right_step, sums + 16 * v, sums_step, fresh, lengths,
                      common, longest);
    }
}

/* Gives the first n scores, which lie before a query's window, the weight 0. */
INLINE void leave_out(float *scores, int64_t n) {
    for (int64_t j = 0; j < n; j++) {
        scores[j] = -__builtin_inff();
    }
}

/* Turns n scores into weights; leaves the largest score and the sum of the weights in result. */
INLINE void weigh(float *scores, int64_t n, float *result) {
    int64_t whole = n / 16 * 16;
    v16 none = v_set(-__builtin_inff()), largest = none, sum = v_set(0);
    for (int64_t j = 0; j < whole; j += 16) {
        largest = v_max(largest, v_load(scores + j));
    }
    if (whole < n) {
        largest = v_max(largest, v_below(v_load(scores + whole), n - whole, none));
    }
    result[0] = v_largest(largest);
    v16 shift = v_set(result[0]);
    for (int64_t j = 0; j < whole; j += 16) {
        v16 weight = v_exp(v_sub(v_load(scores + j), shift));
        v_store(scores + j, weight);
        sum = v_add(sum, weight);
    }
    if (whole < n) {
        v16 weight = v_exp(v_sub(v_below(v_load(scores + whole), n - whole, none), shift));
        v_store(scores + whole, weight);
        sum = v_add(sum, weight);
    }
    result[1] = v_sum(sum);
}

/*
 * A single row has too few queries for widened keys and values to be of use again: they are widened on the way to the sums.
 * Up to 4 queries at a time, as many vectors as the registers hold.
 */
enum { NARROW_ROWS = 4, NARROW_QUERIES = 8 };

#define KEPT_BYTES(format) ((format) == KV_F32 ? 4 : (format) == KV_F16 ? 2 : 1)

INLINE v16 widened_lanes(const int format, const uint8_t *from) {
    return format == KV_F32   ? v_load((const float *) from)
           : format == KV_F16 ? v_load_f16((const uint16_t *) from)
                              : v_load_i8((const int8_t *) from);
}

/* scores[r][j] = Σ queries[r][d] · key[d][j] for positions [start, start + 16 vectors), those from end on without meaning. */
INLINE void narrow_scores(const int rows, const int vectors, const int format, const struct attention *a,
                          const struct part *part, const float *queries, int64_t start, int64_t end, float *scores) {
    int64_t dim = a->head_dim, tokens = a->block_tokens, step = tokens * KEPT_BYTES(format);
    const uint8_t *keys[4], *ahead[4]; /* ahead: what the next call reads */
    const uint16_t *scales[4];
    v16 s[NARROW_ROWS][4], scale[4];
#pragma GCC unroll 4
    for (int v = 0; v < vectors; v++) {
        int64_t last = (end - 1) / 16 * 16, position = least(start + 16 * v, last), token = position % tokens;
        int64_t next = least(position + 16 * vectors, last);
        const uint8_t *base = block_of(a, part->row, part->kv_head, position);
        keys[v] = base + token * KEPT_BYTES(format);
        ahead[v] = block_of(a, part->row, part->kv_head, next) + next % tokens * KEPT_BYTES(format);
        scales[v] = (const uint16_t *) (base + tokens * dim) + token;
        scale[v] = v_set(0);
#pragma GCC unroll 4
        for (int r = 0; r < rows; r++) {
            s[r][v] = v_set(0);
        }
    }
    for (int64_t group = 0; group < dim; group += 32) {
#pragma GCC unroll 4
        for (int v = 0; v < vectors && format == KV_Q8; v++) {
            scale[v] = v_load_f16(scales[v] + group / 32 * tokens);
        }
        for (int64_t d = group; d < least(dim, group + 32); d++) {
            v16 b[4];
#pragma GCC unroll 4
            for (int v = 0; v < vectors; v++) {
                b[v] = widened_lanes(format, keys[v] + d * step);
                __builtin_prefetch(ahead[v] + d * step);
                if (format == KV_Q8) {
                    b[v] = v_mul(b[v], scale[v]);
                }
            }
#pragma GCC unroll 4
            for (int r = 0; r < rows; r++) {
                v16 spread = v_set(queries[r * dim + d]);
#pragma GCC unroll 4
                for (int v = 0; v < vectors; v++) {
                    s[r][v] = v_fma(spread, b[v], s[r][v]);
                }
            }
        }
    }
#pragma GCC unroll 4
    for (int r = 0; r < rows; r++) {
#pragma GCC unroll 4
        for (int v = 0; v < vectors; v++) {
            v_store(scores + r * SECTION + 16 * v, s[r][v]);
        }
    }
}

/* sums[r][d] = Σ weights[r][j] · value[j][d] over positions [start, end), for vectors of 16 from `first` on. */
INLINE void narrow_sums(const int rows, const int vectors, const int format, const struct attention *a,
                        const struct part *part, const float *weights, int64_t start, int64_t end, int64_t first,
                        float *sums) {
    int64_t dim = a->head_dim, tokens = a->block_tokens, groups = (dim + 31) / 32;
    v16 s[NARROW_ROWS][8];
#pragma GCC unroll 4
    for (int r = 0; r < rows; r++) {
#pragma GCC unroll 8
        for (int v = 0; v < vectors; v++) {
            s[r][v] = v_set(0);
        }
    }
    for (int64_t position = start; position < end;) {
        int64_t token = position % tokens, stop = least(end, position + tokens - token);
        const uint8_t *base = block_of(a, part->row, part->kv_head, position) + a->head_bytes;
        const uint8_t *values = base + (token * dim + 16 * first) * KEPT_BYTES(format);
        const uint8_t *next = stop < end ? block_of(a, part->row, part->kv_head, stop) + a->head_bytes : base;
        int64_t ahead = next - base; /* the same token of the next KV block */
        const uint16_t *scales = (const uint16_t *) (base + tokens * dim) + token * groups;
        for (; position < stop; position++, values += dim * KEPT_BYTES(format), scales += groups) {
            v16 b[8];
#pragma GCC unroll 8
            for (int v = 0; v < vectors; v++) {
                b[v] = widened_lanes(format, values + 16 * v * KEPT_BYTES(format));
                __builtin_prefetch(values + 16 * v * KEPT_BYTES(format) + ahead);
                if (format == KV_Q8) {
                    b[v] = v_mul(b[v], v_set(f16(scales[(first + v) / 2])));
                }
            }
#pragma GCC unroll 4
            for (int r = 0; r < rows; r++) {
                v16 spread = v_set(weights[r * SECTION + position - start]);
#pragma GCC unroll 8
                for (int v = 0; v < vectors; v++) {
                    s[r][v] = v_fma(spread, b[v], s[r][v]);
                }
            }
        }
    }
#pragma GCC unroll 4
    for (int r = 0; r < rows; r++) {
#pragma GCC unroll 8
        for (int v = 0; v < vectors; v++) {
            v_store(sums + r * 16 * (dim / 16) + 16 * (first + v), s[r][v]);
        }
    }
}

#define SCORE_VECTORS(rows) (SUM_REGISTERS / (rows) >= 4 ? 4 : SUM_REGISTERS / (rows) >= 2 ? 2 : 1)
#define SUMS_VECTORS(rows) (SUM_REGISTERS / (rows) >= 8 ? 8 : SCORE_VECTORS(rows))

/* One section of `rows` queries of a single row, from query q on. */
INLINE void narrow_part(const int rows, const int format, const struct attention *a, const struct part *part,
                        const struct scratch *s, int64_t q, int64_t start, int64_t end, float *sums) {
    int64_t dim = a->head_dim, vectors = dim / 16, v = 0;
    int64_t begin = most(start, s->seen[q] / 16 * 16); /* inside the KV block of the first position that is seen */
    float *scores = s->scores + q * SECTION;
    for (int64_t position = begin; position < end; position += 16 * SCORE_VECTORS(rows)) {
        narrow_scores(rows, SCORE_VECTORS(rows), format, a, part, s->queries + q * dim, position, end,
                      scores + position - start);
    }
    for (int r = 0; r < rows; r++) {
        leave_out(scores + r * SECTION, s->seen[q] - start);
        weigh(scores + r * SECTION, end - start, s->weights + 4 * (q + r));
    }
    for (; v + SUMS_VECTORS(rows) <= vectors; v += SUMS_VECTORS(rows)) {
        narrow_sums(rows, SUMS_VECTORS(rows), format, a, part, scores + begin - start, begin, end, v, sums + q * dim);
    }
    for (; SUMS_VECTORS(rows) > 4 && v + 4 <= vectors; v += 4) {
        narrow_sums(rows, 4, format, a, part, scores + begin - start, begin, end, v, sums + q * dim);
    }
    for (; v < vectors; v++) {
        narrow_sums(rows, 1, format, a, part, scores + begin - start, begin, end, v, sums + q * dim);
    }
}

#define NARROW(rows, format) \
    static void narrow_##rows##_##format(const struct attention *a, const struct part *part, const struct scratch *s, \
                                         int64_t q, int64_t start, int64_t end, float *sums) { \
        narrow_part(rows, format, a, part, s, q, start, end, sums); \
    }
#define NARROW_EACH(format) NARROW(1, format) NARROW(2, format) NARROW(3, format) NARROW(4, format)
#define NARROW_NAMES(format) {narrow_1_##format, narrow_2_##format, narrow_3_##format, narrow_4_##format}
NARROW_EACH(KV_F32)
NARROW_EACH(KV_F16)
NARROW_EACH(KV_Q8)

/* One section of a single row whose head dim is a multiple of 16. */
static void add_narrow_section(const struct attention *a, const struct part *part, const struct scratch *s,
                               int64_t queries, int64_t start, float *sums) {
    typedef void narrow(const struct attention *, const struct part *, const struct scratch *, int64_t, int64_t, int64_t,
                        float *);
    narrow *const table[3][NARROW_ROWS] = {NARROW_NAMES(KV_F32), NARROW_NAMES(KV_F16), NARROW_NAMES(KV_Q8)};
    int64_t end = least(start + SECTION, (int64_t) s->last[0] + 1), tiles = (queries + NARROW_ROWS - 1) / NARROW_ROWS;
    for (int64_t t = 0; t < tiles; t++) {
        int64_t q = queries * t / tiles, rows = queries * (t + 1) / tiles - q;
        table[a->format][rows - 1](a, part, s, q, start, end, sums);
    }
}

/* Adds a section, with its largest score and sum of weights, to the total of what came before it. */
INLINE void merge(float *total, float *total_weights, const float *sums, const float *weights, int64_t width) {
    float larger = weights[0] > total_weights[0] ? weights[0] : total_weights[0];
    v16 a = v_exp(v_sub(v_set(total_weights[0]), v_set(larger)));
    v16 b = v_exp(v_sub(v_set(weights[0]), v_set(larger)));
    float merged[16];
    v_store(merged, v_fma(v_set(total_weights[1]), a, v_mul(v_set(weights[1]), b)));
    total_weights[0] = larger;
    total_weights[1] = merged[0];
    for (int64_t d = 0; d < width; d += 16) {
        v_store(total + d, v_fma(v_load(total + d), a, v_mul(v_load(sums + d), b)));
    }
}

/*
 * Computes one section of a tile: sums and weights of its queries. Queries whose position lies before it are left out, and those
 * whose window begins behind it.
 */
static void add_section(const struct attention *a, const struct part *part, const struct scratch *s, int64_t queries,
                        int64_t start, float *sums) {
    int64_t dim = a->head_dim, width = padded(dim);
    int64_t end = least(start + SECTION, (int64_t) s->last[queries - 1] + 1);
    int64_t begin = most(start, s->seen[0] / STRIP * STRIP), stop = queries;
    int64_t first = 0, tiles, lengths[ROWS];
    if (part->rows == 1 && queries <= NARROW_QUERIES && dim % 16 == 0) {
        add_narrow_section(a, part, s, queries, start, sums);
        return;
    }
    while (s->last[first] < start) {
        first++;
    }
    while (s->seen[stop - 1] >= start + SECTION) {
        stop--;
    }
    tiles = (stop - first + ROWS - 1) / ROWS;
    for (int64_t strip = begin; strip < end; strip += STRIP) {
        int64_t vectors = (least(STRIP, end - strip) + 15) / 16;
        widen_keys(a, part->row, part->kv_head, strip, vectors, s->panel);
        for (int64_t t = 0; t < tiles; t++) {
            int64_t q = first + (stop - first) * t / tiles, q_end = first + (stop - first) * (t + 1) / tiles;
            int64_t seen = s->last[q_end - 1] + 1 - strip;
            if (seen <= 0) {
                continue;
            }
            for (int r = 0; r < ROWS; r++) {
                lengths[r] = dim;
            }
            multiply_all((int) (q_end - q), least(vectors, (seen + 15) / 16), s->queries + q * dim, dim, s->panel, STRIP,
                         s->scores + q * SECTION + strip - start, SECTION, 1, lengths);
        }
    }
    for (int64_t q = first; q < stop; q++) {
        leave_out(s->scores + q * SECTION, s->seen[q] - start);
        weigh(s->scores + q * SECTION, least(SECTION, s->last[q] + 1 - start), s->weights + 4 * q);
    }
    for (int64_t strip = begin; strip < end; strip += STRIP) {
        int64_t n = least(STRIP, end - strip);
        widen_values(a, part->row, part->kv_head, strip, n, s->seen[0] - strip, s->panel);
        for (int64_t t = 0; t < tiles; t++) {
            int64_t q = first + (stop - first) * t / tiles, q_end = first + (stop - first) * (t + 1) / tiles;
            if (s->last[q_end - 1] < strip) {
                continue;
            }
            for (int64_t r = q; r < q_end; r++) {
                lengths[r - q] = most(0, least(n, s->last[r] + 1 - strip));
            }
            multiply_all((int) (q_end - q), width / 16, s->scores + q * SECTION + strip - start, SECTION, s->panel, width,
                         sums + q * width, width, strip == begin, lengths);
        }
    }
}

INLINE float *carve(uint8_t **memory, int64_t floats) {
    float *part = (float *) *memory;
    *memory += (4 * floats + 63) / 64 * 64;
    return part;
}

static int64_t carve_scratch(uint8_t *memory, int64_t dim, int64_t queries, struct scratch *s) {
    uint8_t *start = memory;
    int64_t width = padded(dim);
    s->queries = carve(&memory, queries * dim);
    s->scores = carve(&memory, queries * SECTION);
    s->sums = carve(&memory, queries * width);
    s->totals = carve(&memory, queries * width);
    s->weights = carve(&memory, queries * 4);
    s->last = (int32_t *) carve(&memory, queries);
    s->seen = (int32_t *) carve(&memory, queries);
    s->panel = carve(&memory, STRIP * width);
    return memory - start;
}

/* Bytes of scratch that one thread needs for heads of this width, `group` of them sharing a KV head. */
int64_t KERNEL(attention_scratch)(int64_t dim, int64_t group) {
    struct scratch s;
    return carve_scratch(0, dim, most(TILE_QUERIES, group), &s);
}

INLINE void finish(const float *total, float sum, float *out, int64_t dim) {
    v16 inverse = v_div(v_set(1.0f), v_set(sum));
    int64_t d = 0;
    for (; d + 16 <= dim; d += 16) {
        v_store(out + d, v_mul(v_load(total + d), inverse));
    }
    if (d < dim) {
        v_store_n(out + d, v_mul(v_load(total + d), inverse), dim - d);
    }
}

/*
 * Attention of a part: writes the output, or, where part->partial is not negative, what each section gives to partials:
 * [section][queries][width] sums, then largest score and sum of weights [section][queries][2], for attention_merge.
 */
void KERNEL(attention)(const struct attention *a, const struct part *part, uint8_t *memory) {
    struct scratch s;
    int64_t dim = a->head_dim, width = padded(dim), group = a->heads / a->kv_heads, queries = part->rows * group;
    carve_scratch(memory, dim, most(TILE_QUERIES, group), &s);
    v16 scale = v_set(a->scale);
    for (int64_t i = 0; i < part->rows; i++) {
        const float *from = a->qkv + ((part->row + i) * (a->heads + 2 * a->kv_heads) + part->kv_head * group) * dim;
        float *to = s.queries + i * group * dim;
        int64_t d = 0;
        for (; d + 16 <= group * dim; d += 16) {
            v_store(to + d, v_mul(v_load(from + d), scale));
        }
        if (d < group * dim) {
            v_store_n(to + d, v_mul(v_load_n(from + d, group * dim - d), scale), group * dim - d);
        }
        for (int64_t head = 0; head < group; head++) {
            s.last[i * group + head] = a->positions[part->row + i];
            s.seen[i * group + head] = (int32_t) (a->window > 0 ? most(0, a->positions[part->row + i] + 1 - a->window) : 0);
        }
    }
    for (int64_t section = part->begin; section < part->end; section++) {
        int64_t start = section * SECTION;
        if (part->partial >= 0) {
            float *partial = a->partials + part->partial + (section - part->begin) * queries * (width + 2);
            add_section(a, part, &s, queries, start, partial);
            for (int64_t q = 0; q < queries; q++) {
                partial[queries * width + 2 * q] = s.weights[4 * q];
                partial[queries * width + 2 * q + 1] = s.weights[4 * q + 1];
            }
            continue;
        }
        add_section(a, part, &s, queries, start, section == part->begin ? s.totals : s.sums);
        for (int64_t q = 0; q < queries && s.seen[q] < start + SECTION; q++) {
            float *weights = s.weights + 4 * q;
            if (s.seen[q] >= start) {
                weights[2] = weights[0];
                weights[3] = weights[1];
                for (int64_t d = 0; d < width && section != part->begin; d += 16) {
                    v_store(s.totals + q * width + d, v_load(s.sums + q * width + d));
                }
            } else if (s.last[q] >= start) {
                merge(s.totals + q * width, weights + 2, s.sums + q * width, weights, width);
            }
        }
    }
    if (part->partial < 0) {
        for (int64_t q = 0; q < queries; q++) {
            int64_t row = part->row + q / group, head = part->kv_head * group + q % group;
            finish(s.totals + q * width, s.weights[4 * q + 3], a->out + (row * a->heads + head) * dim, dim);
        }
    }
}

/* Merges the sections [0, end) that parts of one row and KV head have left from part->partial on, and writes the output. */
void KERNEL(attention_merge)(const struct attention *a, const struct part *part) {
    int64_t dim = a->head_dim, width = padded(dim), group = a->heads / a->kv_heads;
    int64_t section_size = group * (width + 2);
    float *first = a->partials + part->partial;
    for (int64_t head = 0; head < group; head++) {
        float *total = first + head * width, *weights = first + group * width + 2 * head;
        for (int64_t section = 1; section < part->end; section++) {
            const float *partial = first + section * section_size;
            merge(total, weights, partial + head * width, partial + group * width + 2 * head, width);
        }
        int64_t out = (int64_t) part->row * a->heads + part->kv_head * group + head;
        finish(total, weights[1], a->out + out * dim, dim);
    }
}
