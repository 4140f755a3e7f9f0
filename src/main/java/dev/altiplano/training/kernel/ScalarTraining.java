package dev.altiplano.training.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.altiplano.engine.kernel.Backend;
import dev.altiplano.engine.os.WorkerPool;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** {@link TrainingKernels} as written in the books: the oracle for the native ones, and what computes where they do not load. */
public final class ScalarTraining implements TrainingKernels {

    private final WorkerPool pool;
    private final List<String> rejected;

    public ScalarTraining(WorkerPool pool, List<String> rejected) {
        this.pool = pool;
        this.rejected = List.copyOf(rejected);
    }

    @Override
    public Backend backend() {
        return new Backend("scalar", "java", "built in", pool.threads(), rejected);
    }

    /** A loop body over [first, last). */
    private interface Range {
        void run(int first, int last);
    }

    private void share(int count, Range range) {
        pool.run((worker, workers) ->
                range.run((int) ((long) count * worker / workers), (int) ((long) count * (worker + 1) / workers)));
    }

    private static float get(MemorySegment x, long index) {
        return x.getAtIndex(JAVA_FLOAT, index);
    }

    private static void set(MemorySegment x, long index, float value) {
        x.setAtIndex(JAVA_FLOAT, index, value);
    }

    private static void add(MemorySegment x, long index, float value) {
        set(x, index, get(x, index) + value);
    }

    private static float[] row(MemorySegment x, long row, int size) {
        float[] copy = new float[size];
        MemorySegment.copy(x, JAVA_FLOAT, row * size * Float.BYTES, copy, 0, size);
        return copy;
    }

    private static void put(float[] values, MemorySegment x, long row, boolean accumulate) {
        for (int i = 0; i < values.length; i++) {
            long at = row * values.length + i;
            set(x, at, accumulate ? get(x, at) + values[i] : values[i]);
        }
    }

    @Override
    public void linear(Product shape, MemorySegment x, MemorySegment w, MemorySegment y, boolean accumulate) {
        int rows = shape.rows();
        int in = shape.in();
        int out = shape.out();
        float[] transposed = new float[in * out];
        for (int o = 0; o < out; o++) {
            for (int i = 0; i < in; i++) {
                transposed[i * out + o] = get(w, (long) o * in + i);
            }
        }
        share(rows, (first, last) -> {
            for (int r = first; r < last; r++) {
                float[] result = new float[out];
                for (int i = 0; i < in; i++) {
                    multiplyAdd(get(x, (long) r * in + i), transposed, i * out, result);
                }
                put(result, y, r, accumulate);
            }
        });
    }

    @Override
    public void linearInput(Product shape, MemorySegment dy, MemorySegment w, MemorySegment dx, boolean accumulate) {
        int rows = shape.rows();
        int in = shape.in();
        int out = shape.out();
        float[] weights = row(w, 0, in * out);
        share(rows, (first, last) -> {
            for (int r = first; r < last; r++) {
                float[] result = new float[in];
                for (int o = 0; o < out; o++) {
                    multiplyAdd(get(dy, (long) r * out + o), weights, o * in, result);
                }
                put(result, dx, r, accumulate);
            }
        });
    }

    @Override
    public void linearWeight(Product shape, MemorySegment dy, MemorySegment x, MemorySegment dw, boolean accumulate) {
        int rows = shape.rows();
        int in = shape.in();
        int out = shape.out();
        float[] inputs = row(x, 0, rows * in);
        share(out, (first, last) -> {
            for (int o = first; o < last; o++) {
                float[] result = new float[in];
                for (int r = 0; r < rows; r++) {
                    multiplyAdd(get(dy, (long) r * out + o), inputs, r * in, result);
                }
                put(result, dw, o, accumulate);
            }
        });
    }

    private static void multiplyAdd(float factor, float[] values, int from, float[] result) {
        for (int i = 0; i < result.length; i++) {
            result[i] += factor * values[from + i];
        }
    }

    @Override
    public void norm(Rows shape, Norm norm, float epsilon, MemorySegment out) {
        int rows = shape.rows();
        int size = shape.size();
        MemorySegment x = norm.x();
        MemorySegment weight = norm.weight();
        MemorySegment inverse = norm.inverse();
        share(rows, (first, last) -> {
            for (int r = first; r < last; r++) {
                float[] in = row(x, r, size);
                float squares = 0;
                for (float value : in) {
                    squares += value * value;
                }
                float scale = (float) (1 / Math.sqrt(squares / size + epsilon));
                set(inverse, r, scale);
                for (int i = 0; i < size; i++) {
                    set(out, (long) r * size + i, in[i] * scale * get(weight, i));
                }
            }
        });
    }

    @Override
    public void normBackward(Rows shape, Norm norm, MemorySegment dOut, MemorySegment dx, MemorySegment dWeight) {
        int rows = shape.rows();
        int size = shape.size();
        MemorySegment x = norm.x();
        MemorySegment weight = norm.weight();
        MemorySegment inverse = norm.inverse();
        share(rows, (first, last) -> {
            for (int r = first; r < last; r++) {
                float total = 0;
                for (int i = 0; i < size; i++) {
                    long at = (long) r * size + i;
                    total += get(dOut, at) * get(weight, i) * get(x, at);
                }
                float scale = get(inverse, r);
                float shift = total * scale * scale * scale / size;
                for (int i = 0; i < size; i++) {
                    long at = (long) r * size + i;
                    add(dx, at, get(dOut, at) * get(weight, i) * scale - get(x, at) * shift);
                }
            }
        });
        share(size, (first, last) -> {
            for (int i = first; i < last; i++) {
                float total = 0;
                for (int r = 0; r < rows; r++) {
                    long at = (long) r * size + i;
                    total += get(dOut, at) * get(x, at) * get(inverse, r);
                }
                add(dWeight, i, total);
            }
        });
    }

    @Override
    public void rotate(Attention shape, MemorySegment qkv, MemorySegment cosSin, boolean backward) {
        int headDim = shape.headDim();
        share(shape.rows(), (first, last) -> {
            for (int r = first; r < last; r++) {
                for (int i = 0; i < (shape.heads() + shape.kvHeads()) * headDim; i += 2) {
                    long at = (long) r * shape.width() + i;
                    long angle = (long) (r % shape.context()) * headDim + i % headDim;
                    float cos = get(cosSin, angle);
                    float sin = backward ? -get(cosSin, angle + 1) : get(cosSin, angle + 1);
                    float even = get(qkv, at);
                    float odd = get(qkv, at + 1);
                    set(qkv, at, even * cos - odd * sin);
                    set(qkv, at + 1, even * sin + odd * cos);
                }
            }
        });
    }

    @Override
    public void attention(Attention shape, Attended attended) {
        MemorySegment qkv = attended.qkv();
        MemorySegment starts = attended.starts();
        MemorySegment out = attended.out();
        MemorySegment logSum = attended.logSum();
        int headDim = shape.headDim();
        share(shape.sequences() * shape.heads(), (first, last) -> {
            for (int task = first; task < last; task++) {
                Head head = new Head(shape, task);
                for (int t = 0; t < shape.context(); t++) {
                    int from = starts.getAtIndex(JAVA_INT, head.row(t));
                    float[] weights = head.scores(qkv, from, t);
                    float largest = Float.NEGATIVE_INFINITY;
                    for (float weight : weights) {
                        largest = Math.max(largest, weight);
                    }
                    double whole = 0;
                    for (int j = 0; j < weights.length; j++) {
                        weights[j] = (float) Math.exp(weights[j] - largest);
                        whole += weights[j];
                    }
                    set(logSum, (long) task * shape.context() + t, (float) (largest + Math.log(whole)));
                    for (int d = 0; d < headDim; d++) {
                        float total = 0;
                        for (int j = 0; j < weights.length; j++) {
                            total += weights[j] * get(qkv, head.value(from + j) + d);
                        }
                        set(out, head.output(t) + d, (float) (total / whole));
                    }
                }
            }
        });
    }

    @Override
    public void attentionBackward(Attention shape, Attended attended, MemorySegment dOut, MemorySegment dQkv) {
        MemorySegment qkv = attended.qkv();
        MemorySegment starts = attended.starts();
        MemorySegment out = attended.out();
        MemorySegment logSum = attended.logSum();
        int headDim = shape.headDim();
        int group = shape.heads() / shape.kvHeads();
        float scale = (float) (1 / Math.sqrt(headDim));
        dQkv.asSlice(0, (long) shape.rows() * shape.width() * Float.BYTES).fill((byte) 0);
        share(shape.sequences() * shape.kvHeads(), (first, last) -> {
            for (int task = first * group; task < last * group; task++) {
                Head head = new Head(shape, task);
                for (int t = 0; t < shape.context(); t++) {
                    int from = starts.getAtIndex(JAVA_INT, head.row(t));
                    float[] scores = head.scores(qkv, from, t);
                    float mean = 0;
                    for (int d = 0; d < headDim; d++) {
                        mean += get(dOut, head.output(t) + d) * get(out, head.output(t) + d);
                    }
                    float whole = get(logSum, (long) task * shape.context() + t);
                    for (int j = from; j <= t; j++) {
                        float weight = (float) Math.exp(scores[j - from] - whole);
                        float slope = 0;
                        for (int d = 0; d < headDim; d++) {
                            slope += get(dOut, head.output(t) + d) * get(qkv, head.value(j) + d);
                        }
                        slope = weight * (slope - mean) * scale;
                        for (int d = 0; d < headDim; d++) {
                            add(dQkv, head.query(t) + d, slope * get(qkv, head.key(j) + d));
                            add(dQkv, head.key(j) + d, slope * get(qkv, head.query(t) + d));
                            add(dQkv, head.value(j) + d, weight * get(dOut, head.output(t) + d));
                        }
                    }
                }
            }
        });
    }

    /** Where one query head of one sequence lies; {@code task = sequence · heads + head}. */
    private record Head(Attention shape, int sequence, int head) {

        Head(Attention shape, int task) {
            this(shape, task / shape.heads(), task % shape.heads());
        }

        long row(int t) {
            return (long) sequence * shape.context() + t;
        }

        private long column(int t, int index) {
            return row(t) * shape.width() + (long) index * shape.headDim();
        }

        long query(int t) {
            return column(t, head);
        }

        long key(int t) {
            return column(t, shape.heads() + head / (shape.heads() / shape.kvHeads()));
        }

        long value(int t) {
            return column(t, shape.heads() + shape.kvHeads() + head / (shape.heads() / shape.kvHeads()));
        }

        long output(int t) {
            return (row(t) * shape.heads() + head) * shape.headDim();
        }

        float[] scores(MemorySegment qkv, int from, int to) {
            float[] scores = new float[to - from + 1];
            float scale = (float) (1 / Math.sqrt(shape.headDim()));
            for (int j = from; j <= to; j++) {
                float total = 0;
                for (int d = 0; d < shape.headDim(); d++) {
                    total += get(qkv, query(to) + d) * get(qkv, key(j) + d);
                }
                scores[j - from] = total * scale;
            }
            return scores;
        }
    }

    @Override
    public void swiGlu(Rows shape, MemorySegment gateUp, MemorySegment out) {
        int rows = shape.rows();
        int size = shape.size();
        share(rows, (first, last) -> {
            for (int r = first; r < last; r++) {
                for (int i = 0; i < size; i++) {
                    float gate = get(gateUp, 2L * r * size + i);
                    float up = get(gateUp, (2L * r + 1) * size + i);
                    set(out, (long) r * size + i, gate * sigmoid(gate) * up);
                }
            }
        });
    }

    @Override
    public void swiGluBackward(Rows shape, MemorySegment gateUp, MemorySegment dOut) {
        int rows = shape.rows();
        int size = shape.size();
        share(rows, (first, last) -> {
            for (int r = first; r < last; r++) {
                for (int i = 0; i < size; i++) {
                    long at = 2L * r * size + i;
                    float gate = get(gateUp, at);
                    float up = get(gateUp, at + size);
                    float slope = get(dOut, (long) r * size + i);
                    float sigmoid = sigmoid(gate);
                    set(gateUp, at, slope * up * (sigmoid + gate * sigmoid * (1 - sigmoid)));
                    set(gateUp, at + size, slope * gate * sigmoid);
                }
            }
        });
    }

    private static float sigmoid(float x) {
        return (float) (1 / (1 + Math.exp(-x)));
    }

    @Override
    public void crossEntropy(Rows shape, MemorySegment logits, Targets targets, float scale, MemorySegment losses) {
        int rows = shape.rows();
        int size = shape.size();
        share(rows, (first, last) -> {
            for (int r = first; r < last; r++) {
                float[] row = row(logits, r, size);
                float weight = get(targets.weights(), r);
                int target = targets.ids().getAtIndex(JAVA_INT, r);
                float largest = Float.NEGATIVE_INFINITY;
                for (float value : row) {
                    largest = Math.max(largest, value);
                }
                double whole = 0;
                for (float value : row) {
                    whole += Math.exp(value - largest);
                }
                set(losses, r, weight == 0 ? 0 : (float) (Math.log(whole) + largest - row[target]));
                if (scale != 0) {
                    for (int i = 0; i < size; i++) {
                        float slope = (float) (Math.exp(row[i] - largest) / whole) - (i == target ? 1 : 0);
                        set(logits, (long) r * size + i, weight == 0 ? 0 : slope * scale * weight);
                    }
                }
            }
        });
    }

    @Override
    public void embed(Rows shape, MemorySegment ids, MemorySegment table, MemorySegment x) {
        int rows = shape.rows();
        int size = shape.size();
        for (int r = 0; r < rows; r++) {
            MemorySegment.copy(
                    table,
                    (long) ids.getAtIndex(JAVA_INT, r) * size * Float.BYTES,
                    x,
                    (long) r * size * Float.BYTES,
                    (long) size * Float.BYTES);
        }
    }

    @Override
    public void embedBackward(Rows shape, MemorySegment ids, MemorySegment dx, MemorySegment dTable) {
        int rows = shape.rows();
        int size = shape.size();
        for (int r = 0; r < rows; r++) {
            for (int i = 0; i < size; i++) {
                add(dTable, (long) ids.getAtIndex(JAVA_INT, r) * size + i, get(dx, (long) r * size + i));
            }
        }
    }

    @Override
    public void adamW(AdamState state, AdamStep step) {
        MemorySegment weights = state.weights();
        MemorySegment gradients = state.gradients();
        MemorySegment mean = state.mean();
        MemorySegment square = state.square();
        long count = state.count();
        float correction1 = (float) (1 / (1 - Math.pow(step.beta1(), step.step())));
        float correction2 = (float) (1 / (1 - Math.pow(step.beta2(), step.step())));
        for (long i = 0; i < count; i++) {
            float gradient = get(gradients, i) * step.clip();
            float m = get(mean, i) * step.beta1() + gradient * (1 - step.beta1());
            float s = get(square, i) * step.beta2() + gradient * gradient * (1 - step.beta2());
            set(mean, i, m);
            set(square, i, s);
            float weight = get(weights, i);
            float move = m * correction1 / ((float) Math.sqrt(s * correction2) + step.epsilon());
            set(weights, i, weight - step.rate() * (move + step.decay() * weight));
        }
    }

    @Override
    public double sumOfSquares(MemorySegment x, long count) {
        double total = 0;
        for (long i = 0; i < count; i++) {
            total += (double) get(x, i) * get(x, i);
        }
        return total;
    }

    @Override
    public void close() {}
}
