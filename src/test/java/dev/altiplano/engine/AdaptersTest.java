package dev.altiplano.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.TestEngines.Settings;
import dev.altiplano.tool.Commands;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** LoRA adapters of every form change each base as they should. */
final class AdaptersTest {

    private static final JsonNode EXPECTED = Family.expected("adapters");
    private static final Path FOLDER = Family.FOLDER.resolve("adapters");

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
