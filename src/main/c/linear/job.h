/*
 * A linear layer as NativeLinear.java writes it down. Layout of packed weights: PackedLayout.java. Definition of a product:
 * ScalarLinear.java; every instruction set gives its bits for generated rows. For prompt rows one may have its own definition,
 * which tells in its file: see kind TILES.
 */
#ifndef JOB_H
#define JOB_H

#include "formats.h"

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

/* How activations lie that a kernel takes: a tile of T neighbouring rows, T at most the tile size of its kind. */
enum kind {
    RECORDS, /* struct record [columns / 32][T] */
    FLOATS,  /* float [columns][T] */
    PAIRS,   /* bfloat16 [(columns + 1) / 2][T][2] */
    TILES,   /* as multiply_tiles of the instruction set takes them: tiles of 16 rows, the last one with what is left */
    KINDS
};

enum { MAX_STACK = 16 };

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
