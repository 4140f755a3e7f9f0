package dev.altiplano.engine.speculate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What drafting gains and costs, on machines made of arithmetic: a step of r rows takes 1 + share · (r - 1), and is measured with noise. */
class SpeculationGainTest {

    private static final int PROMPT = 100;
    private static final int TOKENS = 1000;
    private static final int MAX_DRAFT = 7;
    private static final int MAX_DRAFT_ROWS = 14;
    /** From machines that wait for memory alone to those on which a row costs as much as a step. */
    private static final double[] SHARES = {0.01, 0.03, 0.06, 0.1, 0.2, 0.5, 1};

    /** What the clock shows beside what a step has to do, whatever the machine: a twentieth of the steps are held up. */
    private enum Clock {
        STEADY,
        /** The first steps that verify drafts are slow, as cold code is. */
        COLD,
        /** Now and then all is slow for a while, since others use the machine. */
        CHANGING
    }

    /** Shows how long steps take. */
    private static final class Stopwatch {
        final Random noise = new Random(4);
        final Clock clock;
        int verifying;
        int slow;

        Stopwatch(Clock clock) {
            this.clock = clock;
        }

        long nanos(boolean drafted, double took) {
            double held = noise.nextInt(20) == 0 ? 4 : 0.8 + 0.4 * noise.nextDouble();
            if (clock == Clock.COLD && drafted && verifying++ < 4) {
                held *= 4;
            }
            if (clock == Clock.CHANGING) {
                slow = slow > 0 ? slow - 1 : noise.nextInt(100) == 0 ? noise.nextInt(60) : 0;
                held *= slow > 0 ? 2.5 : 1;
            }
            return Math.round(1e6 * took * held);
        }
    }

    private static final class Simulated {
        final KnownText text;
        final NgramDrafter drafter;

        Simulated(int[] text, StepCosts costs) {
            this.text = new KnownText(text, PROMPT);
            drafter = new NgramDrafter(costs);
        }

        int draft(int max, int rows, int decoding) {
            text.drafted = max == 0 ? 0 : drafter.draft(text.tokens, text.length, max, rows, decoding);
            return text.drafted;
        }

        /** Gives how many tokens the sequence has more. */
        int verify() {
            int accepted = text.verify();
            drafter.verified(text.drafted, accepted);
            return accepted + 1;
        }
    }

    /** How many times faster all sequences come to their end than without drafts. */
    private static double gain(List<int[]> texts, double share, Clock clock) {
        Stopwatch stopwatch = new Stopwatch(clock);
        StepCosts costs = new StepCosts(true);
        List<Simulated> sequences = new ArrayList<>();
        texts.forEach(text -> sequences.add(new Simulated(text, costs)));
        double time = 0;
        double plain = 0;
        while (!sequences.isEmpty()) {
            int decoding = sequences.size();
            int rows = decoding;
            for (Simulated sequence : sequences) {
                int max = Math.min(MAX_DRAFT, MAX_DRAFT_ROWS / decoding);
                rows += sequence.draft(max, rows, decoding);
            }
            double took = 1 + share * (rows - 1);
            time += took;
            costs.measured(rows, stopwatch.nanos(rows > decoding, took));
            double step = 1 + share * (decoding - 1);
            for (Simulated sequence : sequences) {
                plain += step / decoding * sequence.verify();
            }
            sequences.removeIf(sequence -> sequence.text.length >= PROMPT + TOKENS);
        }
        return plain / time;
    }

    private static List<int[]> texts(int count, IntFunction<int[]> text) {
        List<int[]> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            texts.add(text.apply(i));
        }
        return texts;
    }

    private static int[] random(int seed, int alphabet) {
        return new Random(seed)
                .ints(PROMPT + TOKENS + MAX_DRAFT + 1, 0, alphabet)
                .toArray();
    }

    /** Says its first tokens again and again, each time with a few mistakes. */
    private static int[] edited(int seed) {
        int[] text = random(seed, 30_000);
        Random random = new Random(seed);
        for (int i = PROMPT; i < text.length; i++) {
            text[i] = random.nextInt(30) == 0 ? random.nextInt(30_000) : text[i - PROMPT];
        }
        return text;
    }

    /** What has been said three tokens long is found again, and goes on otherwise each time. */
    private static int[] misleading(int seed) {
        int[] text = new int[PROMPT + TOKENS + MAX_DRAFT + 1];
        for (int i = 0; i < text.length; i++) {
            text[i] = i % 4 == 3 ? 1000 * seed + i : i % 4;
        }
        return text;
    }

    @Test
    void randomTextCostsNothingOnAnyMachineAtAnyLoad() {
        Map<String, Double> slow = new TreeMap<>();
        for (Clock clock : Clock.values()) {
            for (double share : SHARES) {
                for (int sequences : new int[] {1, 2, 4, 12}) {
                    String machine = clock + ", " + sequences + " sequences, a row costs " + share;
                    for (int alphabet : new int[] {2, 3, 4, 6, 10, 30, 30_000}) {
                        slow.put(
                                machine + ", " + alphabet + " tokens to choose from",
                                gain(texts(sequences, seed -> random(seed, alphabet)), share, clock));
                    }
                    slow.put(
                            machine + ", misleading",
                            gain(texts(sequences, SpeculationGainTest::misleading), share, clock));
                }
            }
        }
        slow.values().removeIf(gain -> gain >= 0.97);
        assertThat(slow).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void copyingGainsWhereRowsAreCheap(Clock clock) {
        assertThat(gain(texts(1, SpeculationGainTest::edited), 0.06, clock)).isGreaterThan(2.5);
        assertThat(gain(texts(1, SpeculationGainTest::edited), 0.2, clock)).isGreaterThan(1.7);
        assertThat(gain(texts(4, SpeculationGainTest::edited), 0.06, clock))
                .isGreaterThan(clock == Clock.COLD ? 1.5 : 1.8);
        assertThat(gain(texts(4, SpeculationGainTest::edited), 0.2, clock)).isGreaterThan(1.05);
    }
}
