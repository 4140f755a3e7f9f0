package dev.altiplano.training.model;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.training.TrainingException;
import dev.altiplano.training.kernel.TrainingKernels;
import dev.altiplano.training.kernel.TrainingKernels.Attention;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The transformer, forward and backward. Keeps each layer's activations from the forward to the backward pass, except the
 * attention's weights, which are computed again. Belongs to one thread.
 */
public final class Network implements AutoCloseable {

    private final ParameterLayout layout;
    private final Hyperparameters shape;
    private final TrainingKernels kernels;
    private final Arena arena;
    private final int maxRows;

    private final Activations[] layers;
    private final MemorySegment last; // [rows, hidden]: the residual stream behind the last layer
    private final MemorySegment normed; // [rows, hidden]
    private final MemorySegment inverse; // [rows]
    private final MemorySegment logits; // [rows, vocabulary], later their gradient
    private final MemorySegment losses; // [rows]

    private final MemorySegment dStream; // [rows, hidden]
    private final MemorySegment dNormed; // [rows, hidden]
    private final MemorySegment dQkv; // [rows, (heads + 2 kvHeads) · headDim]
    private final MemorySegment dAttended; // [rows, heads · headDim]
    private final MemorySegment dActivated; // [rows, intermediate]

    private MemorySegment cosSin = MemorySegment.NULL;
    private int cosSinContext;

    /**
     * What one layer keeps.
     *
     * @param in [rows, hidden]: the residual stream before the layer
     * @param normed [rows, hidden]
     * @param inverse [rows]
     * @param qkv [rows, (heads + 2 kvHeads) · headDim]
     * @param attended [rows, heads · headDim]
     * @param logSum [sequences, heads, context]
     * @param middle [rows, hidden]: the residual stream between attention and feed-forward
     * @param gateUp [rows, 2 · intermediate], later its gradient
     * @param activated [rows, intermediate]
     */
    private record Activations(
            MemorySegment in,
            MemorySegment normed,
            MemorySegment inverse,
            MemorySegment qkv,
            MemorySegment attended,
            MemorySegment logSum,
            MemorySegment middle,
            MemorySegment middleNormed,
            MemorySegment middleInverse,
            MemorySegment gateUp,
            MemorySegment activated) {}

    /** A network for batches of at most {@code maxRows} rows. */
    @SuppressWarnings("MustBeClosedChecker") // closed by close()
    public Network(ParameterLayout layout, TrainingKernels kernels, int maxRows) {
        this.layout = layout;
        this.shape = layout.shape();
        this.kernels = kernels;
        this.maxRows = maxRows;
        arena = Arena.ofShared();
        int hidden = shape.hiddenSize();
        int queries = shape.heads() * shape.headDim();
        int width = (shape.heads() + 2 * shape.kvHeads()) * shape.headDim();
        layers = new Activations[shape.layers()];
        for (int i = 0; i < layers.length; i++) {
            layers[i] = new Activations(
                    rows(hidden),
                    rows(hidden),
                    rows(1),
                    rows(width),
                    rows(queries),
                    rows(shape.heads()),
                    rows(hidden),
                    rows(hidden),
                    rows(1),
                    rows(2 * shape.intermediateSize()),
                    rows(shape.intermediateSize()));
        }
        last = rows(hidden);
        normed = rows(hidden);
        inverse = rows(1);
        logits = rows(shape.vocabularySize());
        losses = rows(1);
        dStream = rows(hidden);
        dNormed = rows(hidden);
        dQkv = rows(width);
        dAttended = rows(queries);
        dActivated = rows(shape.intermediateSize());
    }

    private MemorySegment rows(int columns) {
        return arena.allocate((long) maxRows * columns * Float.BYTES, 64);
    }

    /** Shape and order of the weights. */
    public ParameterLayout layout() {
        return layout;
    }

    /**
     * The summed loss of a batch (nats; divide by {@link Batch#totalWeight()}).
     *
     * @param weights F32, laid out as {@link #layout()} says
     */
    public double loss(Batch batch, MemorySegment weights) {
        forward(batch, weights);
        kernels.crossEntropy(logits, batch.targets(), batch.weights(), 0, losses, batch.rows(), shape.vocabularySize());
        return total(batch);
    }

    /** The summed loss of a batch; adds the gradient of {@code scale · loss} to {@code gradients}. */
    public double learn(Batch batch, MemorySegment weights, MemorySegment gradients, float scale) {
        forward(batch, weights);
        kernels.crossEntropy(
                logits, batch.targets(), batch.weights(), scale, losses, batch.rows(), shape.vocabularySize());
        backward(batch, weights, gradients);
        return total(batch);
    }

    /** The logits of all rows, [rows, vocabulary]; valid until the next call. */
    public MemorySegment logits(Batch batch, MemorySegment weights) {
        forward(batch, weights);
        return logits.asSlice(0, (long) batch.rows() * shape.vocabularySize() * Float.BYTES);
    }

    /** The loss of one row of the batch given last. */
    public float lossOf(int row) {
        return losses.getAtIndex(JAVA_FLOAT, row);
    }

    private double total(Batch batch) {
        double total = 0;
        for (int row = 0; row < batch.rows(); row++) {
            total += losses.getAtIndex(JAVA_FLOAT, row) * batch.weights().getAtIndex(JAVA_FLOAT, row);
        }
        return total;
    }

    private static MemorySegment at(MemorySegment vector, long offset) {
        return vector.asSlice(offset * Float.BYTES);
    }

    private MemorySegment part(MemorySegment vector, String name) {
        return at(vector, layout.part(name).offset());
    }

    private Attention attention(Batch batch) {
        return new Attention(batch.sequences(), batch.context(), shape.heads(), shape.kvHeads(), shape.headDim());
    }

    private void forward(Batch batch, MemorySegment weights) {
        if (batch.rows() > maxRows || batch.context() % TrainingKernels.LANES != 0) {
            throw new TrainingException("a batch of " + batch.sequences() + " x " + batch.context() + " rows: at most "
                    + maxRows + ", and a context that is a multiple of " + TrainingKernels.LANES);
        }
        batch.check(shape.vocabularySize());
        int rows = batch.rows();
        int hidden = shape.hiddenSize();
        int size = shape.intermediateSize();
        float epsilon = shape.normEpsilon();
        Attention attention = attention(batch);
        MemorySegment angles = angles(batch.context());
        kernels.embed(batch.ids(), part(weights, "tok_embeddings.weight"), layers[0].in(), rows, hidden);
        for (int i = 0; i < layers.length; i++) {
            Activations a = layers[i];
            ParameterLayout.Layer w = layout.layer(i);
            MemorySegment next = i + 1 < layers.length ? layers[i + 1].in() : last;
            kernels.norm(a.in(), at(weights, w.attentionNorm()), epsilon, a.normed(), a.inverse(), rows, hidden);
            kernels.linear(a.normed(), at(weights, w.qkv()), a.qkv(), rows, hidden, attention.width(), false);
            kernels.rotate(attention, a.qkv(), angles, false);
            kernels.attention(attention, a.qkv(), batch.starts(), a.attended(), a.logSum());
            copy(a.in(), a.middle(), rows);
            kernels.linear(a.attended(), at(weights, w.output()), a.middle(), rows, queries(attention), hidden, true);
            kernels.norm(
                    a.middle(), at(weights, w.ffnNorm()), epsilon, a.middleNormed(), a.middleInverse(), rows, hidden);
            kernels.linear(a.middleNormed(), at(weights, w.gateUp()), a.gateUp(), rows, hidden, 2 * size, false);
            kernels.swiGlu(a.gateUp(), a.activated(), rows, size);
            copy(a.middle(), next, rows);
            kernels.linear(a.activated(), at(weights, w.down()), next, rows, size, hidden, true);
        }
        kernels.norm(last, part(weights, "norm.weight"), epsilon, normed, inverse, rows, hidden);
        kernels.linear(normed, part(weights, "output.weight"), logits, rows, hidden, shape.vocabularySize(), false);
    }

    private void backward(Batch batch, MemorySegment weights, MemorySegment gradients) {
        int rows = batch.rows();
        int hidden = shape.hiddenSize();
        int size = shape.intermediateSize();
        int vocabulary = shape.vocabularySize();
        Attention attention = attention(batch);
        MemorySegment angles = angles(batch.context());
        kernels.linearWeight(logits, normed, part(gradients, "output.weight"), rows, hidden, vocabulary, true);
        kernels.linearInput(logits, part(weights, "output.weight"), dNormed, rows, hidden, vocabulary, false);
        dStream.fill((byte) 0);
        kernels.normBackward(
                last,
                part(weights, "norm.weight"),
                inverse,
                dNormed,
                dStream,
                part(gradients, "norm.weight"),
                rows,
                hidden);
        for (int i = layers.length - 1; i >= 0; i--) {
            Activations a = layers[i];
            ParameterLayout.Layer w = layout.layer(i);
            kernels.linearWeight(dStream, a.activated(), at(gradients, w.down()), rows, size, hidden, true);
            kernels.linearInput(dStream, at(weights, w.down()), dActivated, rows, size, hidden, false);
            kernels.swiGluBackward(a.gateUp(), dActivated, rows, size);
            kernels.linearWeight(a.gateUp(), a.middleNormed(), at(gradients, w.gateUp()), rows, hidden, 2 * size, true);
            kernels.linearInput(a.gateUp(), at(weights, w.gateUp()), dNormed, rows, hidden, 2 * size, false);
            kernels.normBackward(
                    a.middle(),
                    at(weights, w.ffnNorm()),
                    a.middleInverse(),
                    dNormed,
                    dStream,
                    at(gradients, w.ffnNorm()),
                    rows,
                    hidden);
            int queries = queries(attention);
            kernels.linearWeight(dStream, a.attended(), at(gradients, w.output()), rows, queries, hidden, true);
            kernels.linearInput(dStream, at(weights, w.output()), dAttended, rows, queries, hidden, false);
            kernels.attentionBackward(attention, a.qkv(), batch.starts(), a.attended(), a.logSum(), dAttended, dQkv);
            kernels.rotate(attention, dQkv, angles, true);
            kernels.linearWeight(dQkv, a.normed(), at(gradients, w.qkv()), rows, hidden, attention.width(), true);
            kernels.linearInput(dQkv, at(weights, w.qkv()), dNormed, rows, hidden, attention.width(), false);
            kernels.normBackward(
                    a.in(),
                    at(weights, w.attentionNorm()),
                    a.inverse(),
                    dNormed,
                    dStream,
                    at(gradients, w.attentionNorm()),
                    rows,
                    hidden);
        }
        kernels.embedBackward(batch.ids(), dStream, part(gradients, "tok_embeddings.weight"), rows, hidden);
    }

    private static int queries(Attention attention) {
        return attention.heads() * attention.headDim();
    }

    private void copy(MemorySegment from, MemorySegment to, int rows) {
        MemorySegment.copy(from, 0, to, 0, (long) rows * shape.hiddenSize() * Float.BYTES);
    }

    private MemorySegment angles(int context) {
        if (context > cosSinContext) {
            int headDim = shape.headDim();
            cosSin = arena.allocate((long) context * headDim * Float.BYTES, 64);
            for (int position = 0; position < context; position++) {
                for (int i = 0; i < headDim; i += 2) {
                    double angle = position * StrictMath.pow(shape.ropeTheta(), -(double) i / headDim);
                    cosSin.setAtIndex(JAVA_FLOAT, (long) position * headDim + i, (float) StrictMath.cos(angle));
                    cosSin.setAtIndex(JAVA_FLOAT, (long) position * headDim + i + 1, (float) StrictMath.sin(angle));
                }
            }
            cosSinContext = context;
        }
        return cosSin;
    }

    @Override
    public void close() {
        arena.close();
    }
}
