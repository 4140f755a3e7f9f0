package dev.altiplano.tool.eval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.tool.Commands;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code eval} on the embedded model, with few documents. */
final class EvalTest {

    private static final String MODEL = "src/main/resources/model/demo";

    @Test
    void holdsFormatsAgainstTheFirst() {
        StringWriter printed = new StringWriter();
        PrintWriter out = new PrintWriter(printed);
        assertThat(Commands.run(
                        out, out, "eval", MODEL, "--texts", "2", "--weights", "f32,q4_0", "--kv-format", "f32,q8_0"))
                .isZero();
        List<String> lines = printed.toString().lines().toList();
        assertThat(lines).hasSize(6);
        assertThat(lines.get(2)).startsWith("| `f32` | `f32` | F32 ").endsWith(" | +0.000 % |");
        assertThat(lines.get(5)).startsWith("| `q4_0` | `q8_0` | Q4_0 ");
        for (String line : lines.subList(2, 6)) {
            assertThat(Double.parseDouble(line.split("\\|")[4].strip())).isBetween(1.2, 2.5);
        }
    }

    /** One of another kind of processor cannot compute here. */
    @ParameterizedTest
    @ValueSource(strings = {"--kv-format f32", "--documents 1"})
    void theBackendThatIsAskedForComputes(String mode) {
        String other = System.getProperty("os.arch").equals("aarch64") ? "avx512-vnni" : "neon-i8mm";
        StringWriter printed = new StringWriter();
        PrintWriter out = new PrintWriter(printed);
        assertThat(Commands.run(out, out, ("eval " + MODEL + " --texts 1 " + mode + " --backend " + other).split(" ")))
                .isOne();
        assertThat(printed.toString()).contains(other).doesNotContain("is not a backend", "Exception");
    }

    @Test
    void refusesAFormatThatDoesNotExist() {
        StringWriter printed = new StringWriter();
        PrintWriter out = new PrintWriter(printed);
        assertThat(Commands.run(out, out, "eval", MODEL, "--texts", "1", "--weights", "q3"))
                .isNotZero();
        assertThat(printed.toString()).contains("q3").contains("file, f32");
    }
}
