package dev.altiplano.engine.sample;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Map;

/** A number added to the logits of some tokens. */
public final class LogitBias implements LogitsProcessor {

    private final int[] ids;
    private final float[] biases;

    /** @param biasById by token id, each inside the vocabulary */
    public LogitBias(Map<Integer, Float> biasById) {
        ids = biasById.keySet().stream().mapToInt(Integer::intValue).toArray();
        Arrays.sort(ids);
        biases = new float[ids.length];
        for (int i = 0; i < ids.length; i++) {
            biases[i] = biasById.getOrDefault(ids[i], 0f);
        }
    }

    @Override
    public void apply(MemorySegment logits, long offsetBytes) {
        for (int i = 0; i < ids.length; i++) {
            long at = offsetBytes + 4L * ids[i];
            logits.set(ValueLayout.JAVA_FLOAT, at, logits.get(ValueLayout.JAVA_FLOAT, at) + biases[i]);
        }
    }
}
