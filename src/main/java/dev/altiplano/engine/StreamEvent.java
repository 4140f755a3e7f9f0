package dev.altiplano.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a {@link TokenStream} delivers. The last event of every stream is {@link Ended} or {@link Failed}. */
public sealed interface StreamEvent {

    /** The tokens of prompt {@code prompt} from {@link Logprobs#promptFrom} on were scored; comes before any text of its choices. */
    record PromptScored(int prompt, List<TokenScore> tokens) implements StreamEvent {}

    /** The hidden states of prompt {@code prompt}, pooled to one vector of length 1, which is the reader's to keep. */
    record Embedded(int prompt, float[] vector) implements StreamEvent {}

    /** More of a choice: text that no later token can take back, and the scores of the tokens behind it if they were asked for. */
    record Text(int choice, String text, List<TokenScore> tokens) implements StreamEvent {}

    /** A choice is complete. */
    record Finished(int choice, FinishReason reason) implements StreamEvent {}

    /** All choices are complete. */
    record Ended(Usage usage) implements StreamEvent {}

    /**
     * The request came to an end before its choices did.
     *
     * @param outcome CANCELLED, TIMEOUT or ERROR
     * @param refusal what the request itself asks too much of, as a code; null where the outcome says all
     */
    record Failed(Outcome outcome, @Nullable String refusal, String message, Usage usage) implements StreamEvent {}
}
