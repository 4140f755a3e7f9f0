package dev.altiplano.engine.schedule;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The rows of the next step: parts of sequences, generated rows before prompt rows. Reused from step to step.
 *
 * @param <S> the sequences
 */
public final class StepPlan<S extends Sequence> {

    private final List<S> generated = new ArrayList<>();
    private final List<S> prompts = new ArrayList<>();
    private int[] generatedRows = new int[16];
    private int[] promptRows = new int[16];
    private int rows;

    void clear() {
        generated.clear();
        prompts.clear();
        rows = 0;
    }

    /** Adds rows of a sequence, to those that are planned already if there are any. */
    void add(S sequence, int count) {
        List<S> parts = sequence.promptComputed() ? generated : prompts;
        int part = parts.indexOf(sequence);
        if (part >= 0) {
            (sequence.promptComputed() ? generatedRows : promptRows)[part] += count;
        } else if (sequence.promptComputed()) {
            generatedRows = put(generatedRows, generated.size(), count);
            generated.add(sequence);
        } else {
            promptRows = put(promptRows, prompts.size(), count);
            prompts.add(sequence);
        }
        rows += count;
    }

    /** Rows that are planned for a sequence. */
    int rowsOf(S sequence) {
        int part = generated.indexOf(sequence);
        if (part >= 0) {
            return generatedRows[part];
        }
        part = prompts.indexOf(sequence);
        return part < 0 ? 0 : promptRows[part];
    }

    void remove(S sequence) {
        if (!remove(generated, generatedRows, sequence)) {
            remove(prompts, promptRows, sequence);
        }
    }

    private boolean remove(List<S> parts, int[] counts, S sequence) {
        int i = parts.indexOf(sequence);
        if (i < 0) {
            return false;
        }
        parts.remove(i);
        rows -= counts[i];
        System.arraycopy(counts, i + 1, counts, i, parts.size() - i);
        return true;
    }

    private static int[] put(int[] counts, int index, int count) {
        int[] room = index < counts.length ? counts : Arrays.copyOf(counts, 2 * index);
        room[index] = count;
        return room;
    }

    /** Number of parts; parts of generated rows come first. */
    public int parts() {
        return generated.size() + prompts.size();
    }

    /** The sequence of a part. */
    public S sequence(int part) {
        return part < generated.size() ? generated.get(part) : prompts.get(part - generated.size());
    }

    /** The number of rows of a part: the tokens that follow the sequence's computed ones. */
    public int rows(int part) {
        return part < generated.size() ? generatedRows[part] : promptRows[part - generated.size()];
    }

    /** Whether a part's rows are generated rows. */
    public boolean generated(int part) {
        return part < generated.size();
    }

    /** Rows of all parts that are generated rows. */
    public int generatedRows() {
        int count = 0;
        for (int part = 0; part < generated.size(); part++) {
            count += generatedRows[part];
        }
        return count;
    }

    /** All rows. */
    public int rows() {
        return rows;
    }
}
