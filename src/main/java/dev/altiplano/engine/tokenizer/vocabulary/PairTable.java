package dev.altiplano.engine.tokenizer.vocabulary;

import dev.altiplano.engine.tokenizer.TokenizerException;
import java.util.Arrays;

/** An immutable-after-filling hash table from a pair of ints to an int: open addressing, at most half full. */
public final class PairTable {

    /** What {@link #get} answers for a pair that was never put; no value may be this. */
    public static final int ABSENT = Integer.MIN_VALUE;

    private static final int LARGEST = 1 << 29;

    private long[] keys;
    private int[] values;
    private int size;
    private int shift;

    public PairTable(int expected) {
        int capacity = 16;
        while (capacity < LARGEST && capacity < 2L * expected) {
            capacity <<= 1;
        }
        keys = new long[capacity];
        values = new int[capacity];
        Arrays.fill(values, ABSENT);
        shift = Long.SIZE - Integer.numberOfTrailingZeros(capacity);
    }

    int size() {
        return size;
    }

    public int get(int left, int right) {
        long key = key(left, right);
        int mask = keys.length - 1;
        int slot = slot(key);
        while (true) {
            int value = values[slot];
            if (value == ABSENT || keys[slot] == key) {
                return value;
            }
            slot = (slot + 1) & mask;
        }
    }

    /** Puts the value unless the pair has one; answers the value it had, or {@link #ABSENT}. */
    public int putIfAbsent(int left, int right, int value) {
        if (2L * (size + 1) > keys.length) {
            grow();
        }
        long key = key(left, right);
        int slot = find(key);
        int before = values[slot];
        if (before == ABSENT) {
            keys[slot] = key;
            values[slot] = value;
            size++;
        }
        return before;
    }

    private int find(long key) {
        int mask = keys.length - 1;
        int slot = slot(key);
        while (values[slot] != ABSENT && keys[slot] != key) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void grow() {
        if (keys.length >= LARGEST) {
            throw new TokenizerException("the vocabulary has more than " + LARGEST / 2 + " merges");
        }
        long[] oldKeys = keys;
        int[] oldValues = values;
        keys = new long[2 * oldKeys.length];
        values = new int[keys.length];
        Arrays.fill(values, ABSENT);
        shift--;
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldValues[i] != ABSENT) {
                int slot = find(oldKeys[i]);
                keys[slot] = oldKeys[i];
                values[slot] = oldValues[i];
            }
        }
    }

    private int slot(long key) {
        return (int) ((key * 0x9E3779B97F4A7C15L) >>> shift);
    }

    private static long key(int left, int right) {
        return ((long) left << 32) | (right & 0xFFFFFFFFL);
    }
}
