package dev.altiplano.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.EngineOptions.Decoding;
import dev.altiplano.engine.EngineOptions.DraftModel;
import dev.altiplano.engine.TestEngines.Settings;
import dev.altiplano.engine.grammar.GrammarSource;
import dev.altiplano.engine.grammar.schema.Whitespace;
import dev.altiplano.engine.kernel.WeightFormat;
import dev.altiplano.engine.run.Engines;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A draft model changes how many steps an answer takes and not a bit of it, whatever it is and however little room it has. */
class DraftModelTest {

    private static final Path DEMO = Path.of("src/main/resources/model/demo");

    private static final Map<String, List<Completed>> PLAIN = new HashMap<>();

    /**
     * @param agrees whether the draft model says what the model says, most of the time
     */
    record Pair(Settings model, String draft, @Nullable WeightFormat format, boolean agrees) {

        DraftModel draftModel(long kvBytes) {
            return new DraftModel(Reference.FOLDER.resolve(draft), format, kvBytes);
        }

        @Override
        public String toString() {
            return draft + " as " + format + " for " + model.file() + " as " + model.weights();
        }
    }

    static Stream<Pair> pairs() {
        return Stream.of(
                new Pair(Settings.of("base-mp1").weights("q8_0"), "base-mp1", WeightFormat.Q4_0, false),
                new Pair(Settings.of("gqa-mp1").weights("file"), "gqa-mp1", null, true),
                new Pair(Settings.of("gqa-mp1").weights("q4_0"), "base-mp1", null, false),
                new Pair(Settings.of("base-mp1").weights("f32"), "gguf/base-q4_0.gguf", null, false));
    }

    private static Engine open(Settings settings, boolean oneRule, @Nullable DraftModel draft) {
        return Engines.open(
                settings.options().with(new Decoding(oneRule, draft != null, false).with(draft)),
                (phase, done, total) -> {},
                EngineObserver.NONE);
    }

    private static List<GenerationRequest> requests() {
        List<GenerationRequest> all = new ArrayList<>();
        for (int i = 0; i < 14; i++) {
            Requests request = Requests.text("Number " + i + ": why does the teacher carry a lantern to the market?")
                    .maxTokens(24 + 5 * i)
                    .ignoreEos()
                    .logprobs(i % 3);
            if (i % 3 == 1) {
                request = request.sampled(0.4f + 0.1f * i, i % 2 == 0 ? 1 : 0.9f, i);
            }
            if (i % 4 == 2) {
                request = request.penalties(0.5f, 1.2f).bias(Map.of(5, 3f, 17, -4f));
            }
            if (i % 5 == 3) {
                request = request.stop("zz", "q");
            }
            if (i % 7 == 4) {
                request = request.n(2, 3);
            }
            GenerationRequest built = request.build();
            all.add(
                    switch (i % 7) {
                        case 5 -> built.with(new GrammarSource.Regex("[a-z ]{10,60}[.]"));
                        case 6 -> built.with(new GrammarSource.JsonObject(Whitespace.COMPACT));
                        default -> built;
                    });
        }
        return all;
    }

    private static List<Completed> plain(Settings settings, boolean oneRule) {
        return PLAIN.computeIfAbsent(settings + " " + oneRule, key -> {
            List<Completed> plain = new ArrayList<>();
            try (Engine engine = open(settings, oneRule, null)) {
                requests().forEach(request -> plain.add(Completed.of(engine.submit(request))));
            }
            return plain;
        });
    }

    private static void assertSame(Completed found, Completed expected) {
        assertThat(found.texts()).isEqualTo(expected.texts());
        assertThat(found.scores()).isEqualTo(expected.scores());
        assertThat(found.finishes()).isEqualTo(expected.finishes());
        assertThat(found.usage().completionTokens()).isEqualTo(expected.usage().completionTokens());
    }

    /** All at once, some of them twice, and others that leave. */
    private static void assertCrowdSaysTheSame(Engine engine, List<Completed> plain) {
        List<GenerationRequest> requests = requests();
        List<Generation> together = new ArrayList<>();
        for (int i = 0; i < requests.size(); i++) {
            together.add(engine.submit(requests.get(i)));
            if (i % 4 == 0) {
                engine.submit(requests.get(i)).cancel();
            }
        }
        for (int i = 0; i < together.size(); i++) {
            assertSame(Completed.of(together.get(i)), plain.get(i));
        }
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void changesNoBit(Pair pair) {
        List<Completed> plain = plain(pair.model, false);
        try (Engine engine = open(pair.model, false, pair.draftModel(0))) {
            List<GenerationRequest> requests = requests();
            for (int i = 0; i < requests.size(); i++) {
                assertSame(Completed.of(engine.submit(requests.get(i))), plain.get(i));
            }
            SpeculationStats drafts = engine.stats().modelDrafts();
            assertThat(drafts.draftedTokens()).isPositive();
            if (pair.agrees) {
                assertThat(drafts.acceptedTokens()).isPositive();
            }
            assertCrowdSaysTheSame(engine, plain);
            assertThat(engine.stats().kvBlocksUsed()).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void changesNoBitByOneRule(Pair pair) {
        try (Engine engine = open(pair.model, true, pair.draftModel(0))) {
            assertCrowdSaysTheSame(engine, plain(pair.model, true));
        }
    }

    /** The model's memory is so small that sequences are preempted, steps so small that a prompt is read in many parts. */
    @ParameterizedTest
    @ValueSource(ints = {7, 16, 64})
    void changesNoBitWhereSequencesArePreempted(int rows) {
        Settings settings = Settings.of("base-mp1").weights("q4_0").batch(5, rows);
        List<Completed> plain = plain(settings.batch(16, 128), false);
        try (Engine engine = open(settings, false, null)) {
            settings = settings.kvBytes(engine.card().kvBytes() / engine.stats().kvBlocks() * 33);
        }
        try (Engine engine = open(settings, false, DraftModel.of(Reference.FOLDER.resolve("base-mp1")))) {
            assertCrowdSaysTheSame(engine, plain);
            assertCrowdSaysTheSame(engine, plain);
        }
    }

    /** A pool too small for drafts is decoded without them: one that holds nothing, one that holds a sequence or two. */
    @Test
    void aPoolTooSmallMeansPlainDecoding() {
        Settings settings = Settings.of("base-mp1").weights("q4_0");
        List<Completed> plain = plain(settings, false);
        long blockBytes;
        try (Engine engine = open(settings, false, null)) {
            blockBytes = engine.card().kvBytes() / engine.stats().kvBlocks();
        }
        Path draft = Reference.FOLDER.resolve("base-mp1");
        try (Engine engine = open(settings, false, new DraftModel(draft, WeightFormat.Q4_0, 1))) {
            assertCrowdSaysTheSame(engine, plain);
            assertThat(engine.stats().modelDrafts())
                    .extracting(SpeculationStats::drafts)
                    .isEqualTo(0L);
        }
        try (Engine engine = open(settings, false, new DraftModel(draft, WeightFormat.Q4_0, 12 * blockBytes))) {
            assertCrowdSaysTheSame(engine, plain);
            assertThat(engine.stats().modelDrafts().drafts()).isPositive();
        }
    }

    /** The demo model drafts for itself in fewer bits: each step brings several tokens, greedy or drawn. */
    @Test
    void whatAgreesBringsSeveralTokensAStep() {
        for (float temperature : new float[] {0, 1}) {
            GenerationRequest request = Requests.text("Once upon a time, there was a")
                    .maxTokens(200)
                    .ignoreEos()
                    .sampled(temperature, 1, 3)
                    .logprobs(0)
                    .build();
            EngineOptions options = EngineOptions.of(DEMO, "demo");
            Answered plain = answered(options, request, null);
            Answered drafted = answered(options, request, new DraftModel(DEMO, WeightFormat.Q8_0, 0));
            assertSame(drafted.answer, plain.answer);
            EngineStats stats = drafted.stats;
            assertThat(plain.stats.steps()).isEqualTo(200);
            assertThat(stats.steps()).as(stats.toString()).isLessThan(70);
            assertThat(stats.modelDrafts().acceptedTokens()).isGreaterThan(100);
            assertThat(stats.drafts().acceptedTokens()).isEqualTo(200 - stats.steps());
            assertThat(stats.modelDrafts().nanos()).isPositive();
        }
    }

    /** An answer, and what the engine had done when it was closed behind it. */
    private record Answered(Completed answer, EngineStats stats) {}

    private static Answered answered(EngineOptions options, GenerationRequest request, @Nullable DraftModel draft) {
        Engine engine = Engines.open(
                options.with(new Decoding(false, draft != null, false).with(draft)),
                (phase, done, total) -> {},
                EngineObserver.NONE);
        try (engine) {
            Completed answer = Completed.of(engine.submit(request));
            engine.close();
            return new Answered(answer, engine.stats());
        }
    }
}
