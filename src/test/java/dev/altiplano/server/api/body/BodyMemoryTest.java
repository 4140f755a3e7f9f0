package dev.altiplano.server.api.body;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What bodies may hold, together and those of one client. */
class BodyMemoryTest {

    private final BodyMemory memory = new BodyMemory(100, 40);

    @Test
    void oneClientTakesNoMoreThanItsShare() {
        assertThat(memory.take("many", 30)).isTrue();
        assertThat(memory.take("many", 11)).isFalse();
        assertThat(memory.take("many", 10)).isTrue();
        assertThat(memory.take("other", 40)).isTrue();
        assertThat(memory.held()).isEqualTo(80);
    }

    @Test
    void allTogetherTakeNoMoreThanThereIs() {
        assertThat(memory.take("a", 40)).isTrue();
        assertThat(memory.take("b", 40)).isTrue();
        assertThat(memory.take("c", 21)).isFalse();
        assertThat(memory.take("c", 20)).isTrue();
    }

    @Test
    void whatIsGivenBackIsThereAgain() {
        assertThat(memory.take("a", 40)).isTrue();
        memory.giveBack("a", 15);
        assertThat(memory.take("a", 16)).isFalse();
        assertThat(memory.take("a", 15)).isTrue();
        memory.giveBack("a", 40);
        assertThat(memory.held()).isZero();
    }
}
