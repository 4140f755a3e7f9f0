package dev.altiplano.engine.speculate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NgramDrafterTest {

    @Test
    void guessesWhatFollowedBefore() {
        int[] tokens = Arrays.copyOf(new int[] {1, 2, 3, 4, 5, 6, 9, 1, 2, 3}, 20);
        assertThat(new NgramDrafter().draft(tokens, 10, 4)).isEqualTo(3);
        assertThat(tokens).startsWith(1, 2, 3, 4, 5, 6, 9, 1, 2, 3, 4, 5, 6);
    }

    @Test
    void takesTheLatestOccurrenceAndGoesOnIntoItsOwnDraft() {
        int[] tokens = Arrays.copyOf(new int[] {7, 7, 7, 5, 7, 7, 7, 7, 7}, 20);
        NgramDrafter drafter = new NgramDrafter();
        for (int i = 0; i < 20; i++) {
            drafter.verified(7, 7, 9);
        }
        assertThat(drafter.draft(tokens, 9, 7)).isEqualTo(7);
        assertThat(Arrays.copyOfRange(tokens, 9, 16)).containsOnly(7);
    }

    @Test
    void guessesNothingWithoutAMatch() {
        int[] tokens = Arrays.copyOf(new int[] {1, 2, 3, 4, 5, 6}, 20);
        assertThat(new NgramDrafter().draft(tokens, 6, 7)).isZero();
        assertThat(new NgramDrafter().draft(tokens, 2, 7)).isZero();
    }

    @Test
    void pausesAfterRejectedDraftsAndTriesAgain() {
        int[] tokens = new int[200];
        NgramDrafter drafter = new NgramDrafter();
        int drafts = 0;
        for (int length = 10; length < 150; length++) {
            int drafted = drafter.draft(tokens, length, 7);
            drafts += drafted > 0 ? 1 : 0;
            drafter.verified(drafted, 0, length);
        }
        assertThat(drafts).isBetween(6, 25);
    }

    /** Grows with the sequence, whatever its tokens are. */
    @Test
    void findsAnyRepetitionInALongSequence() {
        Random random = new Random(1);
        int[] tokens = random.ints(5000, 0, 1 << 17).toArray();
        NgramDrafter drafter = new NgramDrafter();
        int found = 0;
        for (int length = 10; length < 4900; length += 7) {
            drafter.draft(tokens, length, 1);
        }
        for (int from = 100; from < 3000; from += 100) {
            System.arraycopy(tokens, from, tokens, 4950, 3);
            int[] copy = tokens.clone();
            NgramDrafter fresh = new NgramDrafter();
            int drafted = fresh.draft(copy, 4953, 2);
            found += drafted > 0 && copy[4953] == tokens[from + 3] ? 1 : 0;
        }
        // Grams that share a slot hide each other now and then.
        assertThat(found).isGreaterThan(20);
    }
}
