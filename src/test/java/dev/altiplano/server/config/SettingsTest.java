package dev.altiplano.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.kernel.WeightFormat;
import dev.altiplano.server.TestServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.io.ClassPathResource;
import tools.jackson.databind.JsonNode;

/** Settings: their defaults, their ranges, and what a wrong one says. */
class SettingsTest {

    @EnableConfigurationProperties(AltiplanoProperties.class)
    static class Settings {}

    private final ApplicationContextRunner runner =
            new ApplicationContextRunner().withUserConfiguration(Settings.class);

    @Test
    void haveDefaults() {
        runner.run(context -> {
            AltiplanoProperties settings = context.getBean(AltiplanoProperties.class);
            assertThat(settings.model().size()).isEqualTo("demo");
            assertThat(settings.model().servedId()).isEqualTo("altiplano-demo");
            EngineOptions options = EngineOptionsFactory.from(settings, Path.of("/model"), null);
            EngineOptions defaults = EngineOptions.of(Path.of("/model"), "altiplano-demo");
            assertThat(options).isEqualTo(defaults);
        });
    }

    /** The manual in application.yaml must say what is in force without it. */
    @Test
    void areWrittenDownWithTheirDefaults() throws Exception {
        Map<String, String> written = new HashMap<>();
        for (var source : new YamlPropertySourceLoader().load("manual", new ClassPathResource("application.yaml"))) {
            for (String name : ((EnumerablePropertySource<?>) source).getPropertyNames()) {
                if (name.startsWith("altiplano.")) {
                    written.put(name, String.valueOf(source.getProperty(name)));
                }
            }
        }
        assertThat(written).hasSizeGreaterThan(20);
        String[] pairs = written.entrySet().stream()
                .map(e -> e.getKey() + "=" + e.getValue())
                .toArray(String[]::new);
        runner.run(bare -> runner.withPropertyValues(pairs)
                .run(manual -> assertThat(manual.getBean(AltiplanoProperties.class))
                        .isEqualTo(bare.getBean(AltiplanoProperties.class))));
    }

    /** Editors complete names and show what they are for. */
    @Test
    void areDescribedToEditors() throws Exception {
        List<JsonNode> described = described();
        assertThat(described).hasSizeGreaterThan(25);
        for (JsonNode property : described) {
            assertThat(property.path("description").asString(""))
                    .as(property.get("name").asString())
                    .isNotEmpty();
        }
    }

    private static List<JsonNode> described() throws IOException {
        return TestServer.JSON
                .readTree(new ClassPathResource("META-INF/spring-configuration-metadata.json").getContentAsByteArray())
                .get("properties")
                .valueStream()
                .filter(property -> property.get("name").asString().startsWith("altiplano."))
                .toList();
    }

    private static List<String> durations() throws IOException {
        return described().stream()
                .filter(property -> property.path("type").asString("").equals(Duration.class.getName()))
                .map(property -> property.get("name").asString())
                .toList();
    }

    @Test
    void bind() {
        runner.withPropertyValues(
                        "altiplano.model.size=7b",
                        "altiplano.model.path=/models/LLaMA 7B.gguf",
                        "altiplano.model.weights=F32",
                        "altiplano.engine.kv-cache-size=4GB",
                        "altiplano.queue.timeout=90s")
                .run(context -> {
                    AltiplanoProperties settings = context.getBean(AltiplanoProperties.class);
                    assertThat(settings.model().size()).isEqualTo("7B");
                    assertThat(settings.model().servedId()).isEqualTo("LLaMA-7B");
                    EngineOptions options = EngineOptionsFactory.from(settings, Path.of("/x"), null);
                    assertThat(options.model().size()).isEqualTo("7B");
                    assertThat(options.model().targetFormat()).isEqualTo(WeightFormat.F32);
                    assertThat(options.kv().bytes()).isEqualTo(4L << 30);
                    assertThat(options.queue().defaultTimeout()).isEqualTo(Duration.ofSeconds(90));
                });
        runner.withPropertyValues(
                        "altiplano.engine.draft-model.path= /models/draft ",
                        "altiplano.engine.draft-model.weights=q4_0",
                        "altiplano.engine.draft-model.kv-cache-size=64MB")
                .run(context -> {
                    AltiplanoProperties settings = context.getBean(AltiplanoProperties.class);
                    assertThat(settings.engine().draftModel().path()).isEqualTo("/models/draft");
                    Path draft = Path.of("/draft");
                    assertThat(EngineOptionsFactory.from(settings, Path.of("/x"), draft)
                                    .decoding()
                                    .draftModel())
                            .isEqualTo(new EngineOptions.DraftModel(draft, WeightFormat.Q4_0, 64 << 20));
                    assertThat(EngineOptionsFactory.from(settings, Path.of("/x"), null)
                                    .decoding()
                                    .draftModel())
                            .isNull();
                });
        runner.withPropertyValues(
                        "altiplano.model.path=https://models.example.com/7b.gguf",
                        "altiplano.model.sha256=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")
                .run(context -> assertThat(context).hasNotFailed());
        runner.withPropertyValues("altiplano.model.path=hf:owner/7B", "altiplano.model.include=*q4_0.gguf")
                .run(context -> assertThat(context).hasNotFailed());
        runner.withPropertyValues("altiplano.model.path=/models/7B/")
                .run(context -> assertThat(
                                context.getBean(AltiplanoProperties.class).model())
                        .extracting(ModelSettings::size, ModelSettings::servedId)
                        .containsExactly("auto", "7B"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "altiplano.model.size | 8B | one of demo, 7B, 13B, 30B, 65B, auto",
                "altiplano.model.size | 7B | demo unless altiplano.model.path names the files",
                "altiplano.model.id | a b | letters",
                "altiplano.model.sha256 | 12 | 64 hexadecimal digits",
                "altiplano.model.sha256 | aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                        + " | left out unless altiplano.model.path is the https:, http: or s3: address",
                "altiplano.model.include | *Q4_K_M.gguf | left out unless altiplano.model.path is hf:OWNER/NAME",
                "altiplano.model.weights | q3 | file, f32",
                "altiplano.engine.threads | -1 | 0 (all processors) or 1 to 1024",
                "altiplano.engine.threads | 1025 | 0 (all processors) or 1 to 1024",
                "altiplano.engine.backend | a/b | one of auto, native, vector, scalar",
                "altiplano.engine.backend | b: choose c | one of auto, native, vector, scalar",
                "altiplano.engine.context-length | -1 | 0 (the model's own) or more",
                "altiplano.engine.max-sequences | 0 | 1 to 4096",
                "altiplano.engine.max-batch-tokens | 0 | 1 to 65536",
                "altiplano.engine.max-batch-tokens | 16 | at least max-sequences (32)",
                "altiplano.engine.inter-token-target | 2h | 0 (no bound) to 1h",
                "altiplano.engine.kv-cache-size | -1B | 0 (chosen by the engine) or more",
                "altiplano.engine.kv-block-tokens | 17 | a multiple of 16 from 16 to 1024",
                "altiplano.engine.kv-block-tokens | 0 | a multiple of 16 from 16 to 1024",
                "altiplano.engine.kv-format | f8 | one of auto, f32, i16, f16, q8_0",
                "altiplano.engine.draft-model.path | ftp://x/draft.gguf | a path, hf:OWNER/NAME",
                "altiplano.engine.draft-model.weights | q3 | file, f32",
                "altiplano.engine.draft-model.kv-cache-size | -1B | 0 (chosen by the engine) or more",
                "altiplano.engine.stuck-after | 1ms | from 1s to 24h",
                "altiplano.queue.capacity | 0 | 1 or more",
                "altiplano.queue.tokens | 0 | 1 or more",
                "altiplano.queue.timeout | 0s | longer than 0",
                "altiplano.queue.timeout | 31d | longer than 0, at most 30d",
                "altiplano.queue.max-timeout | 1m | at least queue.timeout",
                "altiplano.api.max-body-size | 1B | from 1KB to 1GB",
                "altiplano.api.body-memory | 1KB | from 4MB to",
                "altiplano.api.body-timeout | 0s | from 0.1s to 1h",
                "altiplano.api.max-prompts | 0 | from 1",
                "altiplano.api.max-inputs | 0 | from 1",
                "altiplano.api.max-choices | 0 | from 1",
                "altiplano.api.max-sequences | 0 | from 1",
                "altiplano.api.max-logit-bias | -1 | from 0",
                "altiplano.api.idempotency-keys | -1 | from 0",
                "altiplano.api.heartbeat | 0s | from 0.1s to 1h",
                "altiplano.api.write-timeout | 2h | from 0.1s to 1h",
                "altiplano.api.max-stop | 0 | from 1 to 1024",
                "altiplano.api.cors-origins | chat | * or origins such as",
                "altiplano.model.aliases | a b | * (any name), or names of",
                "altiplano.tracing.endpoint | collector:4318 | an address such as http://collector:4318/v1/traces",
                "altiplano.tracing.endpoint | collector | an address such as http://collector:4318/v1/traces",
                "altiplano.tracing.endpoint | //collector:4318 | an address such as http://collector:4318/v1/traces",
                "altiplano.tracing.endpoint | http:/collector | an address such as http://collector:4318/v1/traces",
                "altiplano.tracing.sampling | 1.5 | from 0 to 1",
            })
    void refuseAValueOutOfRangeByNameAndRange(String name, String value, String allowed) {
        FailureAnalysis analysis = analysis(name, value);
        assertThat(analysis.getDescription())
                .startsWith(name + " = ")
                .contains(allowed)
                .doesNotContain("PT");
        assertThat(analysis.getAction()).contains(name);
    }

    /** What no bound keeps out fails where somebody counts with it. */
    @ParameterizedTest
    @MethodSource("durations")
    void refuseADurationThatIsLongerThanAnybodyWaits(String name) {
        assertThat(analysis(name, "400000d").getDescription()).startsWith(name + " = 9600000h: must be ");
    }

    private static FailureAnalysis analysis(String name, String value) {
        Throwable failure = catchThrowable(() -> new Binder(new MapConfigurationPropertySource(Map.of(name, value)))
                .bindOrCreate("altiplano", AltiplanoProperties.class));
        return Objects.requireNonNull(new InvalidSettingAnalyzer().analyze(failure));
    }

    /** A check that checks nothing is worse than none. */
    @ParameterizedTest
    @CsvSource({
        "sha256,/models/demo.gguf",
        "sha256,file:/models/demo.gguf",
        "sha256,hf:owner/name",
        "include,/models/7B",
        "include,https://models.example.com/demo.gguf"
    })
    void refuseWhatThePathHasNoUseFor(String name, String path) {
        Map<String, String> settings = Map.of(
                "altiplano.model.path",
                path,
                "altiplano.model." + name,
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
        assertThatThrownBy(() -> new Binder(new MapConfigurationPropertySource(settings))
                        .bindOrCreate("altiplano", AltiplanoProperties.class))
                .hasRootCauseInstanceOf(InvalidSettingException.class)
                .hasStackTraceContaining("altiplano.model." + name + " = ");
    }

    @ParameterizedTest
    @CsvSource({
        "altiplano.engine.thread, altiplano.engine.threads",
        "altiplano.modle.path, altiplano.model.path",
        "altiplano.engine.draft-model.weigths, altiplano.engine.draft-model.weights"
    })
    void nameTheSettingThatIsMeant(String name, String meant) {
        assertThat(startFails(name, "2").getDescription())
                .isEqualTo(name + " = 2: must be the name of a setting; it is none, " + meant + " is");
    }

    @Test
    void refuseEveryNameThatDoesNotExist() throws IOException {
        for (JsonNode property : described()) {
            String name = property.get("name").asString() + "-x";
            assertThat(startFails(name, "1").getDescription())
                    .startsWith(name + " = 1: must be the name of a setting; it is none");
        }
    }

    @Test
    void refuseAValueOfAnotherKind() throws IOException {
        for (JsonNode property : described()) {
            String type = property.get("type").asString();
            if (Set.of("java.lang.String", "java.nio.file.Path", "java.util.List<java.lang.String>")
                    .contains(type)) {
                continue;
            }
            String name = property.get("name").asString();
            assertThat(startFails(name, "may be").getDescription())
                    .as(name)
                    .startsWith(name + " = may be: must be ")
                    .doesNotContain("java", "spring", "dev.altiplano", "@");
        }
    }

    private FailureAnalysis startFails(String name, String value) {
        FailureAnalysis[] analysis = new FailureAnalysis[1];
        runner.withPropertyValues(name + "=" + value).run(context -> {
            assertThat(context).hasFailed();
            analysis[0] = new InvalidSettingAnalyzer().analyze(context.getStartupFailure());
        });
        assertThat(analysis[0]).as(name).isNotNull();
        assertThat(analysis[0].getAction()).contains(name);
        return analysis[0];
    }

    @Test
    void tellWhereAnArgumentIsCorrected() {
        assertThatThrownBy(() -> UnknownSettings.requireSettings("/models/7B"))
                .satisfies(failure -> assertThat(
                                new InvalidSettingAnalyzer().analyze(failure).getAction())
                        .isEqualTo("Correct the command line."));
    }

    @Test
    void sayWhichVariableOfTheEnvironmentItIs() {
        assertThatThrownBy(() -> SettingChecks.require(false, "altiplano.engine.kv-block-tokens", 17, "even"))
                .isInstanceOfSatisfying(
                        InvalidSettingException.class,
                        e -> assertThat(new InvalidSettingAnalyzer().analyze(e).getAction())
                                .contains("ALTIPLANO_ENGINE_KVBLOCKTOKENS"));
    }
}
