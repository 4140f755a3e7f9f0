/* What kernels on 256-bit vectors share, whatever multiplies integers. */
#ifndef AVX2_H
#define AVX2_H

#include <immintrin.h>

#include "multiplier.h"

/* Dot products of eight rows of weights that are being added up, and products that are not in the sum yet. */
struct dots {
    __m256i sum, products;
};

#endif
