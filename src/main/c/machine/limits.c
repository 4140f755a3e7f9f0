/* Work whose time tells what the machine can do: see LimitMeasurement.java. */
#include "../altiplano.h"

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

/* As MachineLimits.Arithmetic numbers them. */
enum arithmetic { ARITHMETIC_F32, ARITHMETIC_BF16, ARITHMETIC_INT8 };

/* Sums that do not wait for each other: enough to hide the latency, few enough for 16 registers. */
enum { CHAINS = 12 };

typedef uint64_t line __attribute__((vector_size(64), may_alias));

/* Reads memory as four streams, a cache line of each in turn. */
#define READ(NAME, TARGET)                                                                           \
    TARGET static uint64_t NAME(const uint8_t *memory, size_t bytes) {                               \
        size_t quarter = bytes / 256 * 64;                                                           \
        line a = {0}, b = {0}, c = {0}, d = {0};                                                     \
        for (size_t i = 0; i < quarter; i += 64) {                                                   \
            a ^= *(const line *) (memory + i);                                                       \
            b ^= *(const line *) (memory + quarter + i);                                             \
            c ^= *(const line *) (memory + 2 * quarter + i);                                         \
            d ^= *(const line *) (memory + 3 * quarter + i);                                         \
        }                                                                                            \
        line all = (a ^ b) ^ (c ^ d);                                                                \
        uint64_t folded = 0;                                                                         \
        for (int i = 0; i < 8; i++) folded ^= all[i];                                                \
        return folded;                                                                               \
    }

/*
 * Repeats s = STEP(s, x, y) for each chain; OPERATIONS is what one step counts. Chains that begin alike are alike for ever: a
 * compiler that knew it would compute one of them, so each begins with what it cannot know.
 */
#define PEAK(NAME, TARGET, VECTOR, ZERO, REGISTER, STEP, OPERATIONS)                                 \
    TARGET static int64_t NAME(int64_t rounds) {                                                     \
        VECTOR s[CHAINS], x = ZERO, y = ZERO;                                                        \
        __asm__ volatile("" : "+" REGISTER(x), "+" REGISTER(y));                                     \
        UNROLL for (int i = 0; i < CHAINS; i++) {                                                    \
            s[i] = x;                                                                                \
            __asm__ volatile("" : "+" REGISTER(s[i]));                                               \
        }                                                                                            \
        for (int64_t round = 0; round < rounds; round++) {                                           \
            UNROLL for (int i = 0; i < CHAINS; i++) s[i] = STEP(s[i], x, y);                         \
        }                                                                                            \
        UNROLL for (int i = 0; i < CHAINS; i++) __asm__ volatile("" : : REGISTER(s[i]));             \
        return rounds * CHAINS * (OPERATIONS);                                                       \
    }

#if defined(__x86_64__)
#define SET(FEATURES) __attribute__((target(FEATURES)))
#define WIDE "avx512f,avx512bw,avx512vl,avx512dq,avx2,fma"
#define FMA_8(s, x, y) _mm256_fmadd_ps(x, y, s)
#define FMA_16(s, x, y) _mm512_fmadd_ps(x, y, s)
/*
 * Without the instruction that does it all, what cannot be left out for weights of few bits, whose products are added in 16
 * bits; y is made to look new, so that nothing is moved out of the loop.
 */
#define DOT_8(s, x, y) ({ __asm__ volatile("" : "+x"(y)); _mm256_add_epi16(s, _mm256_maddubs_epi16(x, y)); })
/* The same for weights of all bits. */
#define DOT_16(s, x, y) \
    ({ __asm__ volatile("" : "+v"(y)); _mm512_add_epi32(s, _mm512_madd_epi16(_mm512_maddubs_epi16(x, y), x)); })

READ(read_avx2, SET("avx2"))
READ(read_avx512, SET(WIDE))
PEAK(f32_avx2, SET("avx2,fma"), __m256, _mm256_setzero_ps(), "x", FMA_8, 16)
PEAK(f32_avx512, SET(WIDE), __m512, _mm512_setzero_ps(), "v", FMA_16, 32)
PEAK(int8_avx2, SET("avx2"), __m256i, _mm256_setzero_si256(), "x", DOT_8, 64)
PEAK(int8_avx512, SET(WIDE), __m512i, _mm512_setzero_si512(), "v", DOT_16, 128)
PEAK(int8_avx_vnni, SET("avx2,avxvnni"), __m256i, _mm256_setzero_si256(), "x", _mm256_dpbusd_avx_epi32, 64)
PEAK(int8_avx512_vnni, SET(WIDE ",avx512vnni"), __m512i, _mm512_setzero_si512(), "v", _mm512_dpbusd_epi32, 128)

SET(WIDE ",avx512bf16") static int64_t bf16_avx512(int64_t rounds) {
    __m512 s[CHAINS];
    __m512i zero = _mm512_setzero_si512();
    __asm__ volatile("" : "+v"(zero));
    UNROLL for (int i = 0; i < CHAINS; i++) {
        s[i] = _mm512_setzero_ps();
        __asm__ volatile("" : "+v"(s[i]));
    }
    for (int64_t round = 0; round < rounds; round++) {
        UNROLL for (int i = 0; i < CHAINS; i++) s[i] = _mm512_dpbf16_ps(s[i], (__m512bh) zero, (__m512bh) zero);
    }
    UNROLL for (int i = 0; i < CHAINS; i++) __asm__ volatile("" : : "v"(s[i]));
    return rounds * CHAINS * 64;
}

/* Eight tiles of 16 rows of 64 bytes; four of them are sums. */
#define TILES(NAME, STEP, OPERATIONS)                                                                \
    SET("amx-tile,amx-int8,amx-bf16") static int64_t NAME(int64_t rounds) {                          \
        uint8_t shape[64] = {1}; /* the palette; from 16 on bytes of a row, from 48 on rows */       \
        for (int i = 0; i < 8; i++) shape[16 + 2 * i] = 64, shape[48 + i] = 16;                      \
        /* Compilers think that only the first bytes are read. */                                    \
        __asm__ volatile("" : : "r"(shape) : "memory");                                              \
        _tile_loadconfig(shape);                                                                     \
        _tile_zero(0); _tile_zero(1); _tile_zero(2); _tile_zero(3);                                  \
        _tile_zero(4); _tile_zero(5); _tile_zero(6); _tile_zero(7);                                  \
        for (int64_t round = 0; round < rounds; round++) {                                           \
            STEP(0, 4, 6); STEP(1, 4, 7); STEP(2, 5, 6); STEP(3, 5, 7);                              \
        }                                                                                            \
        _tile_release();                                                                             \
        return rounds * 4 * (OPERATIONS);                                                            \
    }
TILES(int8_amx, _tile_dpbssd, 2 * 16 * 16 * 64)
TILES(bf16_amx, _tile_dpbf16ps, 2 * 16 * 16 * 32)

EXPORT uint64_t altiplano_read(int instruction_set, const uint8_t *memory, int64_t bytes) {
    return instruction_set >= AVX512 ? read_avx512(memory, bytes) : read_avx2(memory, bytes);
}

EXPORT int64_t altiplano_peak(int instruction_set, int arithmetic, int64_t rounds) {
    switch (arithmetic) {
        case ARITHMETIC_F32: return instruction_set >= AVX512 ? f32_avx512(rounds) : f32_avx2(rounds);
        case ARITHMETIC_BF16:
            return instruction_set == AMX ? bf16_amx(rounds) : instruction_set == AVX512_BF16 ? bf16_avx512(rounds) : 0;
        default:
            switch (instruction_set) {
                case AVX2: return int8_avx2(rounds);
                case AVX_VNNI: return int8_avx_vnni(rounds);
                case AVX512: return int8_avx512(rounds);
                case AMX: return int8_amx(rounds);
                default: return int8_avx512_vnni(rounds);
            }
    }
}

#elif defined(__aarch64__)
#if defined(__clang__)
#define SET(FEATURE) __attribute__((target(FEATURE)))
#else
#define SET(FEATURE) __attribute__((target("arch=armv8.2-a+" FEATURE)))
#endif
#define FMA_4(s, x, y) vfmaq_f32(s, x, y)
#define DOT_ARM(s, x, y) vdotq_s32(s, vreinterpretq_s8_s32(x), vreinterpretq_s8_s32(y))
#define SQUARE_ARM(s, x, y) vmmlaq_s32(s, vreinterpretq_s8_s32(x), vreinterpretq_s8_s32(y))

READ(read_neon, )
PEAK(f32_neon, , float32x4_t, vdupq_n_f32(0), "w", FMA_4, 8)
PEAK(int8_dotprod, SET("dotprod"), int32x4_t, vdupq_n_s32(0), "w", DOT_ARM, 32)
PEAK(int8_i8mm, SET("i8mm"), int32x4_t, vdupq_n_s32(0), "w", SQUARE_ARM, 64)

EXPORT uint64_t altiplano_read(int instruction_set, const uint8_t *memory, int64_t bytes) {
    (void) instruction_set;
    return read_neon(memory, bytes);
}

EXPORT int64_t altiplano_peak(int instruction_set, int arithmetic, int64_t rounds) {
    switch (arithmetic) {
        case ARITHMETIC_F32: return f32_neon(rounds);
        case ARITHMETIC_INT8: return instruction_set == NEON_I8MM ? int8_i8mm(rounds) : int8_dotprod(rounds);
        default: return 0;
    }
}
#endif
