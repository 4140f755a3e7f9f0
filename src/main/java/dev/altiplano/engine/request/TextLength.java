package dev.altiplano.engine.request;

import dev.altiplano.engine.InvalidRequestException;
import dev.altiplano.engine.tokenizer.Tokenizer;
import java.util.stream.IntStream;

/**
 * The bound of a prompt's text: one that has too many tokens however it is divided is refused without dividing it.
 *
 * @param longestPiece characters of the vocabulary's longest piece: no token stands for more
 */
record TextLength(int contextLength, int longestPiece) {

    static TextLength of(Tokenizer tokenizer, int contextLength) {
        int longest = IntStream.range(0, tokenizer.vocabularySize())
                .map(id -> tokenizer.piece(id).length())
                .max()
                .orElse(1);
        return new TextLength(contextLength, Math.max(1, longest));
    }

    /** Whether {@code characters} can be so few tokens. */
    boolean allows(long characters, int maxTokens) {
        return characters / longestPiece <= maxTokens;
    }

    /** Throws {@link InvalidRequestException} where {@code characters} of {@code field} are too many. */
    void require(String field, long characters) {
        long minTokens = characters / longestPiece;
        if (minTokens > contextLength) {
            throw new InvalidRequestException(
                    field,
                    "context_length_exceeded",
                    "This model's maximum context length is " + contextLength + " tokens, but the prompt has at least "
                            + minTokens + ". Shorten the prompt.");
        }
    }
}
