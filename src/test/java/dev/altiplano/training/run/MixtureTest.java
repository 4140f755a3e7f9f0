package dev.altiplano.training.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.altiplano.engine.tokenizer.Tokenizer;
import dev.altiplano.training.corpus.DocumentKind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MixtureTest {

    private final Tokenizer tokenizer = ExampleTest.tokenizer();

    private Mixture mixture() {
        return new Mixture(
                List.of(
                        new Mixture.Part("stories", new Source.Generated(DocumentKind.STORIES, 1), 67),
                        new Mixture.Part("lists", new Source.Generated(DocumentKind.LISTS, 1), 33),
                        new Mixture.Part("given", new Source.Given(List.of("one", "two", "long ".repeat(200)), 1), 10)),
                tokenizer,
                64);
    }

    @Test
    void sharesOfTokensAreKept() {
        Mixture mixture = mixture();
        for (int i = 0; i < 3000; i++) {
            assertThat(mixture.next().length).isBetween(2, 65);
        }
        long[] state = mixture.state();
        double total = state[1] + state[3] + state[5];
        assertThat(state[1] / total).isCloseTo(67 / 110.0, within(0.02));
        assertThat(state[3] / total).isCloseTo(33 / 110.0, within(0.02));
    }

    @Test
    void theSequenceGoesOnFromAnyPlace() {
        Mixture mixture = mixture();
        List<int[]> after = new ArrayList<>();
        for (int i = 0; i < 57; i++) {
            mixture.next();
        }
        long[] state = mixture.state();
        for (int i = 0; i < 100; i++) {
            after.add(mixture.next());
        }
        Mixture other = mixture();
        other.restore(state);
        for (int[] tokens : after) {
            assertThat(other.next()).isEqualTo(tokens);
        }
    }

    @Test
    void eachRoundGivesEveryTextInAnotherOrder() {
        List<String> texts = List.of("a", "b", "c", "d", "e", "f", "g", "h");
        Source.Given given = new Source.Given(texts, 3);
        List<String> first = new ArrayList<>();
        List<String> second = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            first.add(given.text(i));
        }
        for (int i = 8; i < 16; i++) {
            second.add(given.text(i));
        }
        assertThat(first).containsExactlyInAnyOrderElementsOf(texts).isNotEqualTo(second);
        assertThat(second).containsExactlyInAnyOrderElementsOf(texts);
    }
}
