package dev.altiplano.engine.kernel.scalar;

import dev.altiplano.engine.kernel.LinearChecks;
import dev.altiplano.engine.kernel.LinearKernels;
import dev.altiplano.engine.kernel.PackedLayout;
import dev.altiplano.engine.kernel.PackedMatrix;
import dev.altiplano.engine.kernel.Packing;
import dev.altiplano.engine.kernel.WeightFormat;
import dev.altiplano.engine.kernel.quant.QuantizedRows;
import dev.altiplano.engine.kernel.quant.StripReader;
import dev.altiplano.engine.os.WorkerPool;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Linear layers in plain Java: what a product is, against which every faster kernel is held bit for bit.
 *
 * <p>An output element is one chain of fused multiply-adds in the order of the columns, beginning at 0:
 * <ul>
 *   <li>F32, F16, BF16: {@code acc = fma(x, w, acc)} for each column.
 *   <li>Quantized weights take int8 activations ({@link QuantizedRows}); {@code dot} is exact in int32. For each 32 columns
 *       <ul>
 *         <li>Q8_0, Q4_0, CODED: {@code acc = fma((float) dot, d · a, acc)}; CODED_E8M0 the same with a power of two for d,
 *         <li>CODED_K: {@code acc = fma((float) dot, (d · unit · scale) · a, acc)},
 *         <li>Q4_K, Q5_K: {@code acc = fma((float) dot, (d · scale) · a, acc)}, then
 *             {@code acc = fma(-(dmin · minimum), a · (float) Σq, acc)},
 *         <li>Q6_K: {@code acc = fma((float) dot, (d · scale) · a, acc)} for each 16 of the columns, one after the other; CODED_16 the
 *             same with {@code d · unit} for d,
 *       </ul>
 *       where {@code a} is the scale of the 32 activations. Weights of coded packings are the levels of a
 *       {@link dev.altiplano.engine.kernel.Codebook}, the others are named by their format in {@link PackedLayout}.
 * </ul>
 * Prompt rows are computed like generated rows, here; native kernels may have a definition of their own for those of F16 and BF16.
 */
public final class ScalarLinear implements LinearKernels {

    private final WorkerPool pool;
    private final StripReader[] readers;
    private final QuantizedRows quantized = new QuantizedRows();
    private final WorkerPool.Task quantizeTask = this::quantizeShare;
    private final WorkerPool.Task multiplyTask = this::multiplyShare;
    private float[] input = {};

    private PackedMatrix[] stack = {};
    private MemorySegment in = MemorySegment.NULL;
    private MemorySegment out = MemorySegment.NULL;
    private int rows;
    private int columns;
    private int outColumns;
    private boolean accumulate;

    public ScalarLinear(WorkerPool pool) {
        this.pool = pool;
        readers = new StripReader[pool.threads()];
        for (int i = 0; i < readers.length; i++) {
            readers[i] = new StripReader();
        }
    }

    @Override
    public void multiply(
            PackedMatrix[] stack,
            MemorySegment in,
            MemorySegment out,
            int rows,
            int generatedRows,
            boolean accumulate) {
        LinearChecks.linear(stack, in, out, rows, generatedRows);
        if (rows == 0) {
            return;
        }
        this.stack = stack;
        this.in = in;
        this.out = out;
        this.rows = rows;
        this.accumulate = accumulate;
        columns = stack[0].columns();
        outColumns = 0;
        boolean anyQuantized = false;
        for (PackedMatrix matrix : stack) {
            outColumns += matrix.rows();
            anyQuantized |= matrix.format().quantized();
        }
        if (input.length < rows * columns) {
            input = new float[rows * columns];
        }
        MemorySegment.copy(in, ValueLayout.JAVA_FLOAT, 0, input, 0, rows * columns);
        if (anyQuantized) {
            quantized.reserve(rows, columns);
            pool.run(quantizeTask);
        }
        pool.run(multiplyTask);
    }

    private void quantizeShare(int worker, int workers) {
        for (int row = worker; row < rows; row += workers) {
            quantized.quantize(row, input);
        }
    }

    private void multiplyShare(int worker, int workers) {
        int firstColumn = 0;
        for (PackedMatrix matrix : stack) {
            int strips = PackedLayout.strips(matrix.rows());
            int end = (int) ((long) strips * (worker + 1) / workers);
            for (int strip = (int) ((long) strips * worker / workers); strip < end; strip++) {
                multiplyStrip(readers[worker], matrix, strip, firstColumn);
            }
            firstColumn += matrix.rows();
        }
    }

    private void multiplyStrip(StripReader reader, PackedMatrix matrix, int strip, int firstColumn) {
        reader.read(matrix, strip);
        int lanes = Math.min(PackedLayout.STRIP, matrix.rows() - strip * PackedLayout.STRIP);
        for (int row = 0; row < rows; row++) {
            long at = 4 * ((long) row * outColumns + firstColumn + strip * PackedLayout.STRIP);
            for (int lane = 0; lane < lanes; lane++) {
                float sum = matrix.format().quantized()
                        ? quantizedElement(reader, matrix.format(), row, lane)
                        : plainElement(reader, row, lane);
                float before = accumulate ? out.get(ValueLayout.JAVA_FLOAT, at + 4L * lane) : 0;
                out.set(ValueLayout.JAVA_FLOAT, at + 4L * lane, accumulate ? before + sum : sum);
            }
        }
    }

    private float plainElement(StripReader reader, int row, int lane) {
        float sum = 0;
        for (int k = 0; k < columns; k++) {
            sum = Math.fma(input[row * columns + k], reader.values[16 * k + lane], sum);
        }
        return sum;
    }

    private float quantizedElement(StripReader reader, WeightFormat format, int row, int lane) {
        float sum = 0;
        for (int group = 0; group < columns / 32; group++) {
            int first = dot16(reader, row, lane, 2 * group);
            int second = dot16(reader, row, lane, 2 * group + 1);
            float scale = reader.scales[32 * group + lane];
            float secondScale = reader.scales[32 * group + 16 + lane];
            float a = quantized.scales[row * columns / 32 + group];
            if (format.packing().scales() == Packing.Scales.OF_16) {
                sum = Math.fma((float) first, scale * a, sum);
                sum = Math.fma((float) second, secondScale * a, sum);
            } else {
                sum = Math.fma((float) (first + second), scale * a, sum);
            }
            if (format.packing().scales() == Packing.Scales.MINIMA) {
                float scaledSum = quantized.scaledSums[row * columns / 32 + group];
                sum = Math.fma(-reader.minima[16 * group + lane], scaledSum, sum);
            }
        }
        return sum;
    }

    private int dot16(StripReader reader, int row, int lane, int sub) {
        int sum = 0;
        for (int k = 16 * sub; k < 16 * sub + 16; k++) {
            sum += reader.levels[16 * k + lane] * quantized.values[row * columns + k];
        }
        return sum;
    }
}
