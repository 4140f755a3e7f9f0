package dev.altiplano.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.EngineOptions.Decoding;
import dev.altiplano.engine.EngineOptions.DraftModel;
import dev.altiplano.engine.TestEngines.Settings;
import dev.altiplano.engine.kernel.WeightFormat;
import dev.altiplano.engine.run.Engines;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random requests at once in engines with random settings answer as each does alone in an engine that reuses, drafts and shares nothing:
 * the same text, tokens and scores to the last bit. {@code -Daltiplano.test.mixes=10000} asks so many requests of each rule.
 */
class SameAnswerMixTest {

    private static final List<Settings> MODELS = List.of(
            Settings.of("base-mp1").weights("q4_0"),
            Settings.of("gqa-mp1").weights("q8_0"),
            Settings.of("gguf/kq-q4_k_m.gguf").weights("file"),
            Settings.of("hf-gqa").weights("f32"));

    private static final int CONTEXT = 512;
    private static final int MIXES = Integer.getInteger("altiplano.test.mixes", 120);
    private static final int REQUESTS = 12;
    private static final int CROWD = 10;

    private static final Map<String, Long> SMALLEST = new HashMap<>();

    /** A request and all that it says alone. */
    private record Expected(GenerationRequest request, Completed alone) {}

    @ParameterizedTest(name = "one rule: {0}")
    @ValueSource(booleans = {false, true})
    void randomMixesAnswerAsEachDoesAlone(boolean oneRule) {
        Random random = new Random(oneRule ? 2 : 1);
        int asked = 0;
        while (asked < MIXES) {
            for (Settings model : MODELS) {
                List<Expected> expected = alone(model, oneRule, random);
                int engines = Math.max(1, Math.min(12, (MIXES - asked) / (MODELS.size() * CROWD)));
                for (int i = 0; i < engines; i++) {
                    crowd(model, oneRule, expected, random);
                    asked += CROWD;
                }
            }
        }
    }

    private static Engine open(Settings settings, boolean oneRule, boolean speculation) {
        return open(settings, new Decoding(oneRule, speculation, false));
    }

    private static Engine open(Settings settings, Decoding decoding) {
        return Engines.open(settings.options().with(decoding), (phase, done, total) -> {}, EngineObserver.NONE);
    }

    private static List<Expected> alone(Settings model, boolean oneRule, Random random) {
        List<Expected> expected = new ArrayList<>();
        try (Engine engine = open(model.batch(1, CONTEXT).prefixCache(false), oneRule, false)) {
            List<int[]> known = new ArrayList<>();
            known.add(random.ints(90, 3, 60).toArray());
            for (int i = 0; i < REQUESTS; i++) {
                int[] prompt = prompt(known.get(random.nextInt(known.size())), random);
                GenerationRequest request = request(prompt, random);
                Completed answer = Completed.of(engine.submit(request));
                expected.add(new Expected(request, answer));
                // The next turn: what was said comes back in a prompt.
                known.add(joined(prompt, answer.ids(0)));
            }
        }
        return expected;
    }

    /** The beginning of something known, or all of it, and a few tokens more. */
    private static int[] prompt(int[] known, Random random) {
        int kept = random.nextBoolean() ? known.length : 1 + random.nextInt(known.length);
        int[] more = random.ints(random.nextInt(9), 3, 40).toArray();
        return joined(Arrays.copyOf(known, Math.min(kept, 250)), more);
    }

    private static int[] joined(int[] first, int[] second) {
        int[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static GenerationRequest request(int[] prompt, Random random) {
        Requests request = Requests.ids(prompt)
                .maxTokens(random.nextInt(12) == 0 ? 0 : 1 + random.nextInt(32))
                .logprobs(random.nextInt(3));
        if (random.nextInt(4) > 0) {
            request = request.sampled(random.nextFloat(), random.nextBoolean() ? 1 : 0.9f, random.nextInt());
        }
        if (random.nextInt(4) == 0) {
            request = request.penalties(random.nextFloat(), 0.8f + random.nextFloat())
                    .bias(Map.of(3 + random.nextInt(14), 3f, 17, -4f));
        }
        if (random.nextInt(4) == 0) {
            request = request.stop("q", "ab");
        }
        if (random.nextInt(5) == 0) {
            request = request.scorePrompt();
        }
        if (random.nextInt(4) == 0) {
            int n = 1 + random.nextInt(3);
            request = request.n(n, n + random.nextInt(2));
        }
        return random.nextInt(3) > 0 ? request.ignoreEos().build() : request.build();
    }

    private static void crowd(Settings model, boolean oneRule, List<Expected> expected, Random random) {
        int[] chunks = {16, 23, 64, CONTEXT};
        Settings settings = model.batch(1 + random.nextInt(16), chunks[random.nextInt(chunks.length)])
                .threads(1 + random.nextInt(2))
                .prefixCache(random.nextInt(4) > 0);
        Decoding decoding = decoding(settings, oneRule, random);
        if (random.nextInt(3) == 0) {
            settings = settings.kvBytes(smallest(settings));
        }
        try (Engine engine = open(settings, decoding)) {
            List<Expected> asked = new ArrayList<>();
            List<Generation> answers = new ArrayList<>();
            for (int i = 0; i < CROWD; i++) {
                asked.add(expected.get(random.nextInt(expected.size())));
                answers.add(engine.submit(asked.getLast().request()));
                if (random.nextInt(5) == 0) {
                    engine.submit(expected.get(random.nextInt(expected.size())).request())
                            .cancel();
                }
            }
            for (int i = 0; i < CROWD; i++) {
                Completed found = Completed.of(answers.get(i));
                Completed alone = asked.get(i).alone();
                assertThat(found.texts()).as("%s, %s", settings, decoding).isEqualTo(alone.texts());
                assertThat(found.scores()).isEqualTo(alone.scores());
                assertThat(found.promptScores()).isEqualTo(alone.promptScores());
                assertThat(found.finishes()).isEqualTo(alone.finishes());
            }
        }
    }

    /** Nothing is drafted, or from what sequences hold, or also by the model itself in fewer bits with much memory or little. */
    private static Decoding decoding(Settings settings, boolean oneRule, Random random) {
        DraftModel draft = new DraftModel(
                Reference.FOLDER.resolve(settings.file()),
                random.nextBoolean() ? WeightFormat.Q4_0 : null,
                random.nextBoolean() ? 0 : 1L << 17);
        return switch (random.nextInt(4)) {
            case 0 -> new Decoding(oneRule, false, false);
            case 1 -> new Decoding(oneRule, true, false);
            default -> new Decoding(oneRule, true, false, draft);
        };
    }

    /** Memory for one sequence of the whole context and one KV block more. */
    private static long smallest(Settings settings) {
        return SMALLEST.computeIfAbsent(settings.file(), file -> {
            try (Engine engine = open(settings.batch(1, CONTEXT), false, false)) {
                return engine.card().kvBytes() / engine.stats().kvBlocks() * (CONTEXT / 16 + 1);
            }
        });
    }
}
