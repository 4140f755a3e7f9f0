/*
 * Kernels for training: F32 matrix products and the forward and backward passes around them.
 *
 * Every function computes a share of an operation: a range of rows, columns or heads. An element of the result is summed in
 * one fixed order whatever share it falls into, so the result does not depend on the number of threads. Written with the
 * compiler's vector types: the same source serves AVX-512, AVX2 and NEON. Widths (hidden, intermediate, head and vocabulary
 * size) are multiples of 16; the caller checks this.
 */
#include <math.h>
#include <stdint.h>
#include <string.h>

#define LANES 16

typedef float vec __attribute__((vector_size(64), aligned(4)));
typedef int32_t ivec __attribute__((vector_size(64), aligned(4)));

static inline vec load(const float *p) { return *(const vec *)p; }

static inline void store(float *p, vec v) { *(vec *)p = v; }

static inline vec splat(float x) { return x - (vec){0}; }

/* Pairwise, so that the order does not depend on the instruction set. */
static inline float sum(vec v) {
    float a[LANES];
    store(a, v);
    for (int width = LANES / 2; width > 0; width /= 2) {
        for (int i = 0; i < width; i++) {
            a[i] += a[i + width];
        }
    }
    return a[0];
}

static inline vec select(ivec mask, vec yes, vec no) { return (vec)(((ivec)yes & mask) | ((ivec)no & ~mask)); }

/* e^x by range reduction to [-ln2/2, ln2/2] and a polynomial of degree 6; relative error below 3e-7. */
static inline vec exponential(vec x) {
    x = select(x > splat(88.0f), splat(88.0f), x);
    x = select(x < splat(-87.0f), splat(-87.0f), x);
    const vec round = splat(12582912.0f);
    vec n = (x * 1.44269504f + round) - round;
    vec r = x - n * 0.693359375f;
    r = r + n * 2.12194440e-4f;
    vec p = r * 1.9875691500e-4f + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    ivec exponent = __builtin_convertvector(n, ivec) << 23;
    return (vec)((ivec)p + exponent);
}

/* ---- Matrix products ------------------------------------------------------------------------------------------------- */

#if defined(__AVX512F__)
#define MR 12 /* rows of the register tile: 24 accumulators of 16 lanes */
#define NV 2
#elif defined(__aarch64__)
#define MR 5 /* 20 accumulators of 4 lanes */
#define NV 1
#else
#define MR 5 /* 10 accumulators of 8 lanes */
#define NV 1
#endif
#define NR (NV * LANES)
#define KC 256 /* a panel of B, KC x NR, stays in the first-level cache */
#define NC 256 /* the packed part of B, KC x NC, stays in the second-level cache */
#define MC (8 * MR)

/* c[rows, NR] (+)= a[rows, depth] · panel[depth, NR]; rows <= MR is a constant where it is inlined. */
static inline __attribute__((always_inline)) void tile(
        int rows, int depth, const float *a, long aRow, long aDepth, const float *panel, float *c, long cRow, int columns,
        int add) {
    vec acc[MR][NV];
    for (int i = 0; i < rows; i++) {
        for (int v = 0; v < NV; v++) {
            acc[i][v] = (vec){0};
        }
    }
    for (int k = 0; k < depth; k++) {
        vec b[NV];
        for (int v = 0; v < NV; v++) {
            b[v] = *(const vec *)__builtin_assume_aligned(panel + k * NR + v * LANES, 64);
        }
        for (int i = 0; i < rows; i++) {
            vec x = splat(a[i * aRow]);
            for (int v = 0; v < NV; v++) {
                acc[i][v] += x * b[v];
            }
        }
        a += aDepth;
    }
    for (int i = 0; i < rows; i++) {
        float *target = c + i * cRow;
        if (columns == NR) {
            for (int v = 0; v < NV; v++) {
                store(target + v * LANES, add ? load(target + v * LANES) + acc[i][v] : acc[i][v]);
            }
        } else {
            float *values = (float *)acc[i];
            for (int j = 0; j < columns; j++) {
                target[j] = add ? target[j] + values[j] : values[j];
            }
        }
    }
}

static void narrow_tile(
        int rows, int depth, const float *a, long aRow, long aDepth, const float *panel, float *c, long cRow, int columns,
        int add) {
    for (int i = 0; i < rows; i++) {
        tile(1, depth, a + i * aRow, aRow, aDepth, panel, c + i * cRow, cRow, columns, add);
    }
}

static void pack(const float *b, long bDepth, long bColumn, int depth, int columns, float *packed) {
    for (int j = 0; j < columns; j += NR) {
        int width = columns - j < NR ? columns - j : NR;
        float *panel = packed + (long)j * KC;
        if (bColumn == 1) {
            for (int k = 0; k < depth; k++) {
                const float *source = b + k * bDepth + j;
                for (int n = 0; n < width; n++) {
                    panel[k * NR + n] = source[n];
                }
                for (int n = width; n < NR; n++) {
                    panel[k * NR + n] = 0;
                }
            }
        } else {
            for (int n = 0; n < NR; n++) {
                const float *source = b + (j + n) * bColumn;
                for (int k = 0; k < depth; k++) {
                    panel[k * NR + n] = n < width ? source[k * bDepth] : 0;
                }
            }
        }
    }
}

/*
 * c[first..last, n] (+)= a · b over a depth of k. Element (i, j) of a is a[i * aRow + j * aDepth], of b b[i * bDepth + j * bColumn],
 * so that transposed operands need no copy. Each element is summed in order of depth, KC at a time.
 */
void altiplano_dense_multiply(
        int first, int last, int n, int depth, const float *a, long aRow, long aDepth, const float *b, long bDepth,
        long bColumn, float *c, long cRow, int accumulate) {
    float packed[KC * NC] __attribute__((aligned(64)));
    for (int column = 0; column < n; column += NC) {
        int columns = n - column < NC ? n - column : NC;
        for (int start = 0; start < depth; start += KC) {
            int length = depth - start < KC ? depth - start : KC;
            int add = accumulate || start > 0;
            pack(b + start * bDepth + column * bColumn, bDepth, bColumn, length, columns, packed);
            for (int band = first; band < last; band += MC) {
                int end = band + MC < last ? band + MC : last;
                for (int j = 0; j < columns; j += NR) {
                    int width = columns - j < NR ? columns - j : NR;
                    const float *panel = packed + (long)j * KC;
                    int row = band;
                    for (; row + MR <= end; row += MR) {
                        tile(MR, length, a + row * aRow + start * aDepth, aRow, aDepth, panel,
                                c + row * cRow + column + j, cRow, width, add);
                    }
                    narrow_tile(end - row, length, a + row * aRow + start * aDepth, aRow, aDepth, panel,
                            c + row * cRow + column + j, cRow, width, add);
                }
            }
        }
    }
}

/* ---- RMSNorm (Zhang and Sennrich 2019) ------------------------------------------------------------------------------- */

/* out = x · inverse · weight, inverse[row] = 1 / sqrt(mean(x²) + epsilon), for rows [first, last). */
void altiplano_dense_norm(
        int first, int last, int size, const float *x, const float *weight, float epsilon, float *out, float *inverse) {
    for (int row = first; row < last; row++) {
        const float *in = x + (long)row * size;
        vec total = {0};
        for (int i = 0; i < size; i += LANES) {
            total += load(in + i) * load(in + i);
        }
        float scale = 1.0f / sqrtf(sum(total) / size + epsilon);
        inverse[row] = scale;
        for (int i = 0; i < size; i += LANES) {
            store(out + (long)row * size + i, load(in + i) * scale * load(weight + i));
        }
    }
}

/* dx += the gradient through the norm for rows [first, last). */
void altiplano_dense_norm_backward(
        int first, int last, int size, const float *x, const float *weight, const float *inverse, const float *dOut,
        float *dx) {
    for (int row = first; row < last; row++) {
        long at = (long)row * size;
        vec total = {0};
        for (int i = 0; i < size; i += LANES) {
            total += load(dOut + at + i) * load(weight + i) * load(x + at + i);
        }
        float scale = inverse[row];
        float shift = sum(total) * scale * scale * scale / size;
        for (int i = 0; i < size; i += LANES) {
            vec gradient = load(dOut + at + i) * load(weight + i) * scale - load(x + at + i) * shift;
            store(dx + at + i, load(dx + at + i) + gradient);
        }
    }
}

/* dWeight[columns first..last) += Σ over rows of dOut · x · inverse. */
void altiplano_dense_norm_weight(
        int first, int last, int rows, int size, const float *x, const float *inverse, const float *dOut, float *dWeight) {
    for (int i = first; i < last; i += LANES) {
        vec total = {0};
        for (int row = 0; row < rows; row++) {
            total += load(dOut + (long)row * size + i) * load(x + (long)row * size + i) * inverse[row];
        }
        store(dWeight + i, load(dWeight + i) + total);
    }
}

/* ---- Rotary embeddings (Su et al. 2021) ------------------------------------------------------------------------------ */

/* Rotates neighbouring pairs of the first `heads` heads of each row in place; direction -1 is the backward pass. */
void altiplano_dense_rotate(
        int first, int last, int stride, int heads, int headDim, const float *cosSin, int context, float direction,
        float *x) {
    for (int row = first; row < last; row++) {
        const float *angles = cosSin + (long)(row % context) * headDim;
        for (int head = 0; head < heads; head++) {
            float *pair = x + (long)row * stride + head * headDim;
            for (int i = 0; i < headDim; i += 2) {
                float c = angles[i], s = angles[i + 1] * direction;
                float even = pair[i], odd = pair[i + 1];
                pair[i] = even * c - odd * s;
                pair[i + 1] = even * s + odd * c;
            }
        }
    }
}

/* ---- Causal attention ------------------------------------------------------------------------------------------------ */

#define MAX_HEAD_DIM 256

/* Copies one head of `context` rows to its transpose [headDim, context]. */
static void transpose_head(const float *x, int stride, int context, int headDim, float *out) {
    for (int t = 0; t < context; t++) {
        for (int d = 0; d < headDim; d++) {
            out[(long)d * context + t] = x[(long)t * stride + d];
        }
    }
}

/*
 * scores[j] = scale · q · k_j for j in [from & -LANES, to], from a transposed head. What lies before `from` or behind `to` is
 * minus infinity. Returns the largest.
 */
static float score_row(
        const float *q, const float *transposed, int context, int headDim, int from, int to, float scale, float *scores) {
    float largest = -INFINITY;
    for (int j = from & -LANES; j <= to; j += LANES) {
        vec total = {0};
        for (int d = 0; d < headDim; d++) {
            total += q[d] * load(transposed + (long)d * context + j);
        }
        store(scores + j, total * scale);
        for (int l = j; l < j + LANES; l++) {
            if (l < from || l > to) {
                scores[l] = -INFINITY;
            } else if (scores[l] > largest) {
                largest = scores[l];
            }
        }
    }
    return largest;
}

/*
 * Attention of the tasks [first, last), task = sequence · kvHeads + kvHead, each over the heads that share the keys. A row sees
 * the rows of its document: starts[row] up to itself. `context` is a multiple of 16. logSum[sequence, head, row] is kept for the
 * backward pass instead of the matrix of weights. scratch: (headDim + 1) · context floats.
 */
void altiplano_dense_attention(
        int first, int last, int context, int heads, int kvHeads, int headDim, const float *qkv, const int32_t *starts,
        float *out, float *logSum, float *scratch) {
    int stride = (heads + 2 * kvHeads) * headDim;
    int group = heads / kvHeads;
    float scale = 1.0f / sqrtf((float)headDim);
    float *scores = scratch + (long)headDim * context;
    for (int task = first; task < last; task++) {
        int sequence = task / kvHeads, kvHead = task % kvHeads;
        const float *rows = qkv + (long)sequence * context * stride;
        const float *keys = rows + (heads + kvHead) * headDim;
        const float *values = rows + (heads + kvHeads + kvHead) * headDim;
        transpose_head(keys, stride, context, headDim, scratch);
        for (int head = kvHead * group; head < (kvHead + 1) * group; head++) {
            for (int t = 0; t < context; t++) {
                int from = starts[sequence * context + t];
                float largest = score_row(
                        rows + (long)t * stride + head * headDim, scratch, context, headDim, from, t, scale, scores);
                vec total = {0};
                for (int j = from & -LANES; j <= t; j += LANES) {
                    vec s = load(scores + j);
                    vec p = exponential(s - largest);
                    p = select(s == splat(-INFINITY), (vec){0}, p);
                    store(scores + j, p);
                    total += p;
                }
                float whole = sum(total);
                logSum[((long)sequence * heads + head) * context + t] = largest + logf(whole);
                vec acc[MAX_HEAD_DIM / LANES];
                for (int d = 0; d < headDim / LANES; d++) {
                    acc[d] = (vec){0};
                }
                for (int j = from; j <= t; j++) {
                    const float *v = values + (long)j * stride;
                    for (int d = 0; d < headDim / LANES; d++) {
                        acc[d] += scores[j] * load(v + d * LANES);
                    }
                }
                float *target = out + ((long)sequence * context + t) * heads * headDim + head * headDim;
                for (int d = 0; d < headDim / LANES; d++) {
                    store(target + d * LANES, acc[d] * (1.0f / whole));
                }
            }
        }
    }
}

/*
 * The backward pass: the weights are computed again from logSum. dQkv [rows, (heads + 2 kvHeads) · headDim] is overwritten.
 * scratch: (2 · headDim + 2) · context floats.
 */
void altiplano_dense_attention_backward(
        int first, int last, int context, int heads, int kvHeads, int headDim, const float *qkv, const int32_t *starts,
        const float *out, const float *logSum, const float *dOut, float *dQkv, float *scratch) {
    int stride = (heads + 2 * kvHeads) * headDim;
    int group = heads / kvHeads;
    int parts = headDim / LANES;
    float scale = 1.0f / sqrtf((float)headDim);
    float *transposedKeys = scratch;
    float *transposedValues = scratch + (long)headDim * context;
    float *scores = transposedValues + (long)headDim * context;
    float *slopes = scores + context;
    for (int task = first; task < last; task++) {
        int sequence = task / kvHeads, kvHead = task % kvHeads;
        long base = (long)sequence * context * stride;
        const float *rows = qkv + base;
        long keysAt = (heads + kvHead) * headDim, valuesAt = (heads + kvHeads + kvHead) * headDim;
        float *dKeys = dQkv + base + keysAt, *dValues = dQkv + base + valuesAt;
        transpose_head(rows + keysAt, stride, context, headDim, transposedKeys);
        transpose_head(rows + valuesAt, stride, context, headDim, transposedValues);
        for (int t = 0; t < context; t++) {
            memset(dKeys + (long)t * stride, 0, sizeof(float) * headDim);
            memset(dValues + (long)t * stride, 0, sizeof(float) * headDim);
        }
        for (int head = kvHead * group; head < (kvHead + 1) * group; head++) {
            for (int t = 0; t < context; t++) {
                int from = starts[sequence * context + t];
                const float *q = rows + (long)t * stride + head * headDim;
                long at = ((long)sequence * context + t) * heads * headDim + head * headDim;
                const float *gradient = dOut + at;
                vec dot = {0};
                for (int d = 0; d < parts; d++) {
                    dot += load(gradient + d * LANES) * load(out + at + d * LANES);
                }
                float mean = sum(dot);
                float whole = logSum[((long)sequence * heads + head) * context + t];
                score_row(q, transposedKeys, context, headDim, from, t, scale, scores);
                for (int j = from & -LANES; j <= t; j += LANES) {
                    vec s = load(scores + j);
                    vec p = select(s == splat(-INFINITY), (vec){0}, exponential(s - whole));
                    vec slope = {0};
                    for (int d = 0; d < headDim; d++) {
                        slope += gradient[d] * load(transposedValues + (long)d * context + j);
                    }
                    store(scores + j, p);
                    store(slopes + j, p * (slope - mean) * scale);
                }
                vec dq[MAX_HEAD_DIM / LANES];
                for (int d = 0; d < parts; d++) {
                    dq[d] = (vec){0};
                }
                for (int j = from; j <= t; j++) {
                    float p = scores[j], slope = slopes[j];
                    const float *k = rows + keysAt + (long)j * stride;
                    float *dk = dKeys + (long)j * stride, *dv = dValues + (long)j * stride;
                    for (int d = 0; d < parts; d++) {
                        int o = d * LANES;
                        dq[d] += slope * load(k + o);
                        store(dk + o, load(dk + o) + slope * load(q + o));
                        store(dv + o, load(dv + o) + p * load(gradient + o));
                    }
                }
                for (int d = 0; d < parts; d++) {
                    store(dQkv + base + (long)t * stride + head * headDim + d * LANES, dq[d]);
                }
            }
        }
    }
}

/* ---- SwiGLU (Shazeer 2020) ------------------------------------------------------------------------------------------- */

/* out[row] = silu(gate) · up, gateUp [rows, 2 · size]. */
void altiplano_dense_swiglu(int first, int last, int size, const float *gateUp, float *out) {
    for (int row = first; row < last; row++) {
        const float *gate = gateUp + (long)row * 2 * size, *up = gate + size;
        for (int i = 0; i < size; i += LANES) {
            vec g = load(gate + i);
            store(out + (long)row * size + i, g / (1.0f + exponential(-g)) * load(up + i));
        }
    }
}

/* Overwrites gateUp by its gradient. */
void altiplano_dense_swiglu_backward(int first, int last, int size, float *gateUp, const float *dOut) {
    for (int row = first; row < last; row++) {
        float *gate = gateUp + (long)row * 2 * size, *up = gate + size;
        for (int i = 0; i < size; i += LANES) {
            vec g = load(gate + i), u = load(up + i), d = load(dOut + (long)row * size + i);
            vec sigmoid = 1.0f / (1.0f + exponential(-g));
            vec silu = g * sigmoid;
            store(gate + i, d * u * (sigmoid + silu * (1.0f - sigmoid)));
            store(up + i, d * silu);
        }
    }
}

/* ---- Cross-entropy --------------------------------------------------------------------------------------------------- */

/*
 * losses[row] = -ln p(target) and, where `scale` is not 0, logits become the gradient of scale · weight · loss. A row of
 * weight 0 loses nothing and has no gradient.
 */
void altiplano_dense_cross_entropy(
        int first, int last, int size, float *logits, const int32_t *targets, const float *weights, float scale,
        float *losses) {
    for (int row = first; row < last; row++) {
        float *in = logits + (long)row * size;
        if (weights[row] == 0) {
            losses[row] = 0;
            if (scale != 0) {
                memset(in, 0, sizeof(float) * size);
            }
            continue;
        }
        vec top = load(in);
        for (int i = LANES; i < size; i += LANES) {
            vec v = load(in + i);
            top = select(v > top, v, top);
        }
        float largest = top[0];
        for (int i = 1; i < LANES; i++) {
            largest = top[i] > largest ? top[i] : largest;
        }
        float wanted = in[targets[row]];
        vec total = {0};
        for (int i = 0; i < size; i += LANES) {
            vec e = exponential(load(in + i) - largest);
            total += e;
            if (scale != 0) {
                store(in + i, e);
            }
        }
        float whole = sum(total);
        losses[row] = logf(whole) + largest - wanted;
        if (scale != 0) {
            float factor = scale * weights[row];
            for (int i = 0; i < size; i += LANES) {
                store(in + i, load(in + i) * (factor / whole));
            }
            in[targets[row]] -= factor;
        }
    }
}

/* ---- Embedding, optimizer, sums -------------------------------------------------------------------------------------- */

/* dTable[ids[row], first..last) += dx[row, first..last) for all rows in order. */
void altiplano_dense_embed_backward(
        int first, int last, int rows, int size, const int32_t *ids, const float *dx, float *dTable) {
    for (int row = 0; row < rows; row++) {
        float *target = dTable + (long)ids[row] * size;
        for (int i = first; i < last; i += LANES) {
            store(target + i, load(target + i) + load(dx + (long)row * size + i));
        }
    }
}

/*
 * AdamW (Loshchilov and Hutter 2019) on elements [first, last), multiples of 16: the gradient is multiplied by `clip` first;
 * correction1 and correction2 are 1 / (1 - beta^step).
 */
void altiplano_dense_adamw(
        long first, long last, float *weight, const float *gradient, float *mean, float *square, float rate, float beta1,
        float beta2, float epsilon, float decay, float clip, float correction1, float correction2) {
    for (long i = first; i < last; i += LANES) {
        vec g = load(gradient + i) * clip;
        vec m = load(mean + i) * beta1 + g * (1.0f - beta1);
        vec s = load(square + i) * beta2 + g * g * (1.0f - beta2);
        store(mean + i, m);
        store(square + i, s);
        vec corrected = s * correction2;
        vec root;
        for (int l = 0; l < LANES; l++) {
            root[l] = sqrtf(corrected[l]);
        }
        vec w = load(weight + i);
        store(weight + i, w - rate * (m * correction1 / (root + epsilon) + decay * w));
    }
}

/* The sum of squares of elements [first, last), a multiple of 16 of them. */
double altiplano_dense_squares(long first, long last, const float *x) {
    double total = 0;
    for (long i = first; i < last;) {
        long end = i + 1024 < last ? i + 1024 : last;
        vec part = {0};
        for (; i < end; i += LANES) {
            part += load(x + i) * load(x + i);
        }
        total += sum(part);
    }
    return total;
}

/* Whether this processor runs what this variant was compiled for. */
int altiplano_dense_supported(void) {
#if defined(__AVX512F__)
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")
            && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("fma");
#elif defined(__AVX2__)
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
    return 1;
#endif
}

/* Multiplies and adds in registers, `rounds` times 8 vectors: 256 operations a round. For measuring what the processor can do. */
float altiplano_dense_spin(long rounds) {
    vec a[8];
    for (int i = 0; i < 8; i++) {
        a[i] = splat((float)i);
    }
    const vec x = splat(0.999f), y = splat(1e-3f);
    for (long r = 0; r < rounds; r++) {
        for (int i = 0; i < 8; i++) {
            a[i] = a[i] * x + y;
        }
    }
    return sum(a[0] + a[1] + a[2] + a[3] + a[4] + a[5] + a[6] + a[7]);
}
