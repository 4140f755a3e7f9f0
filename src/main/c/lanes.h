/*
 * Sixteen floats at a time, as each instruction set does it. The one who includes this has chosen the set by defining
 * LANES_AVX512, LANES_AVX2 or LANES_NEON and switched code generation to it. An operation gives the same bits everywhere:
 * multiply-add is fused, rounding is to nearest even, sums over lanes add half to half. No library function is called.
 */
#include <stdint.h>

#define INLINE static inline __attribute__((always_inline))

#if defined(LANES_AVX512)
#include <immintrin.h>
#define LANES_SUFFIX avx512
/* Vectors of 16 that fit beside 6 rows of sums in the registers, and the registers for sums in vectors of 16. */
#define SUM_VECTORS 4
#define SUM_REGISTERS 24

typedef __m512 v16;

INLINE v16 v_set(float x) { return _mm512_set1_ps(x); }
INLINE v16 v_load(const float *p) { return _mm512_loadu_ps(p); }
INLINE void v_store(float *p, v16 x) { _mm512_storeu_ps(p, x); }
INLINE __mmask16 v_mask(int64_t n) { return (__mmask16) ((1u << n) - 1); }
/* The first n of 16, 0 < n < 16; the others are 0. */
INLINE v16 v_load_n(const float *p, int64_t n) { return _mm512_maskz_loadu_ps(v_mask(n), p); }
INLINE void v_store_n(float *p, v16 x, int64_t n) { _mm512_mask_storeu_ps(p, v_mask(n), x); }
/* x where the lane's number is below n, else other. */
INLINE v16 v_below(v16 x, int64_t n, v16 other) { return _mm512_mask_blend_ps(v_mask(n), other, x); }
INLINE v16 v_fma(v16 a, v16 b, v16 c) { return _mm512_fmadd_ps(a, b, c); }
INLINE v16 v_mul(v16 a, v16 b) { return _mm512_mul_ps(a, b); }
INLINE v16 v_add(v16 a, v16 b) { return _mm512_add_ps(a, b); }
INLINE v16 v_sub(v16 a, v16 b) { return _mm512_sub_ps(a, b); }
INLINE v16 v_div(v16 a, v16 b) { return _mm512_div_ps(a, b); }
INLINE v16 v_sqrt(v16 a) { return _mm512_sqrt_ps(a); }
/* The second where either is no number. */
INLINE v16 v_min(v16 a, v16 b) { return _mm512_min_ps(a, b); }
INLINE v16 v_max(v16 a, v16 b) { return _mm512_max_ps(a, b); }
INLINE v16 v_abs(v16 a) { return _mm512_abs_ps(a); }
/* x where a equals b, else y. */
INLINE v16 v_equal(v16 a, v16 b, v16 x, v16 y) {
    return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(a, b, _CMP_EQ_OQ), y, x);
}
INLINE int v_any_above(v16 a, v16 b) { return _mm512_cmp_ps_mask(a, b, _CMP_GT_OQ) != 0; }
/* x · 2^n for whole n; 0 where keep is below limit. */
INLINE v16 v_scale(v16 x, v16 n, v16 keep, v16 limit) {
    return _mm512_maskz_scalef_ps(_mm512_cmp_ps_mask(keep, limit, _CMP_NLT_UQ), x, n);
}
INLINE float v_sum(v16 x) {
    __m256 h = _mm256_add_ps(_mm512_castps512_ps256(x),
                             _mm256_castpd_ps(_mm512_extractf64x4_pd(_mm512_castps_pd(x), 1)));
    __m128 q = _mm_add_ps(_mm256_castps256_ps128(h), _mm256_extractf128_ps(h, 1));
    q = _mm_add_ps(q, _mm_movehl_ps(q, q));
    return _mm_cvtss_f32(_mm_add_ss(q, _mm_shuffle_ps(q, q, 1)));
}
INLINE float v_largest(v16 x) {
    __m256 h = _mm256_max_ps(_mm512_castps512_ps256(x),
                             _mm256_castpd_ps(_mm512_extractf64x4_pd(_mm512_castps_pd(x), 1)));
    __m128 q = _mm_max_ps(_mm256_castps256_ps128(h), _mm256_extractf128_ps(h, 1));
    q = _mm_max_ps(q, _mm_movehl_ps(q, q));
    return _mm_cvtss_f32(_mm_max_ss(q, _mm_shuffle_ps(q, q, 1)));
}
/* (a, b) becomes (a·cos - b·sin, b·cos + a·sin) in each pair of lanes; cs is (cos, sin). */
INLINE v16 v_rotate(v16 x, v16 cs) {
    v16 crossed = _mm512_mul_ps(_mm512_permute_ps(x, 0xB1), _mm512_movehdup_ps(cs));
    return _mm512_fmaddsub_ps(x, _mm512_moveldup_ps(cs), crossed);
}
INLINE float f16(uint16_t half) { return _mm_cvtss_f32(_mm_cvtph_ps(_mm_cvtsi32_si128(half))); }
INLINE v16 v_load_f16(const uint16_t *p) { return _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *) p)); }
INLINE void v_store_f16(uint16_t *p, v16 x) {
    _mm256_storeu_si256((__m256i *) p, _mm512_cvtps_ph(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
}
INLINE v16 v_load_i8(const int8_t *p) {
    return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i *) p)));
}
INLINE void v_store_i8(int8_t *p, v16 x) { _mm_storeu_si128((__m128i *) p, _mm512_cvtepi32_epi8(_mm512_cvtps_epi32(x))); }

typedef struct {
    __m512d low, high;
} d16;

INLINE d16 d_zero(void) { return (d16) {_mm512_setzero_pd(), _mm512_setzero_pd()}; }
INLINE d16 d_add(d16 sum, v16 x) {
    sum.low = _mm512_add_pd(sum.low, _mm512_cvtps_pd(_mm512_castps512_ps256(x)));
    sum.high = _mm512_add_pd(
        sum.high, _mm512_cvtps_pd(_mm256_castpd_ps(_mm512_extractf64x4_pd(_mm512_castps_pd(x), 1))));
    return sum;
}
INLINE void d_store(double *p, d16 x) {
    _mm512_storeu_pd(p, x.low);
    _mm512_storeu_pd(p + 8, x.high);
}

#elif defined(LANES_AVX2)
#include <immintrin.h>
#define LANES_SUFFIX avx2
#define SUM_VECTORS 1
#define SUM_REGISTERS 6

typedef struct {
    __m256 a, b;
} v16;

INLINE v16 v_set(float x) { return (v16) {_mm256_set1_ps(x), _mm256_set1_ps(x)}; }
INLINE v16 v_load(const float *p) { return (v16) {_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)}; }
INLINE void v_store(float *p, v16 x) {
    _mm256_storeu_ps(p, x.a);
    _mm256_storeu_ps(p + 8, x.b);
}
INLINE __m256i v_half_mask(int64_t n) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int) n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
INLINE v16 v_load_n(const float *p, int64_t n) {
    return (v16) {_mm256_maskload_ps(p, v_half_mask(n)), _mm256_maskload_ps(p + 8, v_half_mask(n - 8))};
}
INLINE void v_store_n(float *p, v16 x, int64_t n) {
    _mm256_maskstore_ps(p, v_half_mask(n), x.a);
    _mm256_maskstore_ps(p + 8, v_half_mask(n - 8), x.b);
}
INLINE v16 v_below(v16 x, int64_t n, v16 other) {
    return (v16) {_mm256_blendv_ps(other.a, x.a, _mm256_castsi256_ps(v_half_mask(n))),
                  _mm256_blendv_ps(other.b, x.b, _mm256_castsi256_ps(v_half_mask(n - 8)))};
}
INLINE v16 v_fma(v16 x, v16 y, v16 z) {
    return (v16) {_mm256_fmadd_ps(x.a, y.a, z.a), _mm256_fmadd_ps(x.b, y.b, z.b)};
}
INLINE v16 v_mul(v16 x, v16 y) { return (v16) {_mm256_mul_ps(x.a, y.a), _mm256_mul_ps(x.b, y.b)}; }
INLINE v16 v_add(v16 x, v16 y) { return (v16) {_mm256_add_ps(x.a, y.a), _mm256_add_ps(x.b, y.b)}; }
INLINE v16 v_sub(v16 x, v16 y) { return (v16) {_mm256_sub_ps(x.a, y.a), _mm256_sub_ps(x.b, y.b)}; }
INLINE v16 v_div(v16 x, v16 y) { return (v16) {_mm256_div_ps(x.a, y.a), _mm256_div_ps(x.b, y.b)}; }
INLINE v16 v_sqrt(v16 x) { return (v16) {_mm256_sqrt_ps(x.a), _mm256_sqrt_ps(x.b)}; }
INLINE v16 v_min(v16 x, v16 y) { return (v16) {_mm256_min_ps(x.a, y.a), _mm256_min_ps(x.b, y.b)}; }
INLINE v16 v_max(v16 x, v16 y) { return (v16) {_mm256_max_ps(x.a, y.a), _mm256_max_ps(x.b, y.b)}; }
INLINE v16 v_abs(v16 x) {
    __m256 sign = _mm256_set1_ps(-0.0f);
    return (v16) {_mm256_andnot_ps(sign, x.a), _mm256_andnot_ps(sign, x.b)};
}
INLINE v16 v_equal(v16 a, v16 b, v16 x, v16 y) {
    return (v16) {_mm256_blendv_ps(y.a, x.a, _mm256_cmp_ps(a.a, b.a, _CMP_EQ_OQ)),
                  _mm256_blendv_ps(y.b, x.b, _mm256_cmp_ps(a.b, b.b, _CMP_EQ_OQ))};
}
INLINE int v_any_above(v16 x, v16 y) {
    return _mm256_movemask_ps(_mm256_or_ps(_mm256_cmp_ps(x.a, y.a, _CMP_GT_OQ), _mm256_cmp_ps(x.b, y.b, _CMP_GT_OQ))) != 0;
}
INLINE __m256 v_half_scale(__m256 x, __m256 n, __m256 keep, __m256 limit) {
    __m256i power = _mm256_slli_epi32(_mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127)), 23);
    __m256 product = _mm256_mul_ps(x, _mm256_castsi256_ps(power));
    return _mm256_and_ps(product, _mm256_cmp_ps(keep, limit, _CMP_NLT_UQ));
}
INLINE v16 v_scale(v16 x, v16 n, v16 keep, v16 limit) {
    return (v16) {v_half_scale(x.a, n.a, keep.a, limit.a), v_half_scale(x.b, n.b, keep.b, limit.b)};
}
INLINE float v_sum(v16 x) {
    __m256 h = _mm256_add_ps(x.a, x.b);
    __m128 q = _mm_add_ps(_mm256_castps256_ps128(h), _mm256_extractf128_ps(h, 1));
    q = _mm_add_ps(q, _mm_movehl_ps(q, q));
    return _mm_cvtss_f32(_mm_add_ss(q, _mm_shuffle_ps(q, q, 1)));
}
INLINE float v_largest(v16 x) {
    __m256 h = _mm256_max_ps(x.a, x.b);
    __m128 q = _mm_max_ps(_mm256_castps256_ps128(h), _mm256_extractf128_ps(h, 1));
    q = _mm_max_ps(q, _mm_movehl_ps(q, q));
    return _mm_cvtss_f32(_mm_max_ss(q, _mm_shuffle_ps(q, q, 1)));
}
INLINE __m256 v_half_rotate(__m256 x, __m256 cs) {
    __m256 crossed = _mm256_mul_ps(_mm256_permute_ps(x, 0xB1), _mm256_movehdup_ps(cs));
    return _mm256_fmaddsub_ps(x, _mm256_moveldup_ps(cs), crossed);
}
INLINE v16 v_rotate(v16 x, v16 cs) { return (v16) {v_half_rotate(x.a, cs.a), v_half_rotate(x.b, cs.b)}; }
INLINE float f16(uint16_t half) { return _mm_cvtss_f32(_mm_cvtph_ps(_mm_cvtsi32_si128(half))); }
INLINE v16 v_load_f16(const uint16_t *p) {
    return (v16) {_mm256_cvtph_ps(_mm_loadu_si128((const __m128i *) p)),
                  _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *) (p + 8)))};
}
INLINE void v_store_f16(uint16_t *p, v16 x) {
    _mm_storeu_si128((__m128i *) p, _mm256_cvtps_ph(x.a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
    _mm_storeu_si128((__m128i *) (p + 8), _mm256_cvtps_ph(x.b, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
}
INLINE v16 v_load_i8(const int8_t *p) {
    return (v16) {_mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *) p))),
                  _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *) (p + 8))))};
}
INLINE __m128i v_half_words(__m256 x) {
    __m256i whole = _mm256_cvtps_epi32(x);
    return _mm_packs_epi32(_mm256_castsi256_si128(whole), _mm256_extracti128_si256(whole, 1));
}
INLINE void v_store_i8(int8_t *p, v16 x) {
    _mm_storeu_si128((__m128i *) p, _mm_packs_epi16(v_half_words(x.a), v_half_words(x.b)));
}

typedef struct {
    __m256d part[4];
} d16;

INLINE d16 d_zero(void) {
    __m256d zero = _mm256_setzero_pd();
    return (d16) {{zero, zero, zero, zero}};
}
INLINE d16 d_add(d16 sum, v16 x) {
    sum.part[0] = _mm256_add_pd(sum.part[0], _mm256_cvtps_pd(_mm256_castps256_ps128(x.a)));
    sum.part[1] = _mm256_add_pd(sum.part[1], _mm256_cvtps_pd(_mm256_extractf128_ps(x.a, 1)));
    sum.part[2] = _mm256_add_pd(sum.part[2], _mm256_cvtps_pd(_mm256_castps256_ps128(x.b)));
    sum.part[3] = _mm256_add_pd(sum.part[3], _mm256_cvtps_pd(_mm256_extractf128_ps(x.b, 1)));
    return sum;
}
INLINE void d_store(double *p, d16 x) {
    for (int i = 0; i < 4; i++) {
        _mm256_storeu_pd(p + 4 * i, x.part[i]);
    }
}

#elif defined(LANES_NEON)
#include <arm_neon.h>
#define LANES_SUFFIX neon
#define SUM_VECTORS 1
#define SUM_REGISTERS 6

typedef float32x4x4_t v16;

#define V_MAP(expression) \
    v16 result; \
    for (int i = 0; i < 4; i++) { \
        result.val[i] = expression; \
    } \
    return result

INLINE v16 v_set(float x) { V_MAP(vdupq_n_f32(x)); }
INLINE v16 v_load(const float *p) { V_MAP(vld1q_f32(p + 4 * i)); }
INLINE void v_store(float *p, v16 x) {
    for (int i = 0; i < 4; i++) {
        vst1q_f32(p + 4 * i, x.val[i]);
    }
}
INLINE v16 v_load_n(const float *p, int64_t n) {
    float part[16] = {0};
    for (int64_t i = 0; i < n; i++) {
        part[i] = p[i];
    }
    return v_load(part);
}
INLINE void v_store_n(float *p, v16 x, int64_t n) {
    float part[16];
    v_store(part, x);
    for (int64_t i = 0; i < n; i++) {
        p[i] = part[i];
    }
}
INLINE uint32x4_t v_quarter_below(int64_t n, int quarter) {
    const int32x4_t numbers = {0, 1, 2, 3};
    return vcltq_s32(numbers, vdupq_n_s32((int32_t) n - 4 * quarter));
}
INLINE v16 v_below(v16 x, int64_t n, v16 other) { V_MAP(vbslq_f32(v_quarter_below(n, i), x.val[i], other.val[i])); }
INLINE v16 v_fma(v16 x, v16 y, v16 z) { V_MAP(vfmaq_f32(z.val[i], x.val[i], y.val[i])); }
INLINE v16 v_mul(v16 x, v16 y) { V_MAP(vmulq_f32(x.val[i], y.val[i])); }
INLINE v16 v_add(v16 x, v16 y) { V_MAP(vaddq_f32(x.val[i], y.val[i])); }
INLINE v16 v_sub(v16 x, v16 y) { V_MAP(vsubq_f32(x.val[i], y.val[i])); }
INLINE v16 v_div(v16 x, v16 y) { V_MAP(vdivq_f32(x.val[i], y.val[i])); }
INLINE v16 v_sqrt(v16 x) { V_MAP(vsqrtq_f32(x.val[i])); }
INLINE v16 v_min(v16 x, v16 y) { V_MAP(vminq_f32(x.val[i], y.val[i])); }
INLINE v16 v_max(v16 x, v16 y) { V_MAP(vmaxq_f32(x.val[i], y.val[i])); }
INLINE v16 v_abs(v16 x) { V_MAP(vabsq_f32(x.val[i])); }
INLINE v16 v_equal(v16 a, v16 b, v16 x, v16 y) {
    V_MAP(vbslq_f32(vceqq_f32(a.val[i], b.val[i]), x.val[i], y.val[i]));
}
INLINE int v_any_above(v16 x, v16 y) {
    uint32x4_t any = vcgtq_f32(x.val[0], y.val[0]);
    for (int i = 1; i < 4; i++) {
        any = vorrq_u32(any, vcgtq_f32(x.val[i], y.val[i]));
    }
    return vmaxvq_u32(any) != 0;
}
INLINE float32x4_t v_quarter_scale(float32x4_t x, float32x4_t n, float32x4_t keep, float32x4_t limit) {
    int32x4_t power = vshlq_n_s32(vaddq_s32(vcvtnq_s32_f32(n), vdupq_n_s32(127)), 23);
    float32x4_t product = vmulq_f32(x, vreinterpretq_f32_s32(power));
    return vbslq_f32(vcltq_f32(keep, limit), vdupq_n_f32(0), product);
}
INLINE v16 v_scale(v16 x, v16 n, v16 keep, v16 limit) {
    V_MAP(v_quarter_scale(x.val[i], n.val[i], keep.val[i], limit.val[i]));
}
INLINE float v_sum(v16 x) {
    float32x4_t q = vaddq_f32(vaddq_f32(x.val[0], x.val[2]), vaddq_f32(x.val[1], x.val[3]));
    float32x2_t p = vadd_f32(vget_low_f32(q), vget_high_f32(q));
    return vget_lane_f32(p, 0) + vget_lane_f32(p, 1);
}
INLINE float v_largest(v16 x) {
    return vmaxvq_f32(vmaxq_f32(vmaxq_f32(x.val[0], x.val[2]), vmaxq_f32(x.val[1], x.val[3])));
}
INLINE float32x4_t v_quarter_rotate(float32x4_t x, float32x4_t cs) {
    const uint32x4_t even = {0x80000000u, 0, 0x80000000u, 0};
    float32x4_t crossed = vmulq_f32(vrev64q_f32(x), vtrn2q_f32(cs, cs));
    crossed = vreinterpretq_f32_u32(veorq_u32(vreinterpretq_u32_f32(crossed), even));
    return vfmaq_f32(crossed, x, vtrn1q_f32(cs, cs));
}
INLINE v16 v_rotate(v16 x, v16 cs) { V_MAP(v_quarter_rotate(x.val[i], cs.val[i])); }
INLINE float f16(uint16_t half) {
    return vgetq_lane_f32(vcvt_f32_f16(vreinterpret_f16_u16(vdup_n_u16(half))), 0);
}
INLINE v16 v_load_f16(const uint16_t *p) {
    V_MAP(vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(p + 4 * i))));
}
INLINE void v_store_f16(uint16_t *p, v16 x) {
    for (int i = 0; i < 4; i++) {
        vst1_u16(p + 4 * i, vreinterpret_u16_f16(vcvt_f16_f32(x.val[i])));
    }
}
INLINE v16 v_load_i8(const int8_t *p) {
    int8x16_t bytes = vld1q_s8(p);
    int16x8_t low = vmovl_s8(vget_low_s8(bytes)), high = vmovl_s8(vget_high_s8(bytes));
    return (v16) {{vcvtq_f32_s32(vmovl_s16(vget_low_s16(low))), vcvtq_f32_s32(vmovl_s16(vget_high_s16(low))),
                   vcvtq_f32_s32(vmovl_s16(vget_low_s16(high))), vcvtq_f32_s32(vmovl_s16(vget_high_s16(high)))}};
}
INLINE void v_store_i8(int8_t *p, v16 x) {
    int16x8_t low = vcombine_s16(vmovn_s32(vcvtnq_s32_f32(x.val[0])), vmovn_s32(vcvtnq_s32_f32(x.val[1])));
    int16x8_t high = vcombine_s16(vmovn_s32(vcvtnq_s32_f32(x.val[2])), vmovn_s32(vcvtnq_s32_f32(x.val[3])));
    vst1q_s8(p, vcombine_s8(vmovn_s16(low), vmovn_s16(high)));
}

typedef struct {
    float64x2_t part[8];
} d16;

INLINE d16 d_zero(void) {
    d16 result;
    for (int i = 0; i < 8; i++) {
        result.part[i] = vdupq_n_f64(0);
    }
    return result;
}
INLINE d16 d_add(d16 sum, v16 x) {
    for (int i = 0; i < 4; i++) {
        sum.part[2 * i] = vaddq_f64(sum.part[2 * i], vcvt_f64_f32(vget_low_f32(x.val[i])));
        sum.part[2 * i + 1] = vaddq_f64(sum.part[2 * i + 1], vcvt_high_f64_f32(x.val[i]));
    }
    return sum;
}
INLINE void d_store(double *p, d16 x) {
    for (int i = 0; i < 8; i++) {
        vst1q_f64(p + 2 * i, x.part[i]);
    }
}
#endif

#define JOIN_NAMES(a, b) altiplano_##a##_##b
#define JOIN(a, b) JOIN_NAMES(a, b)
/* The exported name of a kernel for this instruction set. */
#define KERNEL(name) __attribute__((visibility("default"))) JOIN(name, LANES_SUFFIX)

/* dev.altiplano.engine.kernel.scalar.Exp, operation for operation. */
INLINE v16 v_exp(v16 x) {
    const v16 round = v_set(12582912.0f), one = v_set(1.0f);
    v16 bounded = v_min(v_set(88.0f), x);
    v16 n = v_sub(v_fma(bounded, v_set(0x1.715476p0f), round), round);
    v16 r = v_fma(n, v_set(0x1.bd0106p-13f), v_fma(n, v_set(-0x1.63p-1f), bounded));
    v16 p = v_fma(v_set(0x1.6a4d3cp-10f), r, v_set(0x1.123984p-7f));
    p = v_fma(p, r, v_set(0x1.5558bp-5f));
    p = v_fma(p, r, v_set(0x1.555492p-3f));
    p = v_fma(p, r, v_set(0x1.fffffcp-2f));
    p = v_fma(p, r, one);
    p = v_fma(p, r, one);
    return v_scale(p, n, x, v_set(-87.33654f));
}
