package dev.altiplano.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.ChildJvm;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What the readers make of hostile input. {@code verify} gives each target what is kept for it in {@code src/test/resources/fuzz}; {@code
 * mvn test -Pfuzz} lets Jazzer look for more from there on, {@code -Dfuzz.seconds} for each target, and leaves what it finds in {@code
 * target/fuzz}.
 */
final class FuzzTest {

    private static final Path KEPT = Path.of("src/test/resources/fuzz");
    private static final Path REFERENCE = Path.of("src/test/resources/reference");
    private static final Path FOUND = Path.of("target/fuzz");
    private static final int SECONDS = Integer.getInteger("fuzz.seconds", 0);

    /** A class {@code NameTarget}, how long its inputs are, and where there are more to begin with. */
    enum Target {
        Body(4096, ""),
        Gguf(1 << 14, "malformed"),
        Grammar(4096, ""),
        Pickle(4096, ""),
        Safetensors(1 << 14, "malformed"),
        Template(4096, ""),
        Tokenizer(1 << 15, "families/tokenizers"),
        Torch(1 << 14, "malformed");

        private final int maxBytes;
        private final String seeds;

        Target(int maxBytes, String seeds) {
            this.maxBytes = maxBytes;
            this.seeds = seeds;
        }

        private String type() {
            return Target.class.getPackageName() + "." + name() + "Target";
        }
    }

    @ParameterizedTest
    @EnumSource
    void nothingButRefusals(Target target) throws IOException, InterruptedException, ReflectiveOperationException {
        if (SECONDS > 0) {
            assertThat(jazzer(target))
                    .as("what Jazzer ended with: see " + FOUND)
                    .isZero();
            return;
        }
        Method method = Class.forName(target.type()).getMethod("fuzzerTestOneInput", byte[].class);
        try (Stream<Path> files = Files.list(KEPT.resolve(target.name()))) {
            for (Path file : files.sorted().toList()) {
                method.invoke(null, Files.readAllBytes(file));
            }
        }
    }

    /** Runs Jazzer in a process of its own, as an input may end it. */
    private static int jazzer(Target target) throws IOException, InterruptedException {
        Path corpus = Files.createDirectories(FOUND.resolve(target.name()));
        List<String> command = ChildJvm.command(
                Path.of(System.getProperty("java.io.tmpdir")),
                List.of(
                        "-Xmx1g",
                        "-XX:+EnableDynamicAgentLoading",
                        "-Djdk.attach.allowAttachSelf=true",
                        "--enable-native-access=ALL-UNNAMED"),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + target.type(),
                "--instrumentation_includes=dev.altiplano.**",
                "--reproducer_path=" + FOUND,
                "-artifact_prefix=" + FOUND + "/" + target.name() + "-",
                "-max_total_time=" + SECONDS,
                "-max_len=" + target.maxBytes,
                "-timeout=10",
                "-rss_limit_mb=4096",
                corpus.toString(),
                KEPT.resolve(target.name()).toString());
        if (!target.seeds.isEmpty()) {
            command.add(REFERENCE.resolve(target.seeds).toString());
        }
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }
}
