/*
 * Computes a linear layer in a process of its own, so that kernels of another architecture can be run by an emulator.
 *
 *   run_linear INSTRUCTION_SET WORKERS < layer > outputs
 *
 * A layer: int32 rows, generated rows, columns, matrices; for each matrix int32 rows, format, and its codes; then the activations and the
 * packed matrices. Without arguments it prints which instruction sets there are.
 */
#include <stdio.h>
#include <stdlib.h>

#include "../../main/c/linear/job.h"

int altiplano_instruction_sets(void);
void altiplano_prepare(const struct linear_job *job, int worker, int workers);
void altiplano_multiply(const struct linear_job *job, int worker, int workers);

static void *take(size_t bytes) {
    void *memory = aligned_alloc(64, (bytes + 127) / 64 * 64);
    if (!memory || fread(memory, 1, bytes, stdin) != bytes) exit(2);
    return memory;
}

int main(int count, char **arguments) {
    if (count != 3) {
        printf("%d\n", altiplano_instruction_sets());
        return 0;
    }
    int workers = atoi(arguments[2]);
    int32_t *sizes = take(16);
    int64_t shared[2] = {0, 0};
    struct linear_job job = {.instruction_set = atoi(arguments[1]), .rows = sizes[0], .generated = sizes[1],
                             .columns = sizes[2], .count = sizes[3], .shared = shared};
    for (int i = 0; i < job.count; i++) {
        int32_t *matrix = take(8 + sizeof(struct codes));
        job.stack[i].rows = matrix[0];
        job.stack[i].format = matrix[1];
        __builtin_memcpy(&job.stack[i].codes, matrix + 2, sizeof(struct codes));
        job.out_columns += matrix[0];
    }
    job.in = take((size_t) job.rows * job.columns * 4);
    for (int i = 0; i < job.count; i++) {
        job.stack[i].data = take((job.stack[i].rows + 15) / 16 * strip_bytes(job.stack[i].format, job.columns));
    }
    size_t outputs = (size_t) job.rows * job.out_columns;
    job.out = calloc(outputs, 4);
    for (int kind = 0; kind < KINDS; kind++) {
        job.prepared[kind] = aligned_alloc(64, ((size_t) job.rows + 16) * (job.columns + 32) * 4 / 64 * 64);
    }
    job.scratch = aligned_alloc(64, (size_t) workers * SCRATCH_BYTES);
    for (int worker = 0; worker < workers; worker++) altiplano_prepare(&job, worker, workers);
    for (int worker = 0; worker < workers; worker++) altiplano_multiply(&job, worker, workers);
    return fwrite(job.out, 4, outputs, stdout) == outputs ? 0 : 3;
}
