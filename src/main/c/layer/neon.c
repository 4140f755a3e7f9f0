/* Everything but matrix products, for aarch64. */
#if defined(__aarch64__)
#define LANES_NEON
#include "lanes.inc"
#include "rows.inc"
#include "attention.inc"
#endif
