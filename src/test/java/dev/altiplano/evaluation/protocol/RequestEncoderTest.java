package dev.altiplano.evaluation.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.evaluation.EvaluationException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RequestEncoderTest {

    private final FakeModel model = new FakeModel(17);
    private final RequestEncoder encoder = RequestEncoder.of(model, Convention.HF);

    @Test
    void givesTrailingSpaceToTheContinuation() throws InterruptedException {
        ScoredTokens scored = encoder.continuation("ab \n", "c");
        assertThat(scored.tokens()).isEqualTo(model.encode("ab \nc", true));
        assertThat(scored.from()).isEqualTo(3);
    }

    @Test
    void beginsWithoutContextByTheBeginningOfSequence() throws InterruptedException {
        ScoredTokens scored = encoder.continuation("", "xy");
        assertThat(scored.tokens()).containsExactly(1, 'x' + 3, 'y' + 3);
        assertThat(scored.from()).isEqualTo(1);
        ScoredTokens other =
                RequestEncoder.of(model, Convention.LOCAL_COMPLETIONS).continuation("", "xy");
        assertThat(other.tokens()).containsExactly(1, 'x' + 3, 'y' + 3);
    }

    @Test
    void cutsTheContextFromTheLeft() throws InterruptedException {
        ScoredTokens scored = encoder.continuation("0123456789abcdefgh", "ij");
        // 16 positions and the token that the last one predicts.
        assertThat(scored.tokens()).hasSize(17).endsWith('i' + 3, 'j' + 3);
        assertThat(scored.from()).isEqualTo(15);
        assertThat(scored.truncated()).isEqualTo(4);
    }

    @Test
    void refusesAContinuationThatIsTooLongOrEmpty() {
        assertThatThrownBy(() -> encoder.continuation("a", "0123456789abcdefgh"))
                .isInstanceOf(EvaluationException.class)
                .hasMessageContaining("18 tokens");
        assertThatThrownBy(() -> encoder.continuation("a", ""))
                .isInstanceOf(EvaluationException.class)
                .hasMessageContaining("no tokens of its own");
    }

    /** Windows that the harness' own function gave for tokens 10 to 19, prefix 1 and a length of 4. */
    @Test
    void rollsAsTheHarness() {
        List<ScoredTokens> windows = RequestEncoder.windows(new int[] {10, 11, 12, 13, 14, 15, 16, 17, 18, 19}, 1, 4);
        assertThat(windows).hasSize(3);
        assertThat(windows.get(0).tokens()).containsExactly(1, 10, 11, 12, 13);
        assertThat(windows.get(0).from()).isEqualTo(1);
        assertThat(windows.get(1).tokens()).containsExactly(13, 14, 15, 16, 17);
        assertThat(windows.get(1).from()).isEqualTo(1);
        assertThat(windows.get(2).tokens()).containsExactly(15, 16, 17, 18, 19);
        assertThat(windows.get(2).from()).isEqualTo(3);
        assertThat(RequestEncoder.windows(new int[0], 1, 4)).isEmpty();
        assertThat(RequestEncoder.windows(new int[] {5}, 1, 4).getFirst().tokens())
                .containsExactly(1, 5);
    }

    @Test
    void refusesAContextWithoutRoomForAWindow() {
        for (Convention convention : Convention.values()) {
            int tooShort = convention == Convention.HF ? 1 : 2;
            assertThatThrownBy(() -> RequestEncoder.of(new FakeModel(tooShort), convention)
                            .windows("abc"))
                    .isInstanceOf(EvaluationException.class)
                    .hasMessageContaining("too short");
        }
    }

    @Test
    void countsEveryTokenOnce() {
        for (int length = 1; length < 40; length++) {
            int[] tokens = new int[length];
            Arrays.setAll(tokens, i -> 100 + i);
            int next = 0;
            for (ScoredTokens window : RequestEncoder.windows(tokens, 1, 7)) {
                assertThat(window.tokens().length).isLessThanOrEqualTo(8);
                for (int i = window.from(); i < window.tokens().length; i++) {
                    assertThat(window.tokens()[i]).isEqualTo(100 + next++);
                }
            }
            assertThat(next).isEqualTo(length);
        }
    }
}
