package dev.altiplano.server.api;

import dev.altiplano.engine.GenerationRequest;
import dev.altiplano.engine.Prompt;
import dev.altiplano.engine.chat.ChatRequest;
import dev.altiplano.server.api.error.ApiException;
import java.util.List;

/**
 * What a request may cost at most, as it is known before its text is divided: the tokens of texts are a guess.
 *
 * @param tokens of prompts and of all that may be generated
 * @param tokensOfChoice that one choice may have
 * @param scores log probabilities, with the alternatives at each position
 */
public record RequestCost(long tokens, int tokensOfChoice, long scores) {

    private static final int CHARACTERS_PER_TOKEN = 4;

    static RequestCost of(GenerationRequest request, int contextLength) {
        int asked = request.stopping().maxTokens();
        int ofChoice = asked < 0 ? Math.min(contextLength, request.stopping().bound()) : asked;
        long generated = choices(request) * ofChoice;
        long given = given(request);
        return new RequestCost(generated + given, ofChoice, generated * ofToken(request) + scoresOfPrompts(request));
    }

    /**
     * Tokens of each choice whose log probabilities are no more than {@code maxScores} in all; at least one, and no fewer than the
     * request wants at least.
     */
    static int tokensWithin(GenerationRequest request, int maxScores) {
        long each = choices(request) * ofToken(request);
        if (each == 0) {
            return Integer.MAX_VALUE;
        }
        long most = (maxScores - scoresOfPrompts(request)) / each;
        return (int) Math.max(Math.max(1, request.stopping().minTokens()), most);
    }

    private static long choices(GenerationRequest request) {
        return (long) request.prompts().size() * request.bestOf();
    }

    /** Log probabilities of a generated token: one that is not wanted is -1, and one without alternatives 0. */
    private static int ofToken(GenerationRequest request) {
        return 1 + request.logprobs().completion();
    }

    private static long scoresOfPrompts(GenerationRequest request) {
        return given(request) * (1 + request.logprobs().prompt());
    }

    private static long given(GenerationRequest request) {
        return request.prompts().stream().mapToLong(RequestCost::tokens).sum();
    }

    private static long tokens(Prompt prompt) {
        return switch (prompt) {
            case Prompt.Text(String text) -> text.length() / CHARACTERS_PER_TOKEN + 1;
            case Prompt.Ids(int[] ids) -> ids.length;
            case Prompt.Chat(ChatRequest conversation, int most) -> {
                long whole = characters(conversation) / CHARACTERS_PER_TOKEN + 1;
                yield most == 0 ? whole : Math.min(whole, most);
            }
        };
    }

    private static long characters(ChatRequest conversation) {
        return conversation.messages().stream()
                .flatMap(message -> message.content().stream())
                .mapToLong(String::length)
                .sum();
    }

    /**
     * Bounds what choices say again of their prompts: all of it is held until the answer is written.
     *
     * @param times how often each prompt comes back
     * @param field what asks for it
     */
    public static void requireFewRepeated(List<Prompt> prompts, int times, String field, int max) {
        long repeated = times * prompts.stream().mapToLong(RequestCost::tokens).sum();
        if (repeated > max) {
            throw ApiException.invalid(
                    field,
                    "too_many_repeated_tokens",
                    "The answer would repeat some " + repeated + " tokens of its prompts, and a request may ask for "
                            + max + ": send fewer prompts at a time, or ask for fewer choices"
                            + " (altiplano.api.max-scores)");
        }
    }

    /** Throws {@link ApiException} where there are more log probabilities than {@code max}: they are held until the answer is written. */
    void requireFewScores(int max) {
        if (scores > max) {
            throw ApiException.invalid(
                    "logprobs",
                    "too_many_logprobs",
                    "The request asks for up to " + scores + " log probabilities, and a request may ask for " + max
                            + ": send fewer prompts at a time, or ask for fewer tokens or alternatives"
                            + " (altiplano.api.max-scores)");
        }
    }
}
