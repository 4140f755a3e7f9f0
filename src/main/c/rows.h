/* Work between matrix products, row by row: dev.altiplano.engine.kernel.scalar.ScalarRows defines what is computed. */

/* Rows of x, divided by the root of their mean square and multiplied by weight. Element i is squared into lane i mod 64. */
void KERNEL(rms_norm)(const float *x, const float *weight, float epsilon, float *out, int64_t rows, int64_t size) {
    for (int64_t row = 0; row < rows; row++, x += size, out += size) {
        v16 sums[4] = {v_set(0), v_set(0), v_set(0), v_set(0)};
        int64_t i = 0;
        for (; i + 64 <= size; i += 64) {
            for (int j = 0; j < 4; j++) {
                v16 value = v_load(x + i + 16 * j);
                sums[j] = v_fma(value, value, sums[j]);
            }
        }
        for (int j = 0; j < 4; j++, i += 16) {
            if (i < size) {
                v16 value = i + 16 <= size ? v_load(x + i) : v_load_n(x + i, size - i);
                sums[j] = v_fma(value, value, sums[j]);
            }
        }
        float sum = v_sum(v_add(v_add(sums[0], sums[2]), v_add(sums[1], sums[3])));
        v16 mean = v_div(v_set(sum), v_set((float) size));
        v16 inverse = v_div(v_set(1.0f), v_sqrt(v_add(mean, v_set(epsilon))));
        for (i = 0; i + 16 <= size; i += 16) {
            v_store(out + i, v_mul(v_mul(v_load(x + i), inverse), v_load(weight + i)));
        }
        if (i < size) {
            v16 scaled = v_mul(v_load_n(x + i, size - i), inverse);
            v_store_n(out + i, v_mul(scaled, v_load_n(weight + i, size - i)), size - i);
        }
    }
}

INLINE v16 silu(v16 x) {
    return v_div(x, v_add(v_set(1.0f), v_exp(v_sub(v_set(-0.0f), x))));
}

/* silu(gate) · up, where each row of gate_up is the gate, then up. */
void KERNEL(swiglu)(const float *gate_up, float *out, int64_t rows, int64_t size) {
    for (int64_t row = 0; row < rows; row++, gate_up += 2 * size, out += size) {
        const float *up = gate_up + size;
        int64_t i = 0;
        for (; i + 16 <= size; i += 16) {
            v_store(out + i, v_mul(silu(v_load(gate_up + i)), v_load(up + i)));
        }
        if (i < size) {
            v_store_n(out + i, v_mul(silu(v_load_n(gate_up + i, size - i)), v_load_n(up + i, size - i)), size - i);
        }
    }
}

/* The largest of size numbers; negative infinity where there is none. */
float KERNEL(largest)(const float *values, int64_t size) {
    const float least = -__builtin_inff();
    v16 largest = v_set(least);
    int64_t i = 0;
    for (; i + 16 <= size; i += 16) {
        largest = v_max(v_load(values + i), largest);
    }
    if (i < size) {
        largest = v_max(v_below(v_load_n(values + i, size - i), size - i, v_set(least)), largest);
    }
    return v_largest(largest);
}

INLINE double d_sum(d16 x) {
    double lanes[16];
    d_store(lanes, x);
    for (int half = 8; half > 0; half /= 2) {
        for (int j = 0; j < half; j++) {
            lanes[j] += lanes[j + half];
        }
    }
    return lanes[0];
}

/* The sum of exp(value - largest), element i in lane i mod 16, in double precision. */
double KERNEL(sum_exp)(const float *values, int64_t size, float largest) {
    d16 sum = d_zero();
    v16 shift = v_set(largest);
    int64_t i = 0;
    for (; i + 16 <= size; i += 16) {
        sum = d_add(sum, v_exp(v_sub(v_load(values + i), shift)));
    }
    if (i < size) {
        v16 weights = v_exp(v_sub(v_load_n(values + i, size - i), shift));
        sum = d_add(sum, v_below(weights, size - i, v_set(0)));
    }
    return d_sum(sum);
}

/* What is no number becomes negative infinity. */
INLINE v16 numbers(v16 x) { return v_equal(x, x, x, v_set(-__builtin_inff())); }

INLINE v16 weight_of(v16 x, v16 largest, v16 temperature) {
    x = numbers(x);
    return v_equal(x, largest, v_set(1.0f), v_exp(v_div(v_sub(x, largest), temperature)));
}

/* exp((value - largest) / temperature) and the sum of these, as in sum_exp. */
double KERNEL(softmax)(const float *values, int64_t size, float temperature, float *out) {
    v16 largest = v_set(-__builtin_inff()), divisor = v_set(temperature);
    int64_t i = 0;
    for (; i + 16 <= size; i += 16) {
        largest = v_max(numbers(v_load(values + i)), largest);
    }
    if (i < size) {
        largest = v_max(v_below(numbers(v_load_n(values + i, size - i)), size - i, largest), largest);
    }
    largest = v_set(v_largest(largest));
    d16 sum = d_zero();
    for (i = 0; i + 16 <= size; i += 16) {
        v16 weights = weight_of(v_load(values + i), largest, divisor);
        v_store(out + i, weights);
        sum = d_add(sum, weights);
    }
    if (i < size) {
        v16 weights = weight_of(v_load_n(values + i, size - i), largest, divisor);
        v_store_n(out + i, weights, size - i);
        sum = d_add(sum, v_below(weights, size - i, v_set(0)));
    }
    return d_sum(sum);
}

INLINE float order(const float *values, int32_t index) {
    float value = values[index];
    return value == value ? value : -__builtin_inff();
}

INLINE int worse(float value, int32_t index, float than, int32_t than_index) {
    return value < than || (value == than && index > than_index);
}

static void sift_down(const float *values, int32_t *heap, int64_t at, int64_t size) {
    int32_t index = heap[at];
    float value = order(values, index);
    while (2 * at + 1 < size) {
        int64_t child = 2 * at + 1;
        float child_value = order(values, heap[child]);
        if (child + 1 < size) {
            float right = order(values, heap[child + 1]);
            if (worse(right, heap[child + 1], child_value, heap[child])) {
                child++;
                child_value = right;
            }
        }
        if (!worse(child_value, heap[child], value, index)) {
            break;
        }
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = index;
}

/* The indices of the k largest, largest first: a heap with the worst of the best on top. 0 < k <= size. */
void KERNEL(top_k)(const float *values, int64_t size, int64_t k, int32_t *heap) {
    for (int64_t i = 0; i < k; i++) {
        heap[i] = (int32_t) i;
    }
    for (int64_t i = k / 2 - 1; i >= 0; i--) {
        sift_down(values, heap, i, k);
    }
    float threshold = order(values, heap[0]);
    for (int64_t i = k; i < size;) {
        if (i + 16 <= size && !v_any_above(v_load(values + i), v_set(threshold))) {
            i += 16;
            continue;
        }
        int64_t end = i + 16 <= size ? i + 16 : size;
        for (; i < end; i++) {
            if (values[i] > threshold) {
                heap[0] = (int32_t) i;
                sift_down(values, heap, 0, k);
                threshold = order(values, heap[0]);
            }
        }
    }
    for (int64_t left = k - 1; left > 0; left--) {
        int32_t worst = heap[0];
        heap[0] = heap[left];
        heap[left] = worst;
        sift_down(values, heap, 0, left);
    }
}
