package dev.altiplano.engine.model;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.function.IntConsumer;

/** A model that follows a rule: what comes next depends on a token and its position alone. For tests of what models cost and gain. */
public final class RuleModel implements Model {

    private final int vocabulary;
    private final IntConsumer pass;
    private final MemorySegment logits;

    /** @param pass is told the rows of each pass */
    public RuleModel(int vocabulary, int maxScoredRows, IntConsumer pass, Arena arena) {
        this.vocabulary = vocabulary;
        this.pass = pass;
        logits = arena.allocate(4L * maxScoredRows * vocabulary, 64);
    }

    /** What comes behind {@code token} at {@code position}. */
    public static int next(int token, int position, int vocabulary) {
        int hash = (token * 0x9E3779B1 ^ position * 0x85EBCA6B) * 0xC2B2AE35;
        return (hash >>> 8) % vocabulary;
    }

    @Override
    public MemorySegment forward(ForwardBatch batch, Runnable afterLayer) {
        pass.accept(batch.places().rows());
        for (int index = 0; index < batch.scoredRows(); index++) {
            int row = batch.scoredRow(index);
            int token = batch.tokenIds().getAtIndex(ValueLayout.JAVA_INT, row);
            int position = batch.places().positions().getAtIndex(ValueLayout.JAVA_INT, row);
            logits.asSlice(4L * index * vocabulary, 4L * vocabulary).fill((byte) 0);
            logits.setAtIndex(ValueLayout.JAVA_FLOAT, (long) index * vocabulary + next(token, position, vocabulary), 1);
        }
        return logits;
    }

    @Override
    public MemorySegment hidden() {
        return logits;
    }

    @Override
    public void useAdapters(List<Adapter> adapters) {
        // It has no weights that they could change.
    }

    @Override
    public long scratchBytes() {
        return logits.byteSize();
    }
}
