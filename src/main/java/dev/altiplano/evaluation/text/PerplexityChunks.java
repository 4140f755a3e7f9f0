package dev.altiplano.evaluation.text;

import dev.altiplano.evaluation.EvaluationException;
import java.util.ArrayList;
import java.util.List;

/**
 * How a text is cut for its perplexity.
 *
 * <p>Without a stride as {@code llama-perplexity} cuts: the ids (with the beginning of sequence in front) in chunks of {@code
 * context}, the first id of each replaced by the beginning of sequence, and the second half of each scored; what is left at the
 * end is left out. With a stride as {@code llama-perplexity --ppl-stride}: chunks of {@code context + stride / 2} every {@code
 * stride} ids, of which the last {@code stride} are scored; that mode leaves the ids as they are, so that only the first chunk begins with
 * the beginning of sequence.
 *
 * @param context ids of a chunk
 * @param stride 0 for none
 */
public record PerplexityChunks(int context, int stride) {

    /** Ids that the model reads, of which those from {@code from} on are scored. */
    public record Chunk(int[] ids, int from) {}

    public PerplexityChunks {
        if (context < 8) {
            throw new EvaluationException("a context of " + context + " tokens: must be 8 or more");
        }
        if (stride < 0 || stride > context) {
            throw new EvaluationException(
                    "a stride of " + stride + ": must be from 0 (none) to the context of " + context);
        }
    }

    /**
     * The chunks of {@code ids}.
     *
     * @param bos replaces the first id of each chunk where there is no stride; -1 leaves it
     */
    public List<Chunk> of(int[] ids, int bos) {
        int length = stride == 0 ? context : context + stride / 2;
        int step = stride == 0 ? context : stride;
        int from = stride == 0 ? context / 2 + 1 : length - stride;
        List<Chunk> chunks = new ArrayList<>();
        // With a stride a chunk that ends with the text is left out, as llama-perplexity does.
        int end = stride == 0 ? ids.length : ids.length - 1;
        for (int start = 0; start + length <= end; start += step) {
            int[] chunk = new int[length];
            System.arraycopy(ids, start, chunk, 0, length);
            chunk[0] = bos < 0 || stride > 0 ? chunk[0] : bos;
            chunks.add(new Chunk(chunk, from));
        }
        if (chunks.isEmpty()) {
            throw new EvaluationException("the text has " + ids.length + " tokens, fewer than one chunk of " + length
                    + ": take a longer text or a shorter context");
        }
        return chunks;
    }
}
