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
    int32_t exponent;     /* of the scale, where a float has it; see step */
    int32_t step;         /* scale = 2 to the exponent, times 1 + step / 4; step from 0 to 3 */
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

/* Bytes of weights that workers have claimed so far; and not 0 where a record has a strange scale. */
enum { CLAIMED, STRANGE };

struct linear_job {
    const float *in;        /* [rows][columns] */
    float *out;             /* [rows][out_columns] */
    uint8_t *prepared[KINDS];
    uint8_t *scratch;       /* [workers][SCRATCH_BYTES] */
    size_t private_bytes;   /* what each worker has of each of them where it prepares for itself */
    int64_t *shared;        /* [CLAIMED], [STRANGE]: what workers tell each other */
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

/*
 * The scale of 32 activations, the largest of which has this magnitude: a 127th of it, rounded up to three significant bits. So a
 * product with the scale of weights in F16 is exact, and where it is needed often, an addition of exponents does it.
 */
INLINE float scale_of(float largest) {
    union { float value; uint32_t bits; } scale = {largest < 0x1p-100f ? 0 : largest / 127};
    const uint32_t infinite = 0x7f800000, lower = 0x1fffff;
    if (scale.bits < infinite) scale.bits = (scale.bits + lower) & ~lower;
    return scale.value;
}

/* Whether products of a scale with another may leave the range of normal numbers. 0 does no harm. */
INLINE int strange(float scale) {
    return scale != 0 && !(scale >= 0x1p-60f && scale <= 0x1p60f);
}

/* Writes what a record has beside its 32 numbers, given the sums of its halves. Returns whether its scale is strange. */
INLINE int complete(struct record *record, float scale, int low, int high) {
    union { float value; int32_t bits; } s = {scale};
    record->scale = scale;
    record->scaled_sum = scale * (float) (low + high);
    record->minus_8 = -8 * (low + high);
    record->minus_128 = -128 * (low + high);
    record->minus_32[0] = -32 * low;
    record->minus_32[1] = -32 * high;
    record->exponent = scale == 0 ? 0 : (s.bits & 0x7f800000) - 0x3f800000;
    record->step = s.bits >> 21 & 3;
    return strange(scale);
}

#endif
