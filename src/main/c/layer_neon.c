/* Everything but matrix products, for aarch64. */
#if defined(__aarch64__)
#define LANES_NEON
#include "lanes.h"
#include "rows.h"
#include "attention.h"
#endif
