/* What kernels on 512-bit vectors share. */
#ifndef AVX512_H
#define AVX512_H

#include <immintrin.h>

#include "altiplano.h"

INLINE __m512 halves(const uint8_t *at) {
    return _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *) at));
}

INLINE void store(float *out, __m512 sum, int lanes, int accumulate) {
    __mmask16 mask = lanes >= STRIP ? 0xffff : (__mmask16) ((1u << lanes) - 1);
    if (accumulate) {
        sum = _mm512_add_ps(_mm512_maskz_loadu_ps(mask, out), sum);
    }
    _mm512_mask_storeu_ps(out, mask, sum);
}

#endif
