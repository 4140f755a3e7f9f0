package dev.altiplano.training.run;

import dev.altiplano.engine.tokenizer.Tokenizer;
import dev.altiplano.training.TrainingException;
import dev.altiplano.training.model.Batch;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Sources mixed by given proportions of tokens. The next document always comes from the source that is farthest behind its
 * share, so the proportions hold at any time and the order needs no chance.
 */
public final class Mixture implements TrainingData {

    /**
     * One row of the table.
     *
     * @param share its part of all tokens, relative to the other shares
     */
    public record Part(String name, Source source, double share) {}

    private final List<Part> parts;
    private final Tokenizer tokenizer;
    private final int maxTokens;
    private final double shares;

    /** For each source the number of its next document and the tokens given so far. */
    private final long[] state;

    /** A text longer than a sequence is given in pieces: what is left of it. */
    private int[] rest = new int[0];

    public Mixture(List<Part> parts, Tokenizer tokenizer, int maxTokens) {
        this.parts = List.copyOf(parts);
        this.tokenizer = tokenizer;
        this.maxTokens = maxTokens;
        state = new long[2 * parts.size()];
        double total = 0;
        for (Part part : parts) {
            total += part.share();
        }
        if (parts.isEmpty() || !(total > 0)) {
            throw new TrainingException("no source of text has a share above 0");
        }
        shares = total;
    }

    @Override
    public void fill(Batch batch) {
        for (int sequence = 0; sequence < batch.sequences(); sequence++) {
            while (batch.room(sequence) > 0) {
                batch.append(sequence, next(), 1);
            }
        }
    }

    /** The tokens of the next document, between the beginning and the end of a sequence. */
    int[] next() {
        if (rest.length > maxTokens) {
            int[] piece = Arrays.copyOf(rest, maxTokens + 1);
            rest = Arrays.copyOfRange(rest, maxTokens, rest.length);
            return piece;
        }
        rest = new int[0];
        int index = mostBehind();
        int[] tokens = document(parts.get(index).source().text(state[2 * index]++));
        state[2 * index + 1] += tokens.length;
        if (tokens.length > maxTokens + 1) {
            rest = Arrays.copyOfRange(tokens, maxTokens, tokens.length);
            return Arrays.copyOf(tokens, maxTokens + 1);
        }
        return tokens;
    }

    private int[] document(String text) {
        int[] ids = tokenizer.encode(text);
        int[] tokens = new int[ids.length + 2];
        tokens[0] = tokenizer.bos();
        System.arraycopy(ids, 0, tokens, 1, ids.length);
        tokens[ids.length + 1] = tokenizer.eos();
        return tokens;
    }

    private int mostBehind() {
        int best = 0;
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < parts.size(); i++) {
            double share = parts.get(i).share();
            double progress = share > 0 ? state[2 * i + 1] / share : Double.POSITIVE_INFINITY;
            if (progress < least) {
                least = progress;
                best = i;
            }
        }
        return best;
    }

    @Override
    public long[] state() {
        long[] all = Arrays.copyOf(state, state.length + rest.length);
        for (int i = 0; i < rest.length; i++) {
            all[state.length + i] = rest[i];
        }
        return all;
    }

    @Override
    public void restore(long[] saved) {
        if (saved.length < state.length) {
            throw new TrainingException("the run had fewer sources of text than the configuration has");
        }
        System.arraycopy(saved, 0, state, 0, state.length);
        rest = new int[saved.length - state.length];
        for (int i = 0; i < rest.length; i++) {
            rest[i] = (int) saved[state.length + i];
        }
    }

    @Override
    public String describe() {
        StringBuilder text = new StringBuilder();
        for (Part part : parts) {
            text.append(text.isEmpty() ? "" : ", ").append(part.name());
            text.append(String.format(Locale.ROOT, " %.1f %%", 100 * part.share() / shares));
        }
        return text.toString();
    }
}
