package dev.altiplano.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.engine.TestEngines.Settings;
import dev.altiplano.engine.run.Engines;
import dev.altiplano.tool.Commands;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** LoRA adapters of every form change each base as they should. */
final class AdaptersTest {

    private static final JsonNode EXPECTED = Family.expected("adapters");
    private static final Path FOLDER = Family.FOLDER.resolve("adapters");

    /** Bytes that one of the adapters takes, but not two. */
    private static final long ROOM_FOR_ONE = 100_000;

    @TempDir
    private Path folder;

    record Pair(String adapter, String file, String base) {}

    static List<Pair> pairs() {
        List<Pair> pairs = new ArrayList<>();
        for (String adapter : EXPECTED.propertyNames()) {
            if (EXPECTED.get(adapter).has("files")) {
                EXPECTED.get(adapter)
                        .get("files")
                        .forEach(file -> List.of("base", "base.gguf")
                                .forEach(base -> pairs.add(new Pair(adapter, file.asString(), base))));
            }
        }
        return pairs;
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void isComputedBesideTheModel(Pair pair) {
        try (Engine engine = engine(pair.base, Map.of("tuned", FOLDER.resolve(pair.file)))) {
            Family.check(engine, EXPECTED.get(pair.adapter).get("prompts"), "tuned");
            Family.check(engine, EXPECTED.get("base").get("prompts"));
        }
    }

    /** One engine, all adapters at once, prefixes in memory: each answer has the bits that it has alone. */
    @ParameterizedTest
    @ValueSource(strings = {"auto", "scalar"})
    void computesRowsOfSeveralAdaptersInOneStepAsAlone(String backend) {
        Map<String, Path> adapters = new TreeMap<>();
        List.of("all", "attention-only", "rslora").forEach(name -> adapters.put(name, FOLDER.resolve(name)));
        List<@Nullable String> names = new ArrayList<>(adapters.keySet());
        names.add(null);
        int[] ids = Reference.ints(EXPECTED.get("base").get("prompts").get(1).get("ids"));
        List<List<TokenScore>> alone = new ArrayList<>();
        for (String name : names) {
            try (Engine engine = engine("base", adapters, backend)) {
                alone.add(
                        Completed.of(engine.submit(request(ids, name))).scores().get(0));
            }
        }
        assertThat(Set.copyOf(alone)).hasSize(4);
        try (Engine engine = engine("base", adapters, backend)) {
            for (int round = 0; round < 2; round++) {
                List<Generation> running = new ArrayList<>();
                for (String name : names) {
                    running.add(engine.submit(request(ids, name)));
                    running.add(engine.submit(request(ids, name)));
                }
                for (int i = 0; i < running.size(); i++) {
                    assertThat(Completed.of(running.get(i)).scores().get(0))
                            .as("adapter %s", names.get(i / 2))
                            .isEqualTo(alone.get(i / 2));
                }
            }
        }
    }

    @Test
    void refusesANameThatIsNotLoaded() {
        try (Engine engine = engine("base", Map.of("tuned", FOLDER.resolve("all")))) {
            assertThatThrownBy(() -> engine.submit(request(new int[] {1, 2}, "other")))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessage("there is no adapter called other; there are tuned");
        }
    }

    @Test
    void takesAnAdapterInWhileItServes() throws Exception {
        try (Engine engine = roomy(2, 1 << 20)) {
            engine.loadAdapter("tuned", FOLDER.resolve("all"));
            assertThat(engine.adapters()).isEqualTo(new AdapterNames(List.of("tuned"), List.of(), List.of(), 2));
            Family.check(engine, EXPECTED.get("all").get("prompts"), "tuned");
            assertThatThrownBy(() -> engine.loadAdapter("tuned", FOLDER.resolve("rslora")))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("already: unload it first");

            engine.unloadAdapter("tuned");
            assertThatThrownBy(() -> engine.submit(request(new int[] {1, 2}, "tuned")))
                    .hasMessage("there is no adapter called tuned: none is loaded");
            assertThatThrownBy(() -> engine.unloadAdapter("tuned")).isInstanceOf(InvalidRequestException.class);

            // Another adapter of the same name must not find the first one's keys and values.
            engine.loadAdapter("tuned", FOLDER.resolve("attention-only"));
            Family.check(engine, EXPECTED.get("attention-only").get("prompts"), "tuned");
            Family.check(engine, EXPECTED.get("base").get("prompts"));
        }
    }

    @Test
    void refusesAnAdapterThatHasNoRoom() {
        try (Engine engine = roomy(1, 1 << 20)) {
            engine.loadAdapter("one", FOLDER.resolve("all"));
            assertThatThrownBy(() -> engine.loadAdapter("two", FOLDER.resolve("all")))
                    .hasMessageContaining("no more than 1 can be");
        }
        try (Engine engine = roomy(1, 1 << 10)) {
            assertThatThrownBy(() -> engine.loadAdapter("one", FOLDER.resolve("all")))
                    .hasMessageContaining("altiplano.adapter-route.memory");
            assertThatThrownBy(() -> engine.loadAdapter("one", FOLDER.resolve("none")))
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining("does not exist");
            assertThat(engine.adapters().loaded()).isEmpty();
        }
        try (Engine engine = engine("base", Map.of())) {
            assertThatThrownBy(() -> engine.loadAdapter("one", FOLDER.resolve("all")))
                    .hasMessageContaining("no more than 0 can be");
        }
    }

    /** There is room for either of them: whoever comes second must not be told what was free before the first was read. */
    @RepeatedTest(5)
    void doesNotCountOnTheSameRoomTwiceWhereTwoComeAtTheSameTime() throws Exception {
        try (Engine engine = roomy(2, ROOM_FOR_ONE)) {
            CyclicBarrier start = new CyclicBarrier(2);
            List<Callable<String>> loads = new ArrayList<>();
            for (String name : List.of("one", "two")) {
                loads.add(() -> {
                    start.await();
                    try {
                        engine.loadAdapter(name, FOLDER.resolve("all"));
                        return "loaded";
                    } catch (InvalidRequestException e) {
                        return e.code();
                    }
                });
            }
            List<String> ends = new ArrayList<>();
            try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
                for (Future<String> end : threads.invokeAll(loads)) {
                    ends.add(end.get());
                }
            }
            assertThat(ends).containsExactlyInAnyOrder("loaded", "adapter_too_large");
            assertThat(engine.adapters().loaded()).hasSize(1);
        }
    }

    @Test
    void waitsForRequestsThatUseAnAdapterBeforeItGoes() throws Exception {
        try (Engine engine = roomy(2, 1 << 20)) {
            engine.loadAdapter("tuned", FOLDER.resolve("all"));
            Generation running = engine.submit(
                    Requests.ids(1, 2, 3).maxTokens(100).ignoreEos().build().withAdapter("tuned"));
            Thread unload = Thread.ofVirtual().start(() -> {
                try {
                    engine.unloadAdapter("tuned");
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
            // The whole answer, whenever the adapter was to go: its memory was there to the end.
            assertThat(Completed.of(running).scores().get(0)).hasSize(100);
            unload.join();
            assertThat(engine.adapters().loaded()).isEmpty();
        }
    }

    private static Engine roomy(int adapters, long bytes) {
        EngineOptions options = Settings.of("families/adapters/base").options();
        return Engines.open(
                options.with(options.model().withAdapterRoom(new EngineOptions.AdapterRoom(adapters, 16, bytes))),
                (phase, done, total) -> {},
                EngineObserver.NONE);
    }

    @Test
    void doesNotStartWithAnAdapterOfAnotherModel() {
        EngineOptions options = Settings.of("hf-gqa").options();
        assertThatThrownBy(() -> Engines.open(
                        options.with(options.model().withAdapters(Map.of("tuned", FOLDER.resolve("all")))),
                        (phase, done, total) -> {},
                        EngineObserver.NONE))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("was made for another model");
    }

    private static GenerationRequest request(int[] ids, @Nullable String adapter) {
        return Requests.ids(ids).maxTokens(12).ignoreEos().build().withAdapter(adapter);
    }

    private static Engine engine(String base, Map<String, Path> adapters) {
        return engine(base, adapters, "auto");
    }

    private static Engine engine(String base, Map<String, Path> adapters, String backend) {
        EngineOptions options =
                Settings.of("families/adapters/" + base).backend(backend).options();
        return Engines.open(
                options.with(options.model().withAdapters(adapters)), (phase, done, total) -> {}, EngineObserver.NONE);
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void isMergedIntoAFile(Pair pair) {
        StringWriter err = new StringWriter();
        Path merged = folder.resolve("merged.gguf");
        int code = Commands.run(
                new PrintWriter(new StringWriter()),
                new PrintWriter(err),
                "merge",
                "--adapter",
                FOLDER.resolve(pair.file).toString(),
                FOLDER.resolve(pair.base).toString(),
                merged.toString());
        assertThat(code).as(err.toString()).isZero();
        try (Engine engine = Settings.of(merged.toAbsolutePath().toString()).open()) {
            Family.check(engine, EXPECTED.get(pair.adapter).get("prompts"));
        }
    }
}
