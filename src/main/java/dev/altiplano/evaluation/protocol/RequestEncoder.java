package dev.altiplano.evaluation.protocol;

import dev.altiplano.evaluation.EvaluationException;
import dev.altiplano.evaluation.model.LanguageModel;
import dev.altiplano.evaluation.task.PythonSpace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Turns contexts and continuations into tokens as lm-evaluation-harness does: white space at a context's end belongs to the
 * continuation, and the continuation's tokens are those of both together behind as many as the context alone has.
 *
 * @param maxLength positions that the model computes at most
 */
public record RequestEncoder(LanguageModel model, Convention convention, int maxLength) {

    /** As long as the model's context allows; with {@link Convention#HF} its last position is for the token that is predicted. */
    public static RequestEncoder of(LanguageModel model, Convention convention) {
        int context = model.contextLength();
        return new RequestEncoder(model, convention, convention == Convention.HF ? context - 1 : context);
    }

    private int prefix() {
        int prefix = model.bos() >= 0 ? model.bos() : model.eos();
        if (prefix < 0) {
            throw new EvaluationException("the model " + model.name()
                    + " has neither a beginning nor an end of sequence to stand before a text without context");
        }
        return prefix;
    }

    private int[] encode(String text) throws InterruptedException {
        return model.encode(text, convention == Convention.HF);
    }

    /** Positions of context and continuation together; the last token's own is not computed. */
    private int maxTokens() {
        return convention == Convention.HF ? maxLength + 1 : maxLength - 1;
    }

    /** A continuation behind its context; too long a context loses its beginning. */
    public ScoredTokens continuation(String context, String continuation) throws InterruptedException {
        int[] whole;
        int from;
        if (context.isEmpty()) {
            int[] alone = model.encode(continuation, false);
            boolean begun = alone.length > 0 && alone[0] == prefix();
            whole = begun ? alone : joined(new int[] {prefix()}, alone);
            from = 1;
        } else {
            String kept = context.substring(0, PythonSpace.trailing(context));
            whole = encode(context + continuation);
            // A context of white space alone has nothing but what begins a sequence.
            from = Math.max(encode(kept).length, kept.isEmpty() ? 1 : 0);
        }
        if (from >= whole.length || from < 1) {
            throw new EvaluationException("the continuation \"" + shortened(continuation) + "\" of \""
                    + shortened(context) + "\" has no tokens of its own");
        }
        int tooMany = Math.max(0, whole.length - maxTokens());
        if (tooMany >= from) {
            throw new EvaluationException("the continuation \"" + shortened(continuation) + "\" has "
                    + (whole.length - from) + " tokens, and the model's context is " + maxLength);
        }
        return new ScoredTokens(Arrays.copyOfRange(whole, tooMany, whole.length), from - tooMany, tooMany);
    }

    /**
     * A whole text in windows: the first predicts all its tokens, each later one those that are left, behind as many as fit in
     * front of them; each token counts once.
     */
    public List<ScoredTokens> windows(String text) throws InterruptedException {
        int length = convention == Convention.HF ? maxLength : maxLength - 2;
        if (length < 1) {
            throw new EvaluationException("the context of the model " + model.name() + " is too short for a window: "
                    + model.contextLength() + " tokens");
        }
        return windows(encode(text), prefix(), length);
    }

    static List<ScoredTokens> windows(int[] tokens, int prefix, int length) {
        List<ScoredTokens> windows = new ArrayList<>();
        int predicted = Math.min(length, tokens.length);
        if (predicted > 0) {
            windows.add(new ScoredTokens(joined(new int[] {prefix}, Arrays.copyOf(tokens, predicted)), 1, 0));
        }
        while (predicted < tokens.length) {
            int count = Math.min(tokens.length - predicted, length);
            int end = predicted + count;
            // The window's first input is the last token that the one before predicted, or earlier where the text ends.
            int start = end - length - 1;
            windows.add(new ScoredTokens(Arrays.copyOfRange(tokens, start, end), length + 1 - count, 0));
            predicted = end;
        }
        return windows;
    }

    /** What the model writes behind; too long a context loses its beginning. */
    public ScoredTokens prompt(String context, int maxNewTokens) throws InterruptedException {
        int[] tokens = encode(context);
        int room = (convention == Convention.HF ? maxLength : maxLength - 1) - maxNewTokens;
        if (room < 1) {
            throw new EvaluationException("max_gen_toks = " + maxNewTokens
                    + " leaves no room for a prompt: the model's context is " + maxLength);
        }
        if (tokens.length == 0) {
            tokens = new int[] {prefix()};
        }
        int tooMany = Math.max(0, tokens.length - room);
        return new ScoredTokens(Arrays.copyOfRange(tokens, tooMany, tokens.length), 0, tooMany);
    }

    private static int[] joined(int[] first, int[] second) {
        int[] joined = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, joined, first.length, second.length);
        return joined;
    }

    private static String shortened(String text) {
        return text.length() <= 60 ? text : "…" + text.substring(text.length() - 60);
    }
}
