package dev.altiplano.training.model;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.altiplano.training.TrainingException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Sequences of tokens, each {@code context} long and filled with documents that do not see each other. Memory for {@code rows =
 * sequences · context} is native, so that the kernels read it.
 */
public final class Batch {

    private final int sequences;
    private final int context;
    private final MemorySegment ids;
    private final MemorySegment targets;
    private final MemorySegment weights;
    private final MemorySegment starts;
    private final int[] filled;
    private double totalWeight;

    public Batch(int sequences, int context, Arena arena) {
        this.sequences = sequences;
        this.context = context;
        long rows = (long) sequences * context;
        ids = arena.allocate(JAVA_INT, rows);
        targets = arena.allocate(JAVA_INT, rows);
        weights = arena.allocate(JAVA_FLOAT, rows);
        starts = arena.allocate(JAVA_INT, rows);
        filled = new int[sequences];
    }

    public int sequences() {
        return sequences;
    }

    public int context() {
        return context;
    }

    public int rows() {
        return sequences * context;
    }

    MemorySegment ids() {
        return ids;
    }

    MemorySegment targets() {
        return targets;
    }

    MemorySegment weights() {
        return weights;
    }

    MemorySegment starts() {
        return starts;
    }

    /** Sum of the weights of all rows: what the loss is divided by. */
    public double totalWeight() {
        return totalWeight;
    }

    /** Rows of a sequence that are still empty. */
    public int room(int sequence) {
        return context - filled[sequence];
    }

    /** Empties all sequences: id 0, weight 0, each row seeing itself alone. */
    public void clear() {
        ids.fill((byte) 0);
        targets.fill((byte) 0);
        weights.fill((byte) 0);
        for (int row = 0; row < rows(); row++) {
            starts.setAtIndex(JAVA_INT, row, row % context);
        }
        Arrays.fill(filled, 0);
        totalWeight = 0;
    }

    /**
     * Appends a document: {@code tokens[i]} predicts {@code tokens[i + 1]}. Cuts what does not fit.
     *
     * @param learnFrom index of the first token that counts as a target
     */
    public void append(int sequence, int[] tokens, int learnFrom) {
        int begin = filled[sequence];
        int rows = Math.min(tokens.length - 1, context - begin);
        for (int i = 0; i < rows; i++) {
            long row = (long) sequence * context + begin + i;
            ids.setAtIndex(JAVA_INT, row, tokens[i]);
            targets.setAtIndex(JAVA_INT, row, tokens[i + 1]);
            boolean learns = i + 1 >= learnFrom;
            weights.setAtIndex(JAVA_FLOAT, row, learns ? 1 : 0);
            starts.setAtIndex(JAVA_INT, row, begin);
            totalWeight += learns ? 1 : 0;
        }
        filled[sequence] = begin + rows;
    }

    /** Fails where a token is outside the vocabulary: the kernels read what it points at. */
    void check(int vocabularySize) {
        for (int row = 0; row < rows(); row++) {
            int id = ids.getAtIndex(JAVA_INT, row);
            int target = targets.getAtIndex(JAVA_INT, row);
            if (id < 0 || id >= vocabularySize || target < 0 || target >= vocabularySize) {
                throw new TrainingException("token " + id + " or " + target + " is outside the vocabulary of "
                        + vocabularySize + ": the data was made with another tokenizer");
            }
        }
    }
}
