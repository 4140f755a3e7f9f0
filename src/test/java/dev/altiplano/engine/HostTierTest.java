package dev.altiplano.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.TestEngines.Settings;
import dev.altiplano.engine.run.Engines;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Prefixes that come back from a file: the answer has the bits that computing it gives, and nobody sees another's. */
final class HostTierTest {

    private static final String PROMPT =
            "Question: why does the teacher carry a lantern to the market, and who follows her down the long road? "
                    + "Answer in one sentence, and name the river that they cross before the evening comes.";
    private static final int TOKENS = 24;
    private static final int BLOCK_TOKENS = 16;
    private static final long MAX_BYTES = 64 << 20;

    @TempDir
    private Path folder;

    private static EngineOptions with(Settings settings, Path path, boolean oneRule) {
        EngineOptions options = settings.options();
        return options.with(new EngineOptions.Decoding(oneRule, false))
                .with(options.kv().with(new EngineOptions.Tier(path, MAX_BYTES)));
    }

    private static Engine open(EngineOptions options) {
        return Engines.open(options, (phase, done, total) -> {}, EngineObserver.NONE);
    }

    private static GenerationRequest request(String client, long seed) {
        GenerationRequest request = Requests.text(PROMPT)
                .maxTokens(TOKENS)
                .ignoreEos()
                .logprobs(2)
                .sampled(1.1f, 0.95f, seed)
                .build();
        return request.with(new Client(client, 0, null, client));
    }

    private static Completed answer(Engine engine, GenerationRequest request) {
        return Completed.of(engine.submit(request));
    }

    /** Blocks are written behind the requests: waits until all that are whole have been. */
    private static void awaitWrites(Engine engine, long blocks) {
        Awaitility.await().until(() -> engine.tierStats().writes() >= blocks);
    }

    @ParameterizedTest
    @CsvSource({
        "base-mp2, f32, auto, false",
        "gqa-mp1, file, scalar, false",
        "gguf/base-q4_0.gguf, file, auto, false",
        "gguf/base-q4_0.gguf, file, auto, true",
        "gguf/kq-q4_k_m.gguf, file, auto, true",
        "families/models/gguf/moe-2-of-8.gguf, q8_0, auto, true"
    })
    void theAnswerIsTheOneThatIsComputed(String file, String weights, String backend, boolean oneRule) {
        Settings settings = Settings.of(file).weights(weights).backend(backend);
        Completed computed;
        long kvBytes;
        try (Engine engine =
                open(settings.prefixCache(false).options().with(new EngineOptions.Decoding(oneRule, false)))) {
            computed = answer(engine, request("a", 3));
            assertThat(computed.usage().cachedTokens()).isZero();
            // Room for one sequence of the whole context and little more.
            kvBytes = engine.card().kvBytes() / engine.stats().kvBlocks() * 33;
        }
        int promptBlocks = (computed.usage().promptTokens() - 1) / BLOCK_TOKENS;
        int wholeBlocks = oneRule
                ? (computed.usage().promptTokens() + TOKENS - 1) / BLOCK_TOKENS
                : computed.usage().promptTokens() / BLOCK_TOKENS;
        assertThat(promptBlocks).isGreaterThan(3);
        EngineOptions options = with(settings.kvBytes(kvBytes), folder, oneRule);
        try (Engine engine = open(options)) {
            assertThat(answer(engine, request("a", 3)).scores()).isEqualTo(computed.scores());
            awaitWrites(engine, wholeBlocks);
            // Others ask for more than twice the memory.
            for (int i = 0; i < 12; i++) {
                answer(
                        engine,
                        Requests.text(i + " other: " + PROMPT).maxTokens(1).build());
            }
            long hits = engine.tierStats().hits();
            Completed back = answer(engine, request("a", 3));
            assertThat(back.scores()).as("after eviction").isEqualTo(computed.scores());
            assertThat(back.usage().cachedTokens()).isEqualTo(promptBlocks * BLOCK_TOKENS);
            assertThat(engine.tierStats().hits()).isGreaterThan(hits);
        }
        try (Engine engine = open(options)) {
            assertThat(engine.tierStats().blocks()).isGreaterThanOrEqualTo(wholeBlocks);
            Completed back = answer(engine, request("a", 3));
            assertThat(back.scores()).as("after a restart").isEqualTo(computed.scores());
            assertThat(back.usage().cachedTokens()).isEqualTo(promptBlocks * BLOCK_TOKENS);
            assertThat(engine.tierStats().hits()).isEqualTo(promptBlocks);
            assertThat(engine.tierStats().rejected()).isZero();
            Awaitility.await().until(() -> engine.stats().kvBlocksUsed() == 0);
        }
    }

    /** A full memory is when the tier matters: what waits for it is still found in the file. */
    @Test
    void whatWaitsForMemoryIsLookedForWhenThereIsSome() throws InterruptedException {
        Settings settings = Settings.of("base-mp2");
        long kvBytes;
        try (Engine engine = open(settings.options())) {
            // Room for one sequence of the whole context and little more.
            kvBytes = engine.card().kvBytes() / engine.stats().kvBlocks() * 33;
        }
        EngineOptions options = with(settings.kvBytes(kvBytes), folder, true);
        int promptBlocks;
        try (Engine engine = open(options)) {
            promptBlocks = (answer(engine, request("a", 3)).usage().promptTokens() - 1) / BLOCK_TOKENS;
            awaitWrites(engine, promptBlocks);
        }
        assertThat(promptBlocks).isGreaterThan(3);
        try (Engine engine = open(options)) {
            int[] ids = java.util.stream.IntStream.range(0, 480)
                    .map(i -> 3 + i % 200)
                    .toArray();
            Generation hog =
                    engine.submit(Requests.ids(ids).maxTokens(30).ignoreEos().build());
            // From its first token on it holds nearly all there is.
            assertThat(hog.stream().next(Duration.ofSeconds(30))).isInstanceOf(StreamEvent.Text.class);
            assertThat(answer(engine, request("a", 3)).usage().cachedTokens()).isEqualTo(promptBlocks * BLOCK_TOKENS);
            assertThat(Completed.of(hog).usage().completionTokens()).isEqualTo(30);
        }
    }

    /** Several at once after a restart, more than fit: all wait for what is read, and all get their own answers. */
    @Test
    void manyAtOnceAfterARestart() {
        Settings settings = Settings.of("base-mp2");
        EngineOptions options = with(settings, folder.resolve("file.kv"), true);
        List<GenerationRequest> requests = java.util.stream.IntStream.range(0, 12)
                .mapToObj(i -> Requests.text(i % 4 + PROMPT)
                        .maxTokens(TOKENS)
                        .ignoreEos()
                        .logprobs(1)
                        .sampled(1, 1, i)
                        .build())
                .toList();
        List<Completed> computed;
        try (Engine engine = open(options)) {
            computed = requests.stream().map(request -> answer(engine, request)).toList();
        }
        try (Engine engine = open(options)) {
            List<Generation> together = requests.stream().map(engine::submit).toList();
            for (int i = 0; i < together.size(); i++) {
                Completed back = Completed.of(together.get(i));
                assertThat(back.scores()).isEqualTo(computed.get(i).scores());
                assertThat(back.usage().cachedTokens()).isPositive();
            }
        }
    }

    @Test
    void whatOneSaltHasAskedIsNotFoundByAnother() {
        EngineOptions options = with(Settings.of("base-mp2"), folder, false);
        try (Engine engine = open(options)) {
            Completed first = answer(engine, request("a", 3));
            awaitWrites(engine, first.usage().promptTokens() / BLOCK_TOKENS);
        }
        try (Engine engine = open(options)) {
            assertThat(answer(engine, request("b", 3)).usage().cachedTokens()).isZero();
            assertThat(engine.tierStats().hits()).isZero();
            assertThat(answer(engine, request("a", 3)).usage().cachedTokens()).isPositive();
        }
    }

    @Test
    void anAdaptersPrefixesAreItsOwnUnderAnyName() {
        Path adapters = Family.FOLDER.resolve("adapters");
        Path base = adapters.resolve("base");
        EngineOptions options = EngineOptions.of(base, "test");
        options = options.with(
                new EngineOptions.Kv(0, BLOCK_TOKENS, null, true, new EngineOptions.Tier(folder, MAX_BYTES)));
        EngineOptions first = options.with(options.model().withAdapters(Map.of("one", adapters.resolve("all"))));
        EngineOptions second = options.with(options.model()
                .withAdapters(Map.of("one", adapters.resolve("attention-only"), "two", adapters.resolve("all"))));
        int[] ids = java.util.stream.IntStream.range(0, 40).map(i -> 3 + i % 20).toArray();
        GenerationRequest request = Requests.ids(ids).maxTokens(4).ignoreEos().build();
        Completed computed;
        try (Engine engine = open(first)) {
            computed = answer(engine, request.withAdapter("one"));
            awaitWrites(engine, 2);
            assertThat(engine.adapterDigest("one")).isNotEmpty();
            assertThat(engine.adapterDigest("two")).isEmpty();
        }
        try (Engine engine = open(second)) {
            assertThat(engine.adapterDigest("one")).isNotEqualTo(engine.adapterDigest("two"));
            assertThat(answer(engine, request).usage().cachedTokens()).isZero();
            assertThat(answer(engine, request.withAdapter("one")).usage().cachedTokens())
                    .isZero();
            Completed back = answer(engine, request.withAdapter("two"));
            assertThat(back.usage().cachedTokens()).isEqualTo(32);
            assertThat(back.scores()).isEqualTo(computed.scores());
        }
    }

    /** Whatever the file is, the engine answers. */
    @Test
    void anotherModelsFileBeginsEmptyAndAForeignOneIsLeftAlone() throws Exception {
        Path file = folder.resolve("prefixes.kv");
        Completed computed;
        try (Engine engine = open(with(Settings.of("base-mp2"), file, false))) {
            computed = answer(engine, request("a", 3));
            awaitWrites(engine, 3);
            // Two engines on one path: the second goes without.
            try (Engine second = open(with(Settings.of("base-mp2"), file, false))) {
                assertThat(second.tierStats().active()).isFalse();
                assertThat(answer(second, request("a", 3)).scores()).isEqualTo(computed.scores());
            }
        }
        try (Engine other = open(with(Settings.of("base-mp2").weights("q8_0"), file, false))) {
            assertThat(other.tierStats().active()).isTrue();
            assertThat(answer(other, request("a", 3)).usage().cachedTokens()).isZero();
        }
        Files.writeString(file, "somebody's own notes");
        try (Engine engine = open(with(Settings.of("base-mp2"), file, false))) {
            assertThat(engine.tierStats().active()).isFalse();
            assertThat(answer(engine, request("a", 3)).scores()).isEqualTo(computed.scores());
        }
        assertThat(file).hasContent("somebody's own notes");
    }
}
