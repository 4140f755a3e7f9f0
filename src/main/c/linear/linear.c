/* Linear layers: who computes what, in which order. The arithmetic is beside this file, for each instruction set. */
#include "multiplier.h"

/* Activations that should stay in the second-level cache while strips pass by. */
enum { CHUNK_BYTES = 512 * 1024 };

/* Up to so many rows, reading the weights takes longer than multiplying, and shares are not smaller than this. */
enum { FEW_ROWS = 12, SHARE_BYTES = 128 * 1024 };

/* Rows of one role, cut into tiles of nearly the same size. */
struct segment {
    int first, rows, tiles;
};

static const struct multiplier *multiplier(int instruction_set) {
#if defined(__x86_64__)
    switch (instruction_set) {
        case AVX2: return &avx2_multiplier;
        case AVX_VNNI: return &avx_vnni_multiplier;
        case AVX512: return &avx512_multiplier;
        case AVX512_VNNI: return &avx512_vnni_multiplier;
        case AVX512_BF16: return &avx512_bf16_multiplier;
        default: return &amx_multiplier;
    }
#else
    return instruction_set == NEON_I8MM ? &neon_i8mm_multiplier : &neon_dotprod_multiplier;
#endif
}

INLINE int kind_of(const struct multiplier *m, int format, int prompt) {
    if (prompt && m->multiply_tiles && (format == F16 || format == BF16)) return TILES;
    return prompt && m->prompt[format] ? PAIRS : format >= Q8_0 ? RECORDS : FLOATS;
}

/* Bytes that the activations of one row take. */
INLINE size_t row_bytes(const struct multiplier *m, int kind, int columns) {
    return kind == RECORDS  ? (size_t) columns / 32 * sizeof(struct record)
           : kind == FLOATS ? (size_t) columns * 4
           : kind == PAIRS  ? (size_t) (columns + 1) / 2 * 4
                            : m->tiled_bytes(columns);
}

/* What multiplies so many records; null where the table does. */
INLINE const struct many_rows_from *many_rows_of(const struct multiplier *m, int rows) {
    const struct many_rows_from *found = 0;
    for (int i = 0; i < 2 && m->many[i].multiply; i++) {
        if (rows >= m->many[i].rows) found = &m->many[i];
    }
    return found;
}

INLINE struct segment segment(const struct multiplier *m, const struct linear_job *job, int kind, int prompt) {
    struct segment s = {prompt ? job->generated : 0, prompt ? job->rows - job->generated : job->generated, 0};
    const struct many_rows_from *many = kind == RECORDS ? many_rows_of(m, s.rows) : 0;
    int tile = many ? many->tile : m->tile[kind];
    s.tiles = tile ? (s.rows + tile - 1) / tile : 0;
    return s;
}

/* Tiles of kind TILES begin every 16 rows. */
INLINE int tile_begin(const struct segment *s, int kind, int tile) {
    if (kind == TILES) return s->first + (tile < s->tiles ? 16 * tile : s->rows);
    return s->first + (int) ((int64_t) s->rows * tile / s->tiles);
}

static void prepare_floats(const float *in, int columns, int rows, float *out) {
    for (int row = 0; row < rows; row++) {
        for (int k = 0; k < columns; k++) out[(size_t) k * rows + row] = in[(size_t) row * columns + k];
    }
}

INLINE uint32_t bfloat16(float value) {
    union { float f; uint32_t bits; } u = {value};
    if ((u.bits & 0x7fffffff) > 0x7f800000) return u.bits >> 16 | 0x40;
    return (u.bits + 0x7fff + (u.bits >> 16 & 1)) >> 16;
}

static void prepare_pairs(const float *in, int columns, int rows, uint32_t *out) {
    for (int row = 0; row < rows; row++) {
        const float *x = in + (size_t) row * columns;
        for (int k = 0; k < columns; k += 2) {
            uint32_t odd = k + 1 < columns ? bfloat16(x[k + 1]) : 0;
            out[(size_t) k / 2 * rows + row] = odd << 16 | bfloat16(x[k]);
        }
    }
}

static void prepare_tile(const struct multiplier *m, const struct linear_job *job, int kind, int first, int end,
                         uint8_t *out) {
    int columns = job->columns, rows = end - first;
    const float *in = job->in + (size_t) first * columns;
    if (kind == FLOATS) {
        prepare_floats(in, columns, rows, (float *) out);
    } else if (kind == PAIRS) {
        prepare_pairs(in, columns, rows, (uint32_t *) out);
    } else if (kind == TILES) {
        m->tile_rows(in, columns, rows, out);
    } else {
        int strange = 0;
        for (int row = 0; row < rows; row++) {
            strange |= m->quantize(in + (size_t) row * columns, columns, (struct record *) out + row, rows);
        }
        if (strange) __atomic_store_n(&job->shared[STRANGE], 1, __ATOMIC_RELAXED);
    }
}

static void prepare(const struct linear_job *job, uint8_t *const prepared[KINDS], int worker, int workers) {
    const struct multiplier *m = multiplier(job->instruction_set);
    for (int prompt = 0; prompt < 2; prompt++) {
        int kinds = 0;
        for (int i = 0; i < job->count; i++) kinds |= 1 << kind_of(m, job->stack[i].format, prompt);
        for (int kind = 0; kind < KINDS; kind++) {
            struct segment s = segment(m, job, kind, prompt);
            if (!(kinds >> kind & 1) || (kind == FLOATS && job->rows == 1)) continue;
            int end = s.tiles * (worker + 1) / workers;
            for (int tile = s.tiles * worker / workers; tile < end; tile++) {
                int first = tile_begin(&s, kind, tile);
                prepare_tile(m, job, kind, first, tile_begin(&s, kind, tile + 1),
                             prepared[kind] + (kind == TILES ? 16 * tile : first) * row_bytes(m, kind, job->columns));
            }
        }
    }
}

INLINE const struct tile_kernel *kernel_for(const struct multiplier *m, int kind, int format, int rows) {
    return kind == PAIRS ? &m->prompt[format][rows] : &m->table[format][rows];
}

/* Multiplies strips [begin, end) of a matrix with tiles [first_tile, end_tile) of a segment. */
static void multiply_strips(const struct multiplier *m, const struct linear_job *job, const struct matrix *matrix,
                            const struct segment *s, int kind, const uint8_t *prepared, int first_tile, int end_tile,
                            int begin, int end, float *out) {
    size_t bytes = strip_bytes(matrix->format, job->columns), row = row_bytes(m, kind, job->columns);
    /* A single strip has one stream of weights from memory, fetched ahead; two share the loads of activations. */
    int largest = (s->rows + s->tiles - 1) / s->tiles;
    int together = kind == RECORDS && s->tiles < 3 ? 1 : kernel_for(m, kind, matrix->format, largest)->strips;
    for (int strip = begin, step; strip < end; strip += step) {
        step = strip + together > end ? 1 : together;
        const uint8_t *data = matrix->data + strip * bytes;
        int lanes = matrix->rows - strip * STRIP;
        for (int tile = first_tile; tile < end_tile; tile++) {
            int first = tile_begin(s, kind, tile), rows = tile_begin(s, kind, tile + 1) - first;
            const uint8_t *activations = prepared + first * row;
            float *to = out + (size_t) first * job->out_columns + strip * STRIP;
            const struct tile_kernel *k = kernel_for(m, kind, matrix->format, rows);
            if (step > 1 && k->strips == step) {
                k->many(data, bytes, activations, job->columns, to, job->out_columns, lanes, job->accumulate,
                        &matrix->codes);
                continue;
            }
            for (int i = 0; i < step; i++) {
                k->one(data + i * bytes, bytes, activations, job->columns, to + i * STRIP, job->out_columns,
                       lanes - i * STRIP, job->accumulate, &matrix->codes);
            }
        }
    }
}

/* Multiplies strips [begin, end) of a matrix with all rows. */
static void multiply_matrix(const struct multiplier *m, const struct linear_job *job, const struct matrix *matrix,
                            uint8_t *const prepared[KINDS], int begin, int end, float *out, uint8_t *scratch) {
    for (int prompt = 0; prompt < 2; prompt++) {
        int kind = kind_of(m, matrix->format, prompt);
        struct segment s = segment(m, job, kind, prompt);
        if (kind == TILES) {
            if (s.rows) {
                m->multiply_tiles(job, matrix, prepared[TILES], s.rows, begin, end,
                                  out + (size_t) s.first * job->out_columns, scratch);
            }
            continue;
        }
        if (s.tiles == 0) continue;
        const struct many_rows_from *many = kind == RECORDS ? many_rows_of(m, s.rows) : 0;
        if (many) {
            many->multiply(job, matrix, (const struct record *) (prepared[RECORDS] + s.first * row_bytes(m, kind, job->columns)),
                           s.rows, s.tiles, begin, end, out + (size_t) s.first * job->out_columns, scratch);
            continue;
        }
        size_t tile_bytes = row_bytes(m, kind, job->columns) * s.rows / s.tiles;
        int chunk = tile_bytes < CHUNK_BYTES ? (int) (CHUNK_BYTES / tile_bytes) : 1;
        const uint8_t *from = kind == FLOATS && job->rows == 1 ? (const uint8_t *) job->in : prepared[kind];
        for (int tile = 0; tile < s.tiles; tile += chunk) {
            int end_tile = tile + chunk < s.tiles ? tile + chunk : s.tiles;
            multiply_strips(m, job, matrix, &s, kind, from, tile, end_tile, begin, end, out);
        }
    }
}

/* Multiplies the strips that begin in bytes [low, high) of all weights, one matrix of the stack after the other. */
static void multiply_share(const struct linear_job *job, uint8_t *const prepared[KINDS], int worker, int64_t low,
                           int64_t high) {
    const struct multiplier *m = multiplier(job->instruction_set);
    int64_t base = 0;
    float *out = job->out;
    for (int i = 0; i < job->count && base < high; i++) {
        const struct matrix *matrix = &job->stack[i];
        int64_t bytes = strip_bytes(matrix->format, job->columns), strips = (matrix->rows + STRIP - 1) / STRIP;
        int64_t begin = low <= base ? 0 : (low - base + bytes - 1) / bytes;
        int64_t end = (high - base + bytes - 1) / bytes;
        end = end < strips ? end : strips;
        if (begin < end) {
            multiply_matrix(m, job, matrix, prepared, (int) begin, (int) end, out,
                            job->scratch + (size_t) worker * SCRATCH_BYTES);
        }
        base += strips * bytes;
        out += matrix->rows;
    }
}

/*
 * Claims the next share for one of `workers`: a part of what is left, so that shares become smaller and all workers end at
 * nearly the same time, even where one of them has a busy neighbour. Returns 0 when all is claimed.
 */
INLINE int claim(int64_t *claimed, int64_t total, int64_t smallest, int workers, int64_t *low, int64_t *high) {
    *low = __atomic_load_n(claimed, __ATOMIC_RELAXED);
    do {
        if (*low >= total) return 0;
        *high = *low + ((total - *low) / (2 * workers) / smallest + 1) * smallest;
    } while (!__atomic_compare_exchange_n(claimed, low, *high, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
    return 1;
}

static void multiply(const struct linear_job *job, uint8_t *const prepared[KINDS], int worker, int workers) {
    int64_t total = 0, low, high;
    for (int i = 0; i < job->count; i++) {
        const struct matrix *matrix = &job->stack[i];
        total += (int64_t) ((matrix->rows + STRIP - 1) / STRIP) * strip_bytes(matrix->format, job->columns);
    }
    int64_t pair = 2 * (int64_t) strip_bytes(job->stack[0].format, job->columns), half = (total + workers - 1) / workers;
    int64_t smallest = job->rows > FEW_ROWS ? pair : half < SHARE_BYTES ? half : SHARE_BYTES;
    while (claim(&job->shared[CLAIMED], total, smallest, workers, &low, &high)) multiply_share(job, prepared, worker, low, high);
}

/* Whether prompt rows times weights of a format are computed as generated rows are. */
EXPORT int altiplano_one_rule(int instruction_set, int format) {
    const struct multiplier *m = multiplier(instruction_set);
    return kind_of(m, format, 1) == kind_of(m, format, 0);
}

/* Prepares this worker's share of the activations. */
EXPORT void altiplano_prepare(const struct linear_job *job, int worker, int workers) {
    prepare(job, job->prepared, worker, workers);
}

/* Multiplies this worker's share of the strips with activations that altiplano_prepare left. */
EXPORT void altiplano_multiply(const struct linear_job *job, int worker, int workers) {
    multiply(job, job->prepared, worker, workers);
}

/* Both at once for few rows: every worker prepares all activations for itself, which saves a meeting of all. */
EXPORT void altiplano_linear_alone(const struct linear_job *job, int worker, int workers) {
    uint8_t *mine[KINDS];
    for (int kind = 0; kind < KINDS; kind++) mine[kind] = job->prepared[kind] + worker * job->private_bytes;
    prepare(job, mine, 0, 1);
    multiply(job, mine, worker, workers);
}
