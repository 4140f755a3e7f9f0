/*
 * The tile registers of AMX: eight of 16 rows of 64 bytes. With EMULATE_TILES they are memory and C computes what the
 * instructions are documented to compute, so that everything around them can be tested on any machine.
 */
#ifndef TILES_H
#define TILES_H

#include <immintrin.h>

#include "../altiplano.h"

struct tile_shapes {
    uint8_t palette, start_row, reserved[14];
    uint16_t bytes[16];
    uint8_t rows[16];
};

#ifndef EMULATE_TILES

#define TILE_FILE
#define TILE_FILE_PARAMETER
#define TILE_FILE_ARGUMENT
/* The compiler's own macros do not say that they read memory. */
#define MEMORY_WRITTEN() __asm__ volatile("" ::: "memory")
/* Nor that the shapes are read beyond their first bytes: their address must be seen to go somewhere. */
#define TILE_SHAPES(shapes)                                    \
    do {                                                       \
        __asm__ volatile("" : : "r"(shapes) : "memory");       \
        _tile_loadconfig(shapes);                              \
    } while (0)
#define TILE_ZERO(t) _tile_zero(t)
#define TILE_LOAD(t, from, stride)     \
    do {                               \
        MEMORY_WRITTEN();              \
        _tile_loadd(t, from, stride);  \
    } while (0)
#define TILE_STORE(t, to, stride)      \
    do {                               \
        _tile_stored(t, to, stride);   \
        MEMORY_WRITTEN();              \
    } while (0)
#define TILE_BF16(c, a, b) _tile_dpbf16ps(c, a, b)
#define TILE_SIGNED(c, a, b) _tile_dpbssd(c, a, b)
#define TILE_RELEASE() _tile_release()

#else

struct tile_file {
    struct tile_shapes shapes;
    uint8_t data[8][16][64] __attribute__((aligned(64)));
};

static void tile_zero(struct tile_file *f, int t) {
    for (int i = 0; i < 16; i++) {
        for (int j = 0; j < 64; j++) f->data[t][i][j] = 0;
    }
}

static void tile_load(struct tile_file *f, int t, const void *from, size_t stride) {
    tile_zero(f, t);
    for (int i = 0; i < f->shapes.rows[t]; i++) {
        for (int j = 0; j < f->shapes.bytes[t]; j++) f->data[t][i][j] = ((const uint8_t *) from)[i * stride + j];
    }
}

static void tile_store(const struct tile_file *f, int t, void *to, size_t stride) {
    for (int i = 0; i < f->shapes.rows[t]; i++) {
        for (int j = 0; j < f->shapes.bytes[t]; j++) ((uint8_t *) to)[i * stride + j] = f->data[t][i][j];
    }
}

/* Sums over even and over odd columns, then both to the sum so far. */
static void tile_bf16(struct tile_file *f, int c, int a, int b) {
    for (int m = 0; m < f->shapes.rows[c]; m++) {
        for (int n = 0; n < f->shapes.bytes[c] / 4; n++) {
            float sums[2] = {0, 0};
            for (int k = 0; k < f->shapes.bytes[a] / 4; k++) {
                for (int i = 0; i < 2; i++) {
                    union { uint32_t bits; float value; } x, y;
                    x.bits = (uint32_t) ((uint16_t *) f->data[a][m])[2 * k + i] << 16;
                    y.bits = (uint32_t) ((uint16_t *) f->data[b][k])[2 * n + i] << 16;
                    sums[i] = __builtin_fmaf(x.value, y.value, sums[i]);
                }
            }
            ((float *) f->data[c][m])[n] += sums[0] + sums[1];
        }
    }
}

static void tile_int8(struct tile_file *f, int c, int a, int b) {
    for (int m = 0; m < f->shapes.rows[c]; m++) {
        for (int n = 0; n < f->shapes.bytes[c] / 4; n++) {
            int32_t sum = ((int32_t *) f->data[c][m])[n];
            for (int k = 0; k < f->shapes.bytes[a]; k++) {
                sum += (int8_t) f->data[a][m][k] * (int8_t) f->data[b][k / 4][4 * n + k % 4];
            }
            ((int32_t *) f->data[c][m])[n] = sum;
        }
    }
}

#define TILE_FILE struct tile_file registers, *emulated = &registers;
#define TILE_FILE_PARAMETER , struct tile_file *emulated
#define TILE_FILE_ARGUMENT , emulated
#define TILE_SHAPES(s) (emulated->shapes = *(s))
#define TILE_ZERO(t) tile_zero(emulated, t)
#define TILE_LOAD(t, from, stride) tile_load(emulated, t, from, stride)
#define TILE_STORE(t, to, stride) tile_store(emulated, t, to, stride)
#define TILE_BF16(c, a, b) tile_bf16(emulated, c, a, b)
#define TILE_SIGNED(c, a, b) tile_int8(emulated, c, a, b)
#define TILE_RELEASE() ((void) 0)

#endif
#endif
