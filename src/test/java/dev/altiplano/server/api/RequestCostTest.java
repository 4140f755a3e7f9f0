package dev.altiplano.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.engine.GenerationRequest;
import dev.altiplano.engine.Logprobs;
import dev.altiplano.engine.Prompt;
import dev.altiplano.engine.Stopping;
import dev.altiplano.server.api.error.ApiException;
import dev.altiplano.server.api.error.ErrorMapper;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a request may cost, before anything is done for it. */
class RequestCostTest {

    private static final int CONTEXT = 2048;

    private static GenerationRequest request(int promptTokens, int maxTokens) {
        return GenerationRequest.of("request", new Prompt.Ids(new int[promptTokens]), maxTokens);
    }

    @ParameterizedTest
    @CsvSource({"-1, -1, 0", "0, -1, 80", "5, -1, 480", "-1, 0, 10", "-1, 5, 60", "5, 5, 540"})
    void scoresAreCountedWithTheirAlternatives(int completion, int prompt, long scores) {
        RequestCost cost =
                RequestCost.of(request(10, 20).withChoices(2, 4).with(new Logprobs(completion, prompt)), CONTEXT);
        assertThat(cost.scores()).isEqualTo(scores);
        assertThat(cost.tokens()).isEqualTo(10 + 4 * 20);
        assertThat(cost.tokensOfChoice()).isEqualTo(20);
    }

    @Test
    void theRestOfTheContextIsAtMostTheContext() {
        assertThat(RequestCost.of(request(10, -1), CONTEXT).tokens()).isEqualTo(10 + CONTEXT);
    }

    @Test
    void noNumbersAreTooLargeToBeCounted() {
        RequestCost cost = RequestCost.of(
                request(10, Integer.MAX_VALUE).withChoices(4096, 4096).with(new Logprobs(1024, 1024)), CONTEXT);
        assertThatThrownBy(() -> cost.requireFewScores(1 << 30))
                .isInstanceOfSatisfying(
                        ApiException.class,
                        refused -> assertThat(ErrorMapper.code(refused)).isEqualTo("too_many_logprobs"));
    }

    @Test
    void asManyAsAllowedMayBeAskedFor() {
        RequestCost cost = RequestCost.of(request(10, 0).with(new Logprobs(-1, 9)), CONTEXT);
        assertThatCode(() -> cost.requireFewScores(100)).doesNotThrowAnyException();
        assertThatThrownBy(() -> cost.requireFewScores(99)).isInstanceOf(ApiException.class);
    }

    /** A client that asks a model of a long context for scores and names no end gets an answer, and one that names it is refused. */
    @Test
    void anAnswerWithoutALimitEndsWhereItsScoresDo() {
        int context = 131_072;
        int most = 1 << 20;
        GenerationRequest asked = request(10, -1).withChoices(2, 2).with(new Logprobs(8, -1));
        int bound = RequestCost.tokensWithin(asked, most);
        assertThat(bound).isEqualTo(most / (2 * 9));
        RequestCost cost = RequestCost.of(asked.with(asked.stopping().bounded(bound)), context);
        assertThat(cost.tokensOfChoice()).isEqualTo(bound);
        assertThatCode(() -> cost.requireFewScores(most)).doesNotThrowAnyException();

        GenerationRequest stated = request(10, context).withChoices(2, 2).with(new Logprobs(8, -1));
        RequestCost whole =
                RequestCost.of(stated.with(stated.stopping().bounded(RequestCost.tokensWithin(stated, most))), context);
        assertThatThrownBy(() -> whole.requireFewScores(most)).isInstanceOf(ApiException.class);

        assertThat(RequestCost.tokensWithin(request(10, -1), most)).isEqualTo(Integer.MAX_VALUE);
        assertThat(RequestCost.tokensWithin(asked.with(new Stopping(-1, 500, List.of(), Set.of(), false)), 100))
                .as("what the request wants at least")
                .isEqualTo(500);
    }

    /** A prompt that comes back once for each choice takes as much memory as many prompts. */
    @Test
    void promptsComeBackSoOftenAndNoMore() {
        List<Prompt> prompts = List.of(new Prompt.Ids(new int[30]), new Prompt.Text("a".repeat(80)));
        assertThatCode(() -> RequestCost.requireFewRepeated(prompts, 4, "echo", 204))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> RequestCost.requireFewRepeated(prompts, 4, "echo", 203))
                .isInstanceOfSatisfying(
                        ApiException.class,
                        refused -> assertThat(ErrorMapper.code(refused)).isEqualTo("too_many_repeated_tokens"));
        List<Prompt> large = List.of(new Prompt.Ids(new int[1 << 20]));
        assertThatThrownBy(() -> RequestCost.requireFewRepeated(large, 8192, "echo", 1 << 30))
                .isInstanceOf(ApiException.class);
    }
}
