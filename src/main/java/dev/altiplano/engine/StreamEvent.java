package dev.altiplano.engine;

import java.util.List;

/** What a {@link TokenStream} delivers. The last event of every stream is {@link Ended} or {@link Failed}. */
public sealed interface StreamEvent {

    /** The tokens of prompt {@code prompt} from {@link Logprobs#promptFrom} on were scored; comes before any text of its choices. */
    record PromptScored(int prompt, List<TokenScore> tokens) implements StreamEvent {}

    /** More of a choice: text that no later token can take back, and the scores of the tokens behind it if they were asked for. */
    record Text(int choice, String text, List<TokenScore> tokens) implements StreamEvent {}

    /** A choice is complete. */
    record Finished(int choice, FinishReason reason) implements StreamEvent {}

    /** All choices are complete. */
    record Ended(Usage usage) implements StreamEvent {}

    /** The request came to an end before its choices did: {@code outcome} is CANCELLED, TIMEOUT or ERROR. */
    record Failed(Outcome outcome, String message, Usage usage) implements StreamEvent {}
}
