/* What NativeLayer.java writes down for attention, which has checked it. */
#ifndef ATTENTION_H
#define ATTENTION_H

#include <stdint.h>

/* Positions after which attention is cut, and the most queries of a tile. */
enum { SECTION = 256, TILE_QUERIES = 96 };

enum kv_format { KV_F32 = 0, KV_F16 = 1, KV_Q8 = 2, KV_I16 = 3 };

struct attention {
    float *qkv;               /* [rows][(heads + 2 kv_heads) head_dim] */
    float *out;               /* [rows][heads head_dim] */
    uint8_t *kv;              /* KV memory of the layer */
    const float *cos_sin;     /* [positions][head_dim] */
    const int32_t *positions; /* [rows] */
    const int32_t *lists;     /* [rows] */
    const int32_t *blocks;
    float *partials;          /* see attention_part */
    int64_t heads, kv_heads, head_dim, block_tokens, format;
    int64_t head_bytes;       /* keys, or values, of one KV head in one KV block */
    float scale;
    int64_t window;           /* positions that a row sees, itself the last; 0: all before it */
};

/* Rows [row, row + rows) of one sequence, heads of kv_head, sections [begin, end). */
struct part {
    int32_t row, rows, kv_head, begin, end, partial;
};

#endif
