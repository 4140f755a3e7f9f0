package dev.altiplano.engine.schedule;

import java.time.Duration;

/**
 * How many prompt rows join a step in which sequences decode, so that their next tokens come about as often as they should. It follows
 * the time that such steps take, since that depends on model, machine and load; no token depends on it. What decoding takes alone is
 * known from steps without prompts, as long as there are some. Belongs to the engine thread.
 *
 * <p>Chunks of prompts that keep decoding sequences going are those of Agrawal et al., "Taming Throughput-Latency Tradeoff in LLM
 * Inference with Sarathi-Serve" (2024); there their size is fixed.
 */
public final class PromptPace {

    /** A prompt goes on by so many rows in each step, whatever it costs the others. */
    static final int MIN_ROWS = 8;

    /** Not much, since one step too long is a pause that somebody sees. */
    private static final int FIRST_ROWS = 32;

    /** However short the target, prompts may take as long as decoding does: otherwise they would not get on. */
    private static final int DECODING_STEPS = 2;
    /** By how much a single step changes the rows at most, since a step may be held up by something else. */
    private static final double MAX_CHANGE = 2;
    /** The part that the newest step has in what decoding takes. */
    private static final double NEWEST = 0.125;

    private final int maxRows;
    private final long targetNanos;
    private double rows = FIRST_ROWS;
    private double decodingNanos;

    /**
     * @param maxRows rows of the largest step
     * @param target how long a step should last at most while sequences decode; zero sets no bound
     */
    public PromptPace(int maxRows, Duration target) {
        this.maxRows = maxRows;
        targetNanos = target.toNanos();
    }

    /** A pace without a bound. */
    static PromptPace unbounded(int maxRows) {
        return new PromptPace(maxRows, Duration.ZERO);
    }

    /** Maximum of prompt rows beside sequences that decode. */
    int rows() {
        return targetNanos == 0 ? maxRows : (int) Math.clamp(rows, Math.min(MIN_ROWS, maxRows), maxRows);
    }

    /** A step of {@code chunkRows} rows of prompts, beside {@code decodingRows} of sequences that decode, took {@code elapsedNanos}. */
    void measured(int chunkRows, int decodingRows, long elapsedNanos) {
        if (decodingRows == 0) {
            return;
        }
        if (chunkRows == 0) {
            decodingNanos += (decodingNanos == 0 ? 1 : NEWEST) * (elapsedNanos - decodingNanos);
            return;
        }
        double goal = Math.max(targetNanos, DECODING_STEPS * decodingNanos);
        double nanosOfRow = Math.max(1, elapsedNanos - decodingNanos) / chunkRows;
        double wanted = Math.clamp((goal - decodingNanos) / nanosOfRow, rows / MAX_CHANGE, rows * MAX_CHANGE);
        // A step that had few prompt rows to take does not say that more of them are as quick.
        if (wanted < rows || chunkRows >= rows()) {
            rows = Math.clamp(wanted, MIN_ROWS, Math.max(MIN_ROWS, maxRows));
        }
    }
}
