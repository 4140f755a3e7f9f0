package dev.altiplano.engine;

import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.checkpoint.Progress;
import dev.altiplano.engine.checkpoint.gguf.GgufWriter;
import dev.altiplano.engine.checkpoint.tensor.Tensor;
import dev.altiplano.engine.checkpoint.tensor.TensorType;
import dev.altiplano.engine.load.Checkpoints;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A model that says the ids in their order, 7 after 6, at the whole cost of another model's shape: layers that add nothing, and an output
 * matrix that is the embedding moved by one row. So what it says is known beforehand, and a prompt can hold it.
 */
final class WalkingModel {

    private WalkingModel() {}

    /**
     * Writes one.
     *
     * @param shape a checkpoint of the shape, any weights
     * @param layers how many of its layers are written: a few make a draft model that says the same
     * @param wrongEvery every so many ids it does not know what comes next; 0 for never
     */
    static void write(Path shape, int layers, int wrongEvery, Path target) throws IOException {
        try (Checkpoint checkpoint = Checkpoints.open(shape)) {
            Hyperparameters h = checkpoint.hyperparameters();
            List<Tensor> tensors = new ArrayList<>();
            Tensor embedding = null;
            for (Tensor tensor : checkpoint.tensors()) {
                String name = tensor.name();
                if (name.equals("output.weight") || name.startsWith("blk.") && layer(name) >= layers) {
                    continue;
                }
                if (name.equals("token_embd.weight")) {
                    embedding = tensor;
                }
                boolean adds = name.endsWith("attn_output.weight") || name.endsWith("ffn_down.weight");
                tensors.add(adds ? new Silent(tensor) : tensor);
            }
            tensors.add(new Successors(embedding, wrongEvery));
            Hyperparameters shallow = new Hyperparameters(
                    h.hiddenSize(),
                    h.intermediateSize(),
                    Math.min(layers, h.layers()),
                    h.heads(),
                    h.kvHeads(),
                    h.headDim(),
                    h.vocabularySize(),
                    h.contextLength(),
                    h.normEpsilon(),
                    h.architecture(),
                    h.rope(),
                    h.slidingWindow(),
                    h.experts());
            new GgufWriter("walking", shallow, checkpoint.tokenizer(), tensors).write(target, true, Progress.NONE);
        }
    }

    private static int layer(String name) {
        return Integer.parseInt(name.split("\\.")[1]);
    }

    /** Zeros in the type of another tensor. */
    private record Silent(Tensor of) implements Tensor {

        @Override
        public String name() {
            return of.name();
        }

        @Override
        public TensorType type() {
            return of.type();
        }

        @Override
        public int rows() {
            return of.rows();
        }

        @Override
        public int columns() {
            return of.columns();
        }

        @Override
        public void read(int firstRow, int rows, MemorySegment target, long targetOffset) {
            target.asSlice(targetOffset, rows * rowBytes()).fill((byte) 0);
        }
    }

    /** Row t + 1 is the embedding of t, so that t makes t + 1 most probable. */
    private record Successors(Tensor embedding, int wrongEvery) implements Tensor {

        @Override
        public String name() {
            return "output.weight";
        }

        @Override
        public TensorType type() {
            return embedding.type();
        }

        @Override
        public int rows() {
            return embedding.rows();
        }

        @Override
        public int columns() {
            return embedding.columns();
        }

        @Override
        public void read(int firstRow, int rows, MemorySegment target, long targetOffset) {
            for (int i = 0; i < rows; i++) {
                int before = Math.floorMod(firstRow + i - 1, rows());
                if (wrongEvery > 0 && before % wrongEvery == 0) {
                    target.asSlice(targetOffset + i * rowBytes(), rowBytes()).fill((byte) 0);
                } else {
                    embedding.read(before, 1, target, targetOffset + i * rowBytes());
                }
            }
        }
    }
}
