package dev.altiplano.server.api.completion;

import dev.altiplano.engine.FinishReason;
import dev.altiplano.engine.TokenScore;
import dev.altiplano.server.api.resume.ChoiceProgress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One choice or a part of one, gathered until it is written. Used by the request's thread.
 *
 * <p>A choice's first part begins with its prompt: the echoed text and the scores of its tokens, where they were asked for.
 */
final class ChoicePart {

    private final int index;
    private final StringBuilder text = new StringBuilder();
    private final List<TokenScore> promptScores = new ArrayList<>();
    private final List<TokenScore> scores = new ArrayList<>();
    private boolean first;
    private boolean begun;
    private @Nullable FinishReason finish;

    ChoicePart(int index) {
        this.index = index;
    }

    /** A part that begins a choice. */
    static ChoicePart first(int index, String echo, List<TokenScore> promptScores) {
        ChoicePart part = new ChoicePart(index);
        part.first = true;
        part.text.append(echo);
        part.promptScores.addAll(promptScores);
        return part;
    }

    void append(String more, List<TokenScore> tokens) {
        begun = true;
        text.append(more);
        scores.addAll(tokens);
    }

    void scorePrompt(List<TokenScore> tokens) {
        promptScores.addAll(tokens);
    }

    void finish(FinishReason reason) {
        finish = reason;
    }

    /** What of this has not been sent. */
    ChoicePart unsent(ChoiceProgress progress) {
        ChoicePart fresh = new ChoicePart(index);
        if (first && progress.begin()) {
            fresh.first = true;
            fresh.promptScores.addAll(promptScores);
        }
        fresh.append(progress.text(text()), progress.scores(scores));
        if (finish != null && progress.finish()) {
            fresh.finish = finish;
        }
        return fresh;
    }

    int index() {
        return index;
    }

    String text() {
        return text.toString();
    }

    /** Whether the prompt stands in this part. */
    boolean isFirst() {
        return first;
    }

    /** Whether something of the completion stands in it. */
    boolean isBegun() {
        return begun;
    }

    /** Whether there is nothing to tell. */
    boolean isEmpty() {
        return text.isEmpty() && promptScores.isEmpty() && scores.isEmpty() && finish == null;
    }

    /** The scores of the prompt's tokens; empty where they were not asked for, and in all parts but the first. */
    List<TokenScore> promptScores() {
        return promptScores;
    }

    /** The scores of the completion's tokens. */
    List<TokenScore> scores() {
        return scores;
    }

    /** Null where more follows. */
    @Nullable
    FinishReason finishReason() {
        return finish;
    }
}
