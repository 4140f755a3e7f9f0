/*
 * How weights lie in packed matrices, and all that kernels must know of each way: PackedLayout.java describes it, Packing.java
 * has the same facts. A new one is a number, a line of traits and, where none of these fits, a case in `unpack` or `factors_of`
 * of each instruction set.
 */
#ifndef FORMATS_H
#define FORMATS_H

#include "../altiplano.h"

/* Rows of a strip, and columns of a panel of quantized weights. */
enum { STRIP = 16, PANEL = 256 };

enum format {
    F32 = 0,
    F16 = 1,
    BF16 = 2,
    Q8_0 = 3, /* from here on quantized */
    Q4_0 = 4,
    Q4_K = 5,
    Q5_K = 6,
    Q6_K = 7,
    /* Numbers of four bits that stand for weights of eight: see struct codes. */
    CODED = 8,
    CODED_E8M0 = 9,
    CODED_K = 10,
    CODED_16 = 11,
    FORMATS,
    /* Coded weights with one scale for 32, unpacked to levels from -15 to 15 or from -31 to 31: never so in memory. */
    LEVELS_15 = FORMATS,
    LEVELS_31,
    UNPACKED_FORMATS
};

/* What the scales of a panel are. A panel of the last three is always complete. */
enum scales {
    SCALES_F16,    /* for each 32 columns F16 [16 rows] */
    SCALES_E8M0,   /* for each 32 columns the exponent of a power of two, a byte [16] */
    SCALES_6_BITS, /* for each 32 columns six bits, 32 added: the lower four [4][16], the upper two [2][16]; F16 d [16] */
    SCALES_MINIMA, /* for each 32 columns six bits and a minimum of six bits: see scales_k; F16 d [16], F16 dmin [16] */
    SCALES_OF_16   /* for each 16 columns int8 [16]; F16 d [16] */
};

/* The integers of a panel come first, then upper bits where there are some, then the scales. */
struct traits {
    int quant_bytes; /* for 32 columns: 512, or 256 where a byte holds two numbers */
    int bit_bytes;   /* for 32 columns */
    enum scales scales;
    int zero;        /* what is added to a weight's integer, so that it is not negative */
    int coded;
};

static const struct traits TRAITS[UNPACKED_FORMATS] = {
        [Q8_0] = {512, 0, SCALES_F16, 128, 0},
        [Q4_0] = {256, 0, SCALES_F16, 8, 0},
        [Q4_K] = {256, 0, SCALES_MINIMA, 0, 0},
        [Q5_K] = {256, 64, SCALES_MINIMA, 0, 0},
        [Q6_K] = {256, 128, SCALES_OF_16, 32, 0},
        [CODED] = {256, 0, SCALES_F16, 128, 1},
        [CODED_E8M0] = {256, 0, SCALES_E8M0, 128, 1},
        [CODED_K] = {256, 0, SCALES_6_BITS, 128, 1},
        [CODED_16] = {256, 0, SCALES_OF_16, 128, 1},
        [LEVELS_15] = {256, 64, SCALES_F16, 16, 0},
        [LEVELS_31] = {256, 128, SCALES_F16, 32, 0}};

INLINE struct traits traits(const int format) { return TRAITS[format]; }

/* What the 16 numbers of a coded format stand for: weights with 128 added, in steps of `unit` (1 where no block has a d). */
struct codes {
    uint8_t weights[16];
    float unit;
};

struct matrix {
    const uint8_t *data;
    int32_t rows;
    int32_t format;
    struct codes codes;
};

/* Bytes of the scales of a panel with so many groups of 32 columns. */
INLINE int scale_bytes(enum scales scales, int groups) {
    return scales == SCALES_F16      ? 32 * groups
           : scales == SCALES_E8M0   ? 16 * groups
           : scales == SCALES_6_BITS ? 128
           : scales == SCALES_MINIMA ? 256
                                     : 288;
}

/* Bytes of a panel of quantized weights with so many groups of 32 columns. */
INLINE size_t panel_bytes(int format, int groups) {
    const struct traits t = traits(format);
    return ((size_t) (t.quant_bytes + t.bit_bytes) * groups + scale_bytes(t.scales, groups) + 63) & ~(size_t) 63;
}

/* Groups of the panel that begins at a column. */
INLINE int panel_groups(const int format, int columns, int column) {
    return traits(format).scales >= SCALES_6_BITS || columns - column >= PANEL ? 8 : (columns - column) / 32;
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

#endif
