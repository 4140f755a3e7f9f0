package dev.altiplano.tool.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.engine.checkpoint.MeasuredDivergence;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.gguf.GgufDivergence;
import dev.altiplano.tool.Commands;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code quantize --measure} on the embedded model. */
final class MeasuredQuantizeTest {

    private static final String DEMO = "src/main/resources/model/demo";

    @TempDir
    private Path folder;

    private static String run(int code, String... arguments) {
        StringWriter printed = new StringWriter();
        PrintWriter out = new PrintWriter(printed);
        assertThat(Commands.run(out, out, arguments)).as(printed.toString()).isEqualTo(code);
        return printed.toString();
    }

    @Test
    void writesTheDivergenceIntoTheFile() throws IOException {
        Path text = folder.resolve("text.txt");
        Files.writeString(text, "One day, Ana found a small box near the old mill. She asked her friend. ".repeat(60));
        String file = folder.resolve("q4.gguf").toString();
        run(0, "quantize", DEMO, file, "--type", "q4_0", "--measure", text.toString());
        MeasuredDivergence divergence = GgufDivergence.read(Path.of(file)).orElseThrow();
        assertThat(divergence.mean()).isPositive();
        assertThat(divergence.sameTop()).isBetween(0.0, 1.0);
        assertThat(divergence.text()).isEqualTo("text.txt");
        assertThat(run(0, "verify", file)).contains("divergence").contains("tokens of text.txt");
        assertThatThrownBy(() -> GgufDivergence.write(Path.of(file), divergence))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("measured already");
        assertThat(run(1, "quantize", DEMO, folder.resolve("x.gguf").toString(), "--type", "q8_0", "--measure", "/no"))
                .contains("/no");
    }

    @Test
    void findsNothingWhereNothingWasMeasured() throws IOException {
        assertThat(GgufDivergence.read(Path.of(DEMO))).isEmpty();
        Path file = folder.resolve("short");
        Files.writeString(file, "GGUF");
        assertThat(GgufDivergence.read(file)).isEmpty();
    }
}
