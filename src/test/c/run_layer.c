/*
 * Computes what lies between matrix products in a process of its own, so that kernels of another architecture can be run by an
 * emulator: reads calls until there are no more, and writes the memories that each has changed. A call is a struct call and its
 * memories, each of them int64 bytes and these bytes.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../main/c/layer/attention.h"

int64_t altiplano_attention_scratch_neon(int64_t dim, int64_t group, int64_t format);
void altiplano_rotate_and_store_neon(const struct attention *a, int64_t begin, int64_t end);
void altiplano_attention_neon(const struct attention *a, const struct part *part, uint8_t *memory);
void altiplano_attention_merge_neon(const struct attention *a, const struct part *part);
void altiplano_rms_norm_neon(const float *x, const float *weight, float epsilon, float *out, int64_t rows, int64_t size);
void altiplano_swiglu_neon(const float *gate_up, float *out, int64_t rows, int64_t size);
float altiplano_largest_neon(const float *values, int64_t size);
double altiplano_sum_exp_neon(const float *values, int64_t size, float largest);
double altiplano_softmax_neon(const float *values, int64_t size, float temperature, float *out);
void altiplano_top_k_neon(const float *values, int64_t size, int64_t k, int32_t *heap);

/* In the order of EmulatedLayer.Kernel. */
enum kernel { ROTATE_AND_STORE, ATTENTION, RMS_NORM, SWIGLU, SUM_EXP, SOFTMAX, TOP_K };

struct call {
    int64_t kernel, memories, first, second;
    double number;
};

/* Of attention: its structure, what that points at in the order of its fields, and the parts. */
enum { STRUCTURE = 0, QKV = 1, OUT = 2, KV = 3, POINTERS = 8, PARTS = 9, MOST_MEMORIES = 10 };

static void *memory[MOST_MEMORIES];
static int64_t bytes[MOST_MEMORIES];

static void *allocated(int64_t size) { return aligned_alloc(64, (size_t) (size + 64) / 64 * 64); }

static void take(int i) {
    if (fread(&bytes[i], 8, 1, stdin) != 1) exit(2);
    memory[i] = allocated(bytes[i]);
    if (!memory[i] || fread(memory[i], 1, (size_t) bytes[i], stdin) != (size_t) bytes[i]) exit(2);
}

static void give(int i) { fwrite(memory[i], 1, (size_t) bytes[i], stdout); }

static void attend(const struct attention *a, int64_t parts, int64_t merges) {
    const struct part *part = memory[PARTS];
    int64_t size = altiplano_attention_scratch_neon(a->head_dim, a->heads / a->kv_heads, a->format);
    uint8_t *scratch = allocated(size);
    /* What was never written is no number. */
    memset(scratch, 0xFF, (size_t) size);
    for (int64_t i = 0; i < parts; i++) altiplano_attention_neon(a, part++, scratch);
    for (int64_t i = 0; i < merges; i++) altiplano_attention_merge_neon(a, part++);
    free(scratch);
}

static void compute(const struct call *call) {
    int64_t rows = call->first, size = call->second;
    float number = (float) call->number, *x = memory[0], *y = memory[1];
    double sum;
    switch (call->kernel) {
        case ROTATE_AND_STORE:
            memcpy(memory[STRUCTURE], memory + 1, POINTERS * sizeof(void *));
            altiplano_rotate_and_store_neon(memory[STRUCTURE], 0, call->first);
            give(QKV);
            give(KV);
            break;
        case ATTENTION:
            memcpy(memory[STRUCTURE], memory + 1, POINTERS * sizeof(void *));
            attend(memory[STRUCTURE], call->first, call->second);
            give(OUT);
            break;
        case RMS_NORM:
            altiplano_rms_norm_neon(x, y, number, x, rows, size);
            give(0);
            break;
        case SWIGLU:
            altiplano_swiglu_neon(x, y, rows, size);
            give(1);
            break;
        case SUM_EXP:
            *y = altiplano_largest_neon(x, size);
            sum = altiplano_sum_exp_neon(x, size, *y);
            give(1);
            fwrite(&sum, 8, 1, stdout);
            break;
        case SOFTMAX:
            sum = altiplano_softmax_neon(x, size, number, y);
            give(1);
            fwrite(&sum, 8, 1, stdout);
            break;
        case TOP_K:
            altiplano_top_k_neon(x, size, call->first, memory[1]);
            give(1);
            break;
        default: exit(3);
    }
}

int main(void) {
    struct call call;
    while (fread(&call, sizeof call, 1, stdin) == 1) {
        if (call.memories > MOST_MEMORIES) return 3;
        for (int i = 0; i < call.memories; i++) take(i);
        compute(&call);
        if (fflush(stdout) != 0) return 4;
        for (int i = 0; i < call.memories; i++) free(memory[i]);
    }
    return 0;
}
