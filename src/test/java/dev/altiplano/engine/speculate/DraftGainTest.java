package dev.altiplano.engine.speculate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.cache.BlockPool;
import dev.altiplano.engine.kernel.BackendName;
import dev.altiplano.engine.kernel.Kernels;
import dev.altiplano.engine.kernel.backend.Backends;
import dev.altiplano.engine.kernel.backend.KernelOptions;
import dev.altiplano.engine.model.ForwardBatch;
import dev.altiplano.engine.model.RuleModel;
import dev.altiplano.engine.sample.Sampler;
import dev.altiplano.engine.sample.SamplingParams;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * What a draft model gains and costs, on machines made of arithmetic: a step of r rows takes 1 + row · (r - 1), a pass of the draft model a
 * part of that, and a token that it reads a part of a row; the clock shows them with noise. It follows a rule; the text does so with some
 * probability.
 */
class DraftGainTest {

    private static final int VOCABULARY = 64;
    private static final int TOKENS = 300;
    private static final int MAX_DRAFT = 7;
    private static final int MAX_DRAFT_ROWS = 14;
    private static final int BATCH = 512;
    private static final int BLOCK_TOKENS = 32;
    private static final Kernels KERNELS = Backends.create(KernelOptions.of(BackendName.SCALAR, 1));
    private static final Arena ARENA = Arena.ofShared();

    @AfterAll
    static void close() {
        KERNELS.close();
        ARENA.close();
    }

    /**
     * @param agrees how often the text follows the rule
     * @param row what a row more takes of a step of one
     * @param draft what a pass of the draft model takes of a step of the model
     * @param prompt tokens of each prompt
     */
    private record Case(double agrees, double row, double draft, int sequences, int prompt) {}

    private static final class Machine {
        final Case at;
        final Random chance = new Random(4);
        final StepCosts costs = new StepCosts(true);
        final Speculation speculation;
        /** What the clock shows, in nanoseconds, and what has passed, in steps. */
        long now;

        double passed;

        Machine(Case at) {
            this.at = at;
            int context = at.prompt + TOKENS + MAX_DRAFT + 1;
            int blocks = Math.ceilDiv(context, BLOCK_TOKENS) * at.sequences;
            DraftModel model = new DraftModel(
                    new RuleModel(VOCABULARY, at.sequences, this::pass, ARENA),
                    new DraftModel.Shape(context, VOCABULARY, BATCH, BLOCK_TOKENS, true),
                    new BlockPool(blocks),
                    new ForwardBatch(BATCH, at.sequences, blocks, ARENA),
                    new Sampler(KERNELS.layer(), VOCABULARY, ARENA),
                    costs,
                    () -> now);
            speculation = new Speculation(costs, model, () -> now);
        }

        /** Few rows wait for memory, many for arithmetic, of which reading needs a tenth for each row. */
        void pass(int rows) {
            take(at.draft * (rows <= 14 ? 1 + at.row * (rows - 1) : 1 + 0.1 * at.row * rows));
        }

        long take(double steps) {
            double held = chance.nextInt(20) == 0 ? 3 : 0.85 + 0.3 * chance.nextDouble();
            long shown = Math.round(1e6 * steps * held);
            passed += steps;
            now += shown;
            return shown;
        }

        /** How many times faster all sequences come to their end than without drafts. */
        double gain() {
            List<Simulated> running = new ArrayList<>();
            for (int i = 0; i < at.sequences; i++) {
                running.add(new Simulated(this));
            }
            double begin = passed;
            double plain = 0;
            while (!running.isEmpty()) {
                int decoding = running.size();
                int rows = decoding;
                for (Simulated each : running) {
                    int max = Math.min(MAX_DRAFT, MAX_DRAFT_ROWS / decoding);
                    rows += each.draft(max, rows, decoding);
                }
                speculation.make(BATCH - rows, () -> {});
                costs.measured(rows, take(1 + at.row * (rows - 1)));
                for (Simulated each : running) {
                    plain += (1 + at.row * (decoding - 1)) / decoding * each.verify();
                }
                running.removeIf(Simulated::isOver);
            }
            return plain / (passed - begin);
        }
    }

    private static final class Simulated {
        final int prompt;
        final KnownText text;
        final SequenceDrafts drafts;

        Simulated(Machine machine) {
            prompt = machine.at.prompt;
            int[] tokens = new int[prompt + TOKENS + MAX_DRAFT + 1];
            for (int i = 0; i < tokens.length; i++) {
                boolean follows = i > 0 && machine.chance.nextDouble() < machine.at.agrees;
                tokens[i] =
                        follows ? RuleModel.next(tokens[i - 1], i - 1, VOCABULARY) : machine.chance.nextInt(VOCABULARY);
            }
            text = new KnownText(tokens, prompt);
            drafts = machine.speculation.begin(
                    new Continuation(prompt, "", SamplingParams.greedy(), List.of(), token -> false));
        }

        int draft(int max, int rows, int decoding) {
            text.drafted = max == 0 ? 0 : drafts.draft(text.tokens, text.length, max, rows, decoding);
            return text.drafted;
        }

        /** Gives how many tokens the sequence has more. */
        int verify() {
            int accepted = text.verify();
            drafts.verified(text.drafted, accepted);
            return accepted + 1;
        }

        boolean isOver() {
            boolean over = text.length >= prompt + TOKENS;
            if (over) {
                drafts.release();
            }
            return over;
        }
    }

    /** The second to the fifth time, for the first one learns. */
    private static double gain(Case at) {
        Machine machine = new Machine(at);
        double[] gains = new double[5];
        for (int i = 0; i < gains.length; i++) {
            gains[i] = machine.gain();
        }
        return Arrays.stream(gains).skip(1).average().orElseThrow();
    }

    @Test
    void neverCostsMuchOnAnyMachineAtAnyLoad() {
        Map<String, Double> slow = new TreeMap<>();
        for (double agrees : new double[] {0, 0.3, 0.6, 0.8}) {
            for (double row : new double[] {0.02, 0.1, 1}) {
                for (double draft : new double[] {0.05, 0.3, 1}) {
                    for (int sequences : new int[] {1, 3, 12}) {
                        for (int prompt : new int[] {30, 1000}) {
                            Case at = new Case(agrees, row, draft, sequences, prompt);
                            slow.put(at.toString(), gain(at));
                        }
                    }
                }
            }
        }
        slow.values().removeIf(gain -> gain >= 0.97);
        assertThat(slow.entrySet()).extracting(Object::toString).isEmpty();
    }

    @Test
    void gainsWhereItAgrees() {
        assertThat(gain(new Case(0.95, 0.06, 0.1, 1, 200))).isGreaterThan(2.2);
        assertThat(gain(new Case(0.9, 0.06, 0.15, 1, 1000))).isGreaterThan(1.8);
        assertThat(gain(new Case(0.9, 0.06, 0.15, 4, 200))).isGreaterThan(1.3);
        assertThat(gain(new Case(0.8, 0.06, 0.1, 1, 200))).isGreaterThan(1.6);
    }
}
