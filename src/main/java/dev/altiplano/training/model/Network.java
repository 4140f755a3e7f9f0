package dev.altiplano.training.model;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.training.TrainingException;
import dev.altiplano.training.kernel.TrainingKernels;
import dev.altiplano.training.kernel.TrainingKernels.Attended;
import dev.altiplano.training.kernel.TrainingKernels.Attention;
import dev.altiplano.training.kernel.TrainingKernels.Norm;
import dev.altiplano.training.kernel.TrainingKernels.Product;
import dev.altiplano.training.kernel.TrainingKernels.Rows;
import dev.altiplano.training.kernel.TrainingKernels.Targets;
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
            MemorySegment activated) {

        Norm attentionNorm(MemorySegment weight) {
            return new Norm(in, weight, inverse);
        }

        Attended attention(Batch batch) {
            return new Attended(qkv, batch.starts(), attended, logSum);
        }

        Norm ffnNorm(MemorySegment weight) {
            return new Norm(middle, weight, middleInverse);
        }
    }

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
        crossEntropy(batch, 0);
        return total(batch);
    }

    /** The summed loss of a batch; adds the gradient of {@code scale · loss} to {@code gradients}. */
    public double learn(Batch batch, MemorySegment weights, MemorySegment gradients, float scale) {
        forward(batch, weights);
        crossEntropy(batch, scale);
        backward(batch, weights, gradients);
        return total(batch);
    }

    /** The logits of all rows, [rows, vocabulary]; valid until the next call. */
    public MemorySegment logits(Batch batch, MemorySegment weights) {
        forward(batch, weights);
        return logits.asSlice(0, (long) batch.rows() * shape.vocabularySize() * Float.BYTES);
    }

    private void crossEntropy(Batch batch, float scale) {
        Rows rows = new Rows(batch.rows(), shape.vocabularySize());
        kernels.crossEntropy(rows, logits, new Targets(batch.targets(), batch.weights()), scale, losses);
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
        Attention attention = attention(batch);
        Products products = products(attention);
        Rows stream = new Rows(rows, shape.hiddenSize());
        Rows activated = new Rows(rows, shape.intermediateSize());
        float epsilon = shape.normEpsilon();
        MemorySegment angles = angles(batch.context());
        kernels.embed(stream, batch.ids(), part(weights, "tok_embeddings.weight"), layers[0].in());
        for (int i = 0; i < layers.length; i++) {
            Activations a = layers[i];
            ParameterLayout.Layer w = layout.layer(i);
            MemorySegment next = i + 1 < layers.length ? layers[i + 1].in() : last;
            kernels.norm(stream, a.attentionNorm(at(weights, w.attentionNorm())), epsilon, a.normed());
            kernels.linear(products.qkv(), a.normed(), at(weights, w.qkv()), a.qkv(), false);
            kernels.rotate(attention, a.qkv(), angles, false);
            kernels.attention(attention, a.attention(batch));
            copy(a.in(), a.middle(), rows);
            kernels.linear(products.output(), a.attended(), at(weights, w.output()), a.middle(), true);
            kernels.norm(stream, a.ffnNorm(at(weights, w.ffnNorm())), epsilon, a.middleNormed());
            kernels.linear(products.gateUp(), a.middleNormed(), at(weights, w.gateUp()), a.gateUp(), false);
            kernels.swiGlu(activated, a.gateUp(), a.activated());
            copy(a.middle(), next, rows);
            kernels.linear(products.down(), a.activated(), at(weights, w.down()), next, true);
        }
        kernels.norm(stream, new Norm(last, part(weights, "norm.weight"), inverse), epsilon, normed);
        kernels.linear(products.logits(), normed, part(weights, "output.weight"), logits, false);
    }

    private void backward(Batch batch, MemorySegment weights, MemorySegment gradients) {
        int rows = batch.rows();
        Attention attention = attention(batch);
        Products products = products(attention);
        Rows stream = new Rows(rows, shape.hiddenSize());
        Rows activated = new Rows(rows, shape.intermediateSize());
        MemorySegment angles = angles(batch.context());
        kernels.linearWeight(products.logits(), logits, normed, part(gradients, "output.weight"), true);
        kernels.linearInput(products.logits(), logits, part(weights, "output.weight"), dNormed, false);
        dStream.fill((byte) 0);
        Norm norm = new Norm(last, part(weights, "norm.weight"), inverse);
        kernels.normBackward(stream, norm, dNormed, dStream, part(gradients, "norm.weight"));
        for (int i = layers.length - 1; i >= 0; i--) {
            Activations a = layers[i];
            ParameterLayout.Layer w = layout.layer(i);
            kernels.linearWeight(products.down(), dStream, a.activated(), at(gradients, w.down()), true);
            kernels.linearInput(products.down(), dStream, at(weights, w.down()), dActivated, false);
            kernels.swiGluBackward(activated, a.gateUp(), dActivated);
            kernels.linearWeight(products.gateUp(), a.gateUp(), a.middleNormed(), at(gradients, w.gateUp()), true);
            kernels.linearInput(products.gateUp(), a.gateUp(), at(weights, w.gateUp()), dNormed, false);
            norm = a.ffnNorm(at(weights, w.ffnNorm()));
            kernels.normBackward(stream, norm, dNormed, dStream, at(gradients, w.ffnNorm()));
            kernels.linearWeight(products.output(), dStream, a.attended(), at(gradients, w.output()), true);
            kernels.linearInput(products.output(), dStream, at(weights, w.output()), dAttended, false);
            kernels.attentionBackward(attention, a.attention(batch), dAttended, dQkv);
            kernels.rotate(attention, dQkv, angles, true);
            kernels.linearWeight(products.qkv(), dQkv, a.normed(), at(gradients, w.qkv()), true);
            kernels.linearInput(products.qkv(), dQkv, at(weights, w.qkv()), dNormed, false);
            norm = a.attentionNorm(at(weights, w.attentionNorm()));
            kernels.normBackward(stream, norm, dNormed, dStream, at(gradients, w.attentionNorm()));
        }
        kernels.embedBackward(stream, batch.ids(), dStream, part(gradients, "tok_embeddings.weight"));
    }

    /** The sizes of the matrix products of a batch. */
    private record Products(Product qkv, Product output, Product gateUp, Product down, Product logits) {}

    private Products products(Attention attention) {
        int rows = attention.rows();
        int hidden = shape.hiddenSize();
        int intermediate = shape.intermediateSize();
        return new Products(
                new Product(rows, hidden, attention.width()),
                new Product(rows, attention.heads() * attention.headDim(), hidden),
                new Product(rows, hidden, 2 * intermediate),
                new Product(rows, intermediate, hidden),
                new Product(rows, hidden, shape.vocabularySize()));
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
