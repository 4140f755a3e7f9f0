/* Which instruction sets this machine runs, the operating system's consent included. */
#include "../altiplano.h"

#if defined(__x86_64__)
#include <cpuid.h>

/* Asks Linux for the tile registers: arch_prctl(ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA), for the whole process. */
static int tiles_permitted(void) {
#if defined(__linux__)
    long result;
    __asm__ volatile("syscall" : "=a"(result) : "a"(158L), "D"(0x1023L), "S"(18L) : "rcx", "r11", "memory");
    return result == 0;
#else
    return 0;
#endif
}

EXPORT int altiplano_instruction_sets(void) {
    unsigned a, b, c, d, a7, b7, c7, d7, a71 = 0, unused;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c >> 27 & 1)) return 0;
    unsigned fma = c >> 12 & 1, f16c = c >> 29 & 1;
    if (!__get_cpuid_count(7, 0, &a7, &b7, &c7, &d7)) return 0;
    if (a7 >= 1) __get_cpuid_count(7, 1, &a71, &unused, &unused, &unused);
    unsigned low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    int found = 0;
    if ((low & 0x6) != 0x6 || !fma || !f16c || !(b7 >> 5 & 1)) return 0;
    found |= 1 << AVX2;
    if (a71 >> 4 & 1) found |= 1 << AVX_VNNI;
    /* F, DQ, BW, VL, and the state of masks and wide registers. */
    if ((low & 0xe6) != 0xe6 || !(b7 >> 16 & 1) || !(b7 >> 17 & 1) || !(b7 >> 30 & 1) || !(b7 >> 31 & 1)) return found;
    found |= 1 << AVX512;
    if (!(c7 >> 11 & 1)) return found;
    found |= 1 << AVX512_VNNI;
#ifdef EMULATE_TILES
    return a71 >> 5 & 1 ? found | 1 << AVX512_BF16 | 1 << AMX : found;
#endif
    int tiles = (d7 >> 22 & 1) && (d7 >> 24 & 1) && (d7 >> 25 & 1) && (low & 0x60000) == 0x60000;
    if (!(a71 >> 5 & 1)) return found;
    /* Processors with tiles have slow bfloat16 vectors. */
    if (!tiles) return found | 1 << AVX512_BF16;
    return tiles_permitted() ? found | 1 << AMX : found;
}

#elif defined(__aarch64__)

/* From the kernel's registers for user space; Linux emulates reading them. */
EXPORT int altiplano_instruction_sets(void) {
    uint64_t isar0, isar1;
    __asm__("mrs %0, s3_0_c0_c6_0" : "=r"(isar0));
    __asm__("mrs %0, s3_0_c0_c6_1" : "=r"(isar1));
    int found = 0;
    if ((isar0 >> 44 & 15) >= 1) found |= 1 << NEON_DOTPROD;
    if (found && (isar1 >> 52 & 15) >= 1) found |= 1 << NEON_I8MM;
    return found;
}
#endif
