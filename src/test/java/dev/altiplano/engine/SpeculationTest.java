package dev.altiplano.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.EngineOptions.Decoding;
import dev.altiplano.engine.TestEngines.Settings;
import dev.altiplano.engine.run.Engines;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Drafted tokens change how fast an answer comes and not a bit of it: held against an engine that drafts nothing. */
class SpeculationTest {

    private static final String PATTERN = "the teacher asks, the pupil says: ";

    static Stream<Settings> models() {
        List<Settings> all = new ArrayList<>();
        for (String weights : List.of("f32", "file", "q8_0", "q4_0")) {
            all.add(Settings.of("base-mp1").weights(weights));
        }
        all.add(Settings.of("gguf/kq-q4_k_m.gguf").weights("file"));
        for (String coded : List.of("IQ4_NL", "IQ4_XS", "IQ2_S", "MXFP4")) {
            all.add(Settings.of("families/quant/quant-" + coded + ".gguf").weights("file"));
        }
        all.add(Settings.of("hf-gqa").weights("q8_0").backend("scalar"));
        all.add(Settings.of("hf-gqa").weights("q8_0").backend("vector"));
        return all.stream();
    }

    private static Engine open(Settings settings, boolean oneRule, boolean speculation) {
        return Engines.open(
                settings.options().with(new Decoding(oneRule, speculation, false)),
                (phase, done, total) -> {},
                EngineObserver.NONE);
    }

    private static List<GenerationRequest> requests() {
        List<GenerationRequest> all = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            Requests request = Requests.text(PATTERN.repeat(1 + i % 4) + "and " + i)
                    .maxTokens(30 + 7 * i)
                    .ignoreEos()
                    .logprobs(2);
            if (i % 3 == 1) {
                request = request.sampled(0.4f + 0.1f * i, 0.9f, i);
            }
            if (i % 4 == 2) {
                request = request.penalties(0.5f, 1.2f).bias(Map.of(5, 3f, 17, -4f));
            }
            if (i % 5 == 3) {
                request = request.stop("zz", "q");
            }
            all.add(request.build());
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("models")
    void changesNoBit(Settings settings) {
        List<Completed> plain = new ArrayList<>();
        try (Engine engine = open(settings, false, false)) {
            for (GenerationRequest request : requests()) {
                plain.add(Completed.of(engine.submit(request)));
            }
            assertThat(engine.stats().drafts().draftedTokens()).isZero();
        }
        try (Engine engine = open(settings, false, true)) {
            List<GenerationRequest> requests = requests();
            for (int i = 0; i < requests.size(); i++) {
                assertSame(Completed.of(engine.submit(requests.get(i))), plain.get(i));
            }
            // What this model says by chance; in other formats it may say what nothing has led to before.
            if (settings.file().startsWith("base") && settings.weights().equals("f32")) {
                assertThat(engine.stats().drafts().draftedTokens()).isPositive();
                assertThat(engine.stats().drafts().acceptedTokens()).isPositive();
            }
            List<Generation> together = requests.stream().map(engine::submit).toList();
            for (int i = 0; i < together.size(); i++) {
                assertSame(Completed.of(together.get(i)), plain.get(i));
            }
            assertThat(engine.stats().kvBlocksUsed()).isZero();
        }
    }

    private static void assertSame(Completed found, Completed expected) {
        assertThat(found.texts()).isEqualTo(expected.texts());
        assertThat(found.scores()).isEqualTo(expected.scores());
        assertThat(found.finishes()).isEqualTo(expected.finishes());
        assertThat(found.usage().completionTokens()).isEqualTo(expected.usage().completionTokens());
    }

    /** A pool too small for all: drafts give way before a sequence is preempted, and what is preempted goes on as it would have. */
    @Test
    void draftsGiveWayInASmallPool() {
        Settings settings = Settings.of("base-mp1").weights("f32");
        List<Completed> plain = new ArrayList<>();
        try (Engine engine = open(settings, false, false)) {
            requests().forEach(request -> plain.add(Completed.of(engine.submit(request))));
            settings = settings.kvBytes(engine.card().kvBytes() / engine.stats().kvBlocks() * 33);
        }
        try (Engine engine = open(settings, false, true)) {
            List<Generation> together = requests().stream().map(engine::submit).toList();
            for (int i = 0; i < together.size(); i++) {
                assertSame(Completed.of(together.get(i)), plain.get(i));
            }
            assertThat(engine.stats().drafts().draftedTokens()).isPositive();
            assertThat(engine.stats().preemptions()).isPositive();
            assertThat(engine.stats().kvBlocksUsed()).isZero();
        }
    }

    /** By one rule, what was generated is what its prompt would be: reused, and scored with the same bits. */
    @ParameterizedTest
    @MethodSource("models")
    void byOneRuleAnAnswerComesBackAsAPrompt(Settings settings) {
        GenerationRequest first = Requests.text(PATTERN + "once")
                .maxTokens(70)
                .ignoreEos()
                .logprobs(0)
                .build();
        int[] conversation;
        List<TokenScore> generated;
        int prompt;
        try (Engine engine = open(settings, true, true)) {
            Generation generation = engine.submit(first);
            Completed completed = Completed.of(generation);
            generated = completed.scores().get(0);
            prompt = generation.promptIds().get(0).length;
            conversation = concat(generation.promptIds().get(0), completed.ids(0), new int[] {40, 41, 42, 43});
            Completed second = Completed.of(engine.submit(Requests.ids(conversation)
                    .maxTokens(20)
                    .ignoreEos()
                    .logprobs(0)
                    .build()));
            assertThat(second.usage().cachedTokens()).isGreaterThan(prompt + 32);
            try (Engine fresh = open(settings, true, false)) {
                Completed alone = Completed.of(fresh.submit(Requests.ids(conversation)
                        .maxTokens(20)
                        .ignoreEos()
                        .logprobs(0)
                        .build()));
                assertThat(alone.usage().cachedTokens()).isZero();
                assertThat(second.scores()).isEqualTo(alone.scores());
            }
            Completed echo = Completed.of(engine.submit(Requests.ids(conversation)
                    .maxTokens(0)
                    .scorePrompt()
                    .logprobs(0)
                    .build()));
            List<TokenScore> scored = echo.promptScores().get(0).subList(prompt, prompt + generated.size());
            assertThat(scored.stream().map(TokenScore::logprob))
                    .isEqualTo(generated.stream().map(TokenScore::logprob).toList());
        }
    }

    private static int[] concat(int[]... parts) {
        return Stream.of(parts).flatMapToInt(java.util.Arrays::stream).toArray();
    }

    /** Random prompts, lengths and seeds, many at a time. */
    @Test
    void randomMixesChangeNoBit() {
        Settings settings = Settings.of("base-mp2").weights("q4_0").batch(8, 48);
        Random random = new Random(11);
        List<GenerationRequest> requests = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            int[] ids = random.ints(1 + random.nextInt(60), 3, 3 + 2 + random.nextInt(40))
                    .toArray();
            Requests request = Requests.ids(ids)
                    .maxTokens(1 + random.nextInt(80))
                    .ignoreEos()
                    .logprobs(0);
            requests.add((random.nextBoolean() ? request : request.sampled(random.nextFloat(), 1, i)).build());
        }
        List<Completed> plain = new ArrayList<>();
        try (Engine engine = open(settings, false, false)) {
            requests.forEach(request -> plain.add(Completed.of(engine.submit(request))));
        }
        try (Engine engine = open(settings, false, true)) {
            List<Generation> together = requests.stream().map(engine::submit).toList();
            for (int i = 0; i < together.size(); i++) {
                assertSame(Completed.of(together.get(i)), plain.get(i));
            }
        }
    }
}
