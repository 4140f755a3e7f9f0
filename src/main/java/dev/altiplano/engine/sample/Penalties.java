package dev.altiplano.engine.sample;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Penalties on tokens that have been said: first the repetition penalty on each token of prompt and completion (Keskar et al. 2019),
 * then presence and frequency penalty on those of the completion.
 */
public final class Penalties implements LogitsProcessor {

    private static final int NONE = -1;

    private final float presence;
    private final float frequency;
    private final float repetition;
    /** Distinct tokens in the order in which they came, and how often each stands in the completion. */
    private int[] ids = new int[64];

    private int[] counts = new int[64];
    private int distinct;
    private final int promptDistinct;
    /** Places in {@link #ids} by token: open addressing, a power of two long. */
    private int[] places = new int[256];
    /** The completion, so that tokens can be taken back. */
    private int[] completion = new int[64];

    private int length;

    /** @param prompt tokens that the repetition penalty counts too */
    public Penalties(float presence, float frequency, float repetition, int[] prompt) {
        this.presence = presence;
        this.frequency = frequency;
        this.repetition = repetition;
        Arrays.fill(places, NONE);
        if (repetition != 1) {
            for (int token : prompt) {
                place(token);
            }
        }
        promptDistinct = distinct;
    }

    @Override
    public void apply(MemorySegment logits, long offsetBytes) {
        for (int i = 0; i < distinct; i++) {
            if (i >= promptDistinct && counts[i] == 0) {
                continue;
            }
            long at = offsetBytes + 4L * ids[i];
            float logit = logits.get(ValueLayout.JAVA_FLOAT, at);
            if (repetition != 1) {
                logit = logit > 0 ? logit / repetition : logit * repetition;
            }
            if (counts[i] > 0 && (presence != 0 || frequency != 0)) {
                logit -= presence + frequency * counts[i];
            }
            logits.set(ValueLayout.JAVA_FLOAT, at, logit);
        }
    }

    @Override
    public void accept(int token) {
        // The place first: finding it may move the counts.
        int place = place(token);
        counts[place]++;
        if (length == completion.length) {
            completion = Arrays.copyOf(completion, 2 * length);
        }
        completion[length++] = token;
    }

    @Override
    public void rollBack(int count) {
        for (int i = 0; i < count; i++) {
            int place = place(completion[--length]);
            counts[place]--;
        }
    }

    private int place(int token) {
        int slot = slot(token);
        if (places[slot] != NONE) {
            return places[slot];
        }
        if (distinct == ids.length) {
            ids = Arrays.copyOf(ids, 2 * distinct);
            counts = Arrays.copyOf(counts, 2 * distinct);
        }
        ids[distinct] = token;
        places[slot] = distinct++;
        if (2 * distinct > places.length) {
            grow();
        }
        return distinct - 1;
    }

    private int slot(int token) {
        int slot = (token * 0x9E3779B9 >>> 8) & places.length - 1;
        while (places[slot] != NONE && ids[places[slot]] != token) {
            slot = slot + 1 & places.length - 1;
        }
        return slot;
    }

    private void grow() {
        places = new int[2 * places.length];
        Arrays.fill(places, NONE);
        for (int i = 0; i < distinct; i++) {
            places[slot(ids[i])] = i;
        }
    }
}
