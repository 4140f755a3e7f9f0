/* What Java must know of structures and numbers of the C files, by name: NativeFacts.java compares it with what it believes. */
#include "altiplano.h"
#include "layer/attention.h"
#include "linear/job.h"

struct fact {
    char name[40];
    int64_t value;
};

#define SIZE(STRUCTURE) {#STRUCTURE, sizeof(struct STRUCTURE)}
#define OFFSET(STRUCTURE, FIELD) {#STRUCTURE "." #FIELD, offsetof(struct STRUCTURE, FIELD)}
#define NUMBER(NAME) {#NAME, NAME}

EXPORT const struct fact altiplano_facts[] = {
        SIZE(linear_job),
        OFFSET(linear_job, in),
        OFFSET(linear_job, out),
        OFFSET(linear_job, prepared),
        OFFSET(linear_job, scratch),
        OFFSET(linear_job, private_bytes),
        OFFSET(linear_job, shared),
        OFFSET(linear_job, instruction_set),
        OFFSET(linear_job, rows),
        OFFSET(linear_job, generated),
        OFFSET(linear_job, columns),
        OFFSET(linear_job, out_columns),
        OFFSET(linear_job, accumulate),
        OFFSET(linear_job, count),
        OFFSET(linear_job, stack),

        SIZE(matrix),
        OFFSET(matrix, data),
        OFFSET(matrix, rows),
        OFFSET(matrix, format),
        OFFSET(matrix, codes.weights),
        OFFSET(matrix, codes.unit),

        SIZE(attention),
        OFFSET(attention, qkv),
        OFFSET(attention, out),
        OFFSET(attention, kv),
        OFFSET(attention, cos_sin),
        OFFSET(attention, positions),
        OFFSET(attention, lists),
        OFFSET(attention, blocks),
        OFFSET(attention, partials),
        OFFSET(attention, heads),
        OFFSET(attention, kv_heads),
        OFFSET(attention, head_dim),
        OFFSET(attention, block_tokens),
        OFFSET(attention, format),
        OFFSET(attention, head_bytes),
        OFFSET(attention, scale),
        OFFSET(attention, window),

        SIZE(part),
        OFFSET(part, row),
        OFFSET(part, rows),
        OFFSET(part, kv_head),
        OFFSET(part, begin),
        OFFSET(part, end),
        OFFSET(part, partial),

        SIZE(record),
        NUMBER(MAX_STACK),
        NUMBER(KINDS),
        NUMBER(SCRATCH_BYTES),
        NUMBER(SECTION),
        NUMBER(TILE_QUERIES),

        NUMBER(KV_F32),
        NUMBER(KV_F16),
        NUMBER(KV_Q8),
        NUMBER(KV_I16),

        NUMBER(AVX2),
        NUMBER(AVX_VNNI),
        NUMBER(AVX512),
        NUMBER(AVX512_VNNI),
        NUMBER(AVX512_BF16),
        NUMBER(AMX),
        NUMBER(NEON_DOTPROD),
        NUMBER(NEON_I8MM),

        NUMBER(F32),
        NUMBER(F16),
        NUMBER(BF16),
        NUMBER(Q8_0),
        NUMBER(Q4_0),
        NUMBER(Q4_K),
        NUMBER(Q5_K),
        NUMBER(Q6_K),
        NUMBER(CODED),
        NUMBER(CODED_E8M0),
        NUMBER(CODED_K),
        NUMBER(CODED_16),
        {"", 0}};

/* Bytes of a strip of 16 rows, so that Java can compare it with PackedLayout.stripBytes. */
EXPORT int64_t altiplano_strip_bytes(int format, int columns) {
    return (int64_t) strip_bytes(format, columns);
}
