package dev.altiplano.tool.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.BitDigest;
import org.junit.jupiter.api.Test;

class ChoiceTest {

    private static Choice choice(String finish, int[] ids, double... logprobs) {
        BitDigest bits = new BitDigest();
        for (double logprob : logprobs) {
            bits.add(logprob);
        }
        return new Choice(0, finish, bits.text(), bits.marks(), ids);
    }

    private static final int[] IDS = {5, 6, 7};
    private static final Choice BEFORE = choice("stop", IDS, -1, -2, -3);

    @Test
    void differsInNothing() {
        assertThat(BEFORE.difference(choice("stop", IDS, -1, -2, -3))).isNull();
        // A chat does not tell its tokens' ids.
        assertThat(BEFORE.difference(choice("stop", new int[0], -1, -2, -3))).isNull();
    }

    @Test
    void namesTheFirstTokenThatDiffers() {
        assertThat(BEFORE.difference(choice("stop", new int[] {5, 9, 8}, -1, -4, -3)))
                .isEqualTo("token 1 is 9, was 6");
        assertThat(BEFORE.difference(choice("stop", IDS, -1, -2, Math.nextUp(-3.0))))
                .isEqualTo("token 2 has another log probability");
        assertThat(BEFORE.difference(choice("stop", IDS, -0.0, -2, -3))).contains("token 0");
    }

    @Test
    void tellsAnotherLengthAndAnotherEnd() {
        assertThat(BEFORE.difference(choice("stop", new int[] {5, 6}, -1, -2))).isEqualTo("it has 2 tokens, had 3");
        assertThat(BEFORE.difference(choice("length", IDS, -1, -2, -3)))
                .isEqualTo("it ended by length, before by stop");
    }

    /** An embedding has numbers and no tokens. */
    @Test
    void comparesAllNumbersWhereNoneIsMarked() {
        Choice vector = Choice.embedding(0, "AACAPwAAAEA=");
        assertThat(vector.difference(Choice.embedding(0, "AACAPwAAAEA="))).isNull();
        assertThat(vector.difference(Choice.embedding(0, "AACAPwEAAEA="))).isEqualTo("its numbers have other bits");
    }
}
