package dev.altiplano.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.TestEngines.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A request's tokens and scores do not depend on batch mates, chunks, threads, preemption or prefix hits: not by one bit. */
@Execution(ExecutionMode.CONCURRENT)
final class SameAnswerTest {

    private static final String PROMPT =
            "Question: why does the teacher carry a lantern to the market, and who follows her down the long road? "
                    + "Answer in one sentence, and name the river that they cross before the evening comes.";

    /** Of each answer that is compared: more than a KV block has. */
    private static final int TOKENS = 24;

    record Model(String file, String weights, String backend) {
        @Override
        public String toString() {
            return file + " held as " + weights + " on " + backend;
        }

        Settings settings() {
            return Settings.of(file).weights(weights).backend(backend);
        }
    }

    static Stream<Model> models() {
        Stream<Model> best = Stream.of(
                new Model("base-mp2", "f32", "auto"),
                new Model("gqa-mp1", "file", "auto"),
                new Model("gguf/base-f16.gguf", "file", "auto"),
                new Model("gguf/base-q8_0.gguf", "file", "auto"),
                new Model("gguf/base-q4_0.gguf", "file", "auto"),
                new Model("gguf/kq-q4_k_m.gguf", "file", "auto"),
                new Model("gguf/kq-q2_q3_q5.gguf", "file", "auto"),
                new Model("families/quant/quant-IQ4_NL.gguf", "file", "auto"),
                new Model("families/quant/quant-IQ4_XS.gguf", "file", "auto"),
                new Model("families/quant/quant-IQ2_S.gguf", "file", "auto"),
                new Model("families/quant/quant-MXFP4.gguf", "file", "auto"),
                new Model("families/models/hf/mixtral", "f32", "auto"),
                new Model("families/models/gguf/moe-2-of-8.gguf", "file", "auto"),
                new Model("families/models/gguf/moe-2-of-8.gguf", "q8_0", "vector"),
                new Model("families/models/gguf/bias-attention.gguf", "file", "auto"));
        Stream<Model> forced = TestBackends.here().stream()
                .flatMap(backend -> Stream.of(
                        new Model("gqa-mp1", "file", backend), new Model("gguf/kq-q4_k_m.gguf", "file", backend)));
        return Stream.concat(best, forced);
    }

    private static GenerationRequest greedy() {
        return Requests.text(PROMPT).maxTokens(TOKENS).ignoreEos().logprobs(2).build();
    }

    private static GenerationRequest seeded(long seed) {
        return Requests.text(PROMPT)
                .maxTokens(TOKENS)
                .ignoreEos()
                .logprobs(2)
                .sampled(1.1f, 0.95f, seed)
                .build();
    }

    private static GenerationRequest other(int number) {
        return other(number, 8 + number);
    }

    private static GenerationRequest other(int number, int maxTokens) {
        return Requests.text("Dialogue " + number + ": " + PROMPT.substring(number * 3) + number)
                .maxTokens(maxTokens)
                .ignoreEos()
                .sampled(1, 1, number)
                .build();
    }

    private static List<TokenScore> scores(Engine engine, GenerationRequest request) {
        return Completed.of(engine.submit(request)).scores().get(0);
    }

    @ParameterizedTest
    @MethodSource("models")
    void doesNotDependOnBatchMates(Model model) {
        Settings settings = model.settings();
        List<TokenScore> greedyAlone;
        List<TokenScore> seededAlone;
        try (Engine engine = settings.batch(16, 64).prefixCache(false).open()) {
            greedyAlone = scores(engine, greedy());
            seededAlone = scores(engine, seeded(7));
            assertThat(greedyAlone).hasSize(TOKENS);
            List<Generation> all = new ArrayList<>();
            for (int i = 0; i < 7; i++) {
                all.add(engine.submit(other(i)));
            }
            Generation greedy = engine.submit(greedy());
            Generation seeded = engine.submit(seeded(7));
            for (int i = 7; i < 14; i++) {
                all.add(engine.submit(other(i)));
            }
            assertThat(Completed.of(greedy).scores().get(0)).isEqualTo(greedyAlone);
            assertThat(Completed.of(seeded).scores().get(0)).isEqualTo(seededAlone);
            all.forEach(each -> assertThat(Completed.of(each).last()).isInstanceOf(StreamEvent.Ended.class));
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void doesNotDependOnChunksOrThreads(Model model) {
        Settings settings = model.settings().prefixCache(false);
        List<TokenScore> whole;
        List<TokenScore> wholeSeeded;
        try (Engine engine = settings.batch(1, 512).open()) {
            whole = scores(engine, greedy());
            wholeSeeded = scores(engine, seeded(3));
        }
        for (int chunk : new int[] {1, 7, 64}) {
            try (Engine engine =
                    settings.batch(1, chunk).threads(chunk == 7 ? 1 : 3).open()) {
                if (chunk > 1) {
                    assertThat(scores(engine, greedy()))
                            .as("chunks of %d", chunk)
                            .isEqualTo(whole);
                }
                assertThat(scores(engine, seeded(3))).as("chunks of %d", chunk).isEqualTo(wholeSeeded);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void doesNotDependOnPreemption(Model model) {
        Settings settings = model.settings();
        List<TokenScore> calm;
        List<TokenScore> calmSeeded;
        long kvBytes;
        try (Engine engine = settings.open()) {
            calm = scores(engine, greedy());
            calmSeeded = scores(engine, seeded(5));
            assertThat(engine.stats().preemptions()).isZero();
            // Room for one sequence of the whole context and little more.
            kvBytes = engine.card().kvBytes() / engine.stats().kvBlocks() * 33;
        }
        try (Engine engine = settings.kvBytes(kvBytes).open()) {
            List<Generation> all = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                all.add(engine.submit(i % 2 == 0 ? greedy() : seeded(5)));
                // Together they grow far beyond what they take when they begin.
                all.add(engine.submit(other(i, 160)));
            }
            for (int i = 0; i < all.size(); i++) {
                Completed completed = Completed.of(all.get(i));
                assertThat(completed.last()).isInstanceOf(StreamEvent.Ended.class);
                if (i % 2 == 0) {
                    assertThat(completed.scores().get(0)).isEqualTo(i % 4 == 0 ? calm : calmSeeded);
                }
            }
            assertThat(engine.stats().preemptions()).isPositive();
            assertThat(engine.stats().kvBlocksUsed()).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void doesNotDependOnPrefixHits(Model model) {
        try (Engine engine = model.settings().open()) {
            Completed first = Completed.of(engine.submit(greedy()));
            assertThat(first.usage().cachedTokens()).isZero();
            Completed second = Completed.of(engine.submit(greedy()));
            assertThat(second.usage().cachedTokens()).isPositive();
            assertThat(second.usage().cachedTokens() % 16).isZero();
            assertThat(second.scores()).isEqualTo(first.scores());
        }
    }

    @Test
    void samplesOfOnePromptAreTheOnesThatTheirSeedGivesAlone() {
        try (Engine engine = Settings.of("base-mp1").open()) {
            Completed three = Completed.of(engine.submit(Requests.text(PROMPT)
                    .maxTokens(12)
                    .ignoreEos()
                    .sampled(1, 1, 9)
                    .n(3, 3)
                    .build()));
            Completed one = Completed.of(engine.submit(Requests.text(PROMPT)
                    .maxTokens(12)
                    .ignoreEos()
                    .sampled(1, 1, 9)
                    .build()));
            assertThat(three.ids(0)).isEqualTo(one.ids(0));
            assertThat(three.ids(1)).isNotEqualTo(three.ids(0));
            assertThat(three.ids(2)).isNotEqualTo(three.ids(1));
        }
    }
}
