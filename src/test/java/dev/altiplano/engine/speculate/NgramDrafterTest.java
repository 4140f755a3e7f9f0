package dev.altiplano.engine.speculate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NgramDrafterTest {

    private static NgramDrafter drafter() {
        StepCosts costs = new StepCosts(true);
        for (int step = 0; step < 4; step++) {
            costs.measured(1, 1000);
        }
        return new NgramDrafter(costs);
    }

    @Test
    void draftsWhatFollowedBefore() {
        int[] tokens = Arrays.copyOf(new int[] {1, 2, 3, 4, 5, 6, 9, 1, 2, 3}, 20);
        assertThat(drafter().draft(tokens, 10, 2, 1, 1)).isEqualTo(2);
        assertThat(tokens).startsWith(1, 2, 3, 4, 5, 6, 9, 1, 2, 3, 4, 5);
    }

    @Test
    void takesTheLatestOccurrenceAndGoesOnIntoItsOwnDraft() {
        int[] tokens = Arrays.copyOf(new int[] {7, 7, 7, 5, 7, 7, 7, 7, 7}, 20);
        NgramDrafter drafter = drafter();
        for (int i = 0; i < 20; i++) {
            drafter.verified(7, 7);
        }
        assertThat(drafter.draft(tokens, 9, 7, 1, 1)).isEqualTo(7);
        assertThat(Arrays.copyOfRange(tokens, 9, 16)).containsOnly(7);
    }

    @Test
    void draftsNothingWithoutAMatch() {
        int[] tokens = Arrays.copyOf(new int[] {1, 2, 3, 4, 5, 6}, 20);
        assertThat(drafter().draft(tokens, 6, 7, 1, 1)).isZero();
        assertThat(drafter().draft(tokens, 2, 7, 1, 1)).isZero();
    }

    @Test
    void stopsAfterRejectedDraftsAndBeginsAgainByItselfWhereItWouldBeRight() {
        int[] tokens = new int[400];
        NgramDrafter drafter = drafter();
        // The last three tokens stood before, and never goes on what went on there: 0 0 0 1 0 0 0 2 0 0 0 3 ...
        int drafts = 0;
        for (int length = 3; length < 200; length++) {
            int drafted = drafter.draft(tokens, length, 7, 1, 1);
            drafts += drafted > 0 ? 1 : 0;
            tokens[length] = length % 4 == 3 ? length : 0;
            drafter.verified(drafted, 0);
        }
        assertThat(drafts).isBetween(1, 12);
        int drafted = 0;
        for (int length = 200; length < 300 && drafted == 0; length++) {
            drafted = drafter.draft(tokens, length, 7, 1, 1);
            tokens[length] = length % 10;
        }
        assertThat(drafted).isPositive();
    }

    /** Grows with the sequence, whatever its tokens are. */
    @Test
    void findsAnyRepetitionInALongSequence() {
        Random random = new Random(1);
        int[] tokens = random.ints(5000, 0, 1 << 17).toArray();
        NgramDrafter drafter = drafter();
        int found = 0;
        for (int length = 10; length < 4900; length += 7) {
            drafter.draft(tokens, length, 1, 1, 1);
        }
        for (int from = 100; from < 3000; from += 100) {
            System.arraycopy(tokens, from, tokens, 4950, 3);
            int[] copy = tokens.clone();
            NgramDrafter fresh = drafter();
            int drafted = fresh.draft(copy, 4953, 2, 1, 1);
            found += drafted > 0 && copy[4953] == tokens[from + 3] ? 1 : 0;
        }
        // Grams that share a slot hide each other now and then.
        assertThat(found).isGreaterThan(20);
    }
}
