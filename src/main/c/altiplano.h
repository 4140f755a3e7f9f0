/*
 * What the C files share. The library calls nothing outside itself, libc included: threads, memory and files belong to Java.
 *
 * Layout of packed weights: PackedLayout.java. Definition of a product: ScalarLinear.java; every instruction set gives its bits
 * for generated rows. For prompt rows one may have its own definition, which tells in its file: see kind TILES.
 */
#ifndef ALTIPLANO_H
#define ALTIPLANO_H

#include <stddef.h>
#include <stdint.h>

#define EXPORT __attribute__((visibility("default")))
#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("GCC unroll 32")

/* Rows of a strip. */
enum { STRIP = 16 };

/* Columns of a panel of quantized weights. */
enum { PANEL = 256 };

/* The formats that kernels multiply, numbered as NativeLinear.java numbers them. */
enum format { F32, F16, BF16, Q8_0, Q4_0, Q4_K, Q5_K, Q6_K, FORMATS };

/* Instruction sets, numbered as InstructionSet.java numbers them. */
enum instruction_set { AVX2, AVX_VNNI, AVX512, AVX512_VNNI, AVX512_BF16, AMX, NEON_DOTPROD, NEON_I8MM, INSTRUCTION_SETS };

/* 32 int8 activations of one row and what products need beside them: one cache line. */
struct record {
    int8_t q[32];
    float scale;          /* a */
    float scaled_sum;     /* a * sum of q */
    int32_t minus_8;      /* -8 * sum of q: undoes the offset of Q4_0 */
    int32_t minus_128;    /* of Q8_0 */
    int32_t minus_32[2];  /* of Q6_K, for each half */
    int32_t sum;
    int32_t unused;
};

/* The most rows that a kernel multiplies at once, and the most strips. */
enum { MAX_TILE = 16, MAX_STRIPS = 4 };

/* How activations lie that a kernel takes: a tile of T neighbouring rows, T at most the tile size of its kind. */
enum kind {
    RECORDS, /* struct record [columns / 32][T] */
    FLOATS,  /* float [columns][T] */
    PAIRS,   /* bfloat16 [(columns + 1) / 2][T][2] */
    TILES,   /* as multiply_tiles of the instruction set takes them: tiles of 16 rows, the last one with what is left */
    KINDS
};

/*
 * Multiplies one or several neighbouring strips with a tile of rows.
 *
 * strip         first strip; strip_bytes to the next
 * activations   the tile
 * out           first element; out_stride floats to the next row
 * lanes         outputs, at most 16 for each strip: what a strip has beyond is not written
 */
typedef void (*kernel)(const uint8_t *strip, size_t strip_bytes, const void *activations, int columns, float *out,
                       size_t out_stride, int lanes, int accumulate);

/* The kernel for a number of rows: for as many strips at once as suit it, and for one strip. */
struct tile_kernel {
    int strips;
    kernel many, one;
};

struct matrix {
    const uint8_t *data;
    int32_t rows;
    int32_t format;
};

enum { MAX_STACK = 16 };

/* A linear layer, as NativeLinear.java writes it. */
struct linear_job {
    const float *in;        /* [rows][columns] */
    float *out;             /* [rows][out_columns] */
    uint8_t *prepared[KINDS];
    uint8_t *scratch;       /* [workers][SCRATCH_BYTES] */
    size_t private_bytes;   /* what each worker has of each of them where it prepares for itself */
    int64_t *claimed;       /* bytes of weights that workers have claimed so far */
    int32_t instruction_set;
    int32_t rows;
    int32_t generated;      /* rows, from the first, that are generated rows */
    int32_t columns;
    int32_t out_columns;
    int32_t accumulate;
    int32_t count;
    int32_t unused;
    struct matrix stack[MAX_STACK];
};

/* What a worker needs for itself. */
enum { SCRATCH_BYTES = 640 * 1024 };

/* How an instruction set multiplies. */
struct multiplier {
    int tile[KINDS];                            /* the most rows of a tile where one or two are enough */
    int large_tile[KINDS];                      /* else, and then several strips are multiplied at once */
    const struct tile_kernel *table[FORMATS];   /* by the number of rows */
    int few;                                    /* rows up to which that is so, for RECORDS; 0: always */
    /*
     * Multiplies strips [begin, end) of quantized weights with many rows (see few_records in linear.c); null where the
     * table does it. Tile t of `tiles` has rows [rows * t / tiles, rows * (t + 1) / tiles).
     */
    void (*multiply_many)(const struct linear_job *job, const struct matrix *matrix, const struct record *records, int rows,
                          int tiles, int begin, int end, float *out, uint8_t *scratch);
    const struct tile_kernel *many[FORMATS];    /* by the number of rows above */
    const struct tile_kernel *prompt[FORMATS];  /* for PAIRS of prompt rows, where not null */
    /* Quantizes one row to records that lie `stride` apart. */
    void (*quantize)(const float *in, int columns, struct record *records, size_t stride);
    /* Prompt rows of this format and those behind it are of kind TILES, where multiply_tiles is not null. */
    int tiled_from;
    /* Bytes that a row takes in a tile. */
    size_t (*tiled_bytes)(int columns);
    /* Prepares a tile of at most 16 rows. */
    void (*tile_rows)(const float *in, int columns, int rows, uint8_t *out);
    /* Multiplies strips [begin, end) with the first `rows` rows of `tiled`. */
    void (*multiply_tiles)(const struct linear_job *job, const struct matrix *matrix, const uint8_t *tiled, int rows,
                           int begin, int end, float *out, uint8_t *scratch);
};

/* The tables of an instruction set, one for each format. */
#define DECLARE_TABLES(SET)                                                                                           \
    extern const struct tile_kernel SET##_table_F32[], SET##_table_F16[], SET##_table_BF16[], SET##_table_Q8_0[],     \
            SET##_table_Q4_0[], SET##_table_Q4_K[], SET##_table_Q5_K[], SET##_table_Q6_K[]
#define TABLES(SET)                                                                                                   \
    {                                                                                                                 \
        [F32] = SET##_table_F32, [F16] = SET##_table_F16, [BF16] = SET##_table_BF16, [Q8_0] = SET##_table_Q8_0,       \
        [Q4_0] = SET##_table_Q4_0, [Q4_K] = SET##_table_Q4_K, [Q5_K] = SET##_table_Q5_K, [Q6_K] = SET##_table_Q6_K    \
    }

extern const struct multiplier avx2_multiplier, avx_vnni_multiplier, avx512_multiplier, avx512_vnni_multiplier,
        avx512_bf16_multiplier, amx_multiplier, neon_dotprod_multiplier, neon_i8mm_multiplier;

/* Bytes of a panel of quantized weights with so many groups of 32 columns. */
INLINE size_t panel_bytes(int format, int groups) {
    switch (format) {
        case Q8_0: return (544 * (size_t) groups + 63) & ~(size_t) 63;
        case Q4_0: return (288 * (size_t) groups + 63) & ~(size_t) 63;
        case Q4_K: return 2304;
        case Q5_K: return 2816;
        default: return 3392;
    }
}

/* Bytes of a strip. */
INLINE size_t strip_bytes(int format, int columns) {
    switch (format) {
        case F32: return (size_t) 64 * columns;
        case F16: return ((size_t) 32 * columns + 63) & ~(size_t) 63;
        case BF16: return (size_t) (columns + 1) / 2 * 64;
        default: {
            int rest = columns % PANEL / 32;
            return (size_t) (columns / PANEL) * panel_bytes(format, 8) + (rest ? panel_bytes(format, rest) : 0);
        }
    }
}

/* Writes what a record has beside its 32 numbers, given the sums of its halves. */
INLINE void complete(struct record *record, float scale, int low, int high) {
    record->scale = scale;
    record->scaled_sum = scale * (float) (low + high);
    record->minus_8 = -8 * (low + high);
    record->minus_128 = -128 * (low + high);
    record->minus_32[0] = -32 * low;
    record->minus_32[1] = -32 * high;
    record->sum = low + high;
    record->unused = 0;
}

#endif
