package dev.altiplano.engine.tokenizer.vocabulary;

import java.util.Arrays;

/** A growing list of ids. */
public final class IdBuffer {

    private int[] ids;
    private int size;

    public IdBuffer(int capacity) {
        ids = new int[Math.max(16, capacity)];
    }

    public void add(int id) {
        if (size == ids.length) {
            ids = Arrays.copyOf(ids, size + (size >> 1));
        }
        ids[size++] = id;
    }

    public int size() {
        return size;
    }

    public int get(int index) {
        return ids[index];
    }

    public int last() {
        return ids[size - 1];
    }

    public int[] toArray() {
        return Arrays.copyOf(ids, size);
    }
}
