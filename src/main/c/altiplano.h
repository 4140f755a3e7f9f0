/*
 * What all C files share. The library calls nothing outside itself, libc included: threads, memory and files belong to Java.
 * What Java must know of structures and numbers here, abi.c tells it, and Java refuses a library that says something else.
 */
#ifndef ALTIPLANO_H
#define ALTIPLANO_H

#include <stddef.h>
#include <stdint.h>

#define EXPORT __attribute__((visibility("default")))
#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("GCC unroll 32")

enum instruction_set {
    AVX2 = 0,
    AVX_VNNI = 1,
    AVX512 = 2,
    AVX512_VNNI = 3,
    AVX512_BF16 = 4,
    AMX = 5,
    NEON_DOTPROD = 6,
    NEON_I8MM = 7
};

#endif
