package dev.altiplano.evaluation.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.evaluation.EvaluationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of two runs whose documents, versions or errors differ or are missing. */
final class ComparisonTest {

    @TempDir
    private Path folder;

    private Path report(String name, String version, String hash, String documents) throws IOException {
        return Files.writeString(
                folder.resolve(name),
                "{\"results\": {\"t\": {\"acc,none\": 0.5, \"acc_stderr,none\": 0.1, \"bits_per_byte,none\": " + version
                        + ", \"bits_per_byte_stderr,none\": \"N/A\"}, \"" + name + "\": {}}, \"versions\": {\"t\": \""
                        + version + "\"}, \"document_hashes\": {\"t\": \"" + hash
                        + "\"}, \"documents\": {\"t\": {\"acc,none\": " + documents + "}}}");
    }

    @Test
    void pairsTheSameDocumentsAlone() throws IOException {
        Path first = report("a", "1.5", "same", "[1, 0]");
        assertThat(Comparison.of(first, report("b", "1.5", "same", "[0, 1]")).markdown())
                .contains(
                        "| t | acc,none | 0.5000 | 0.5000 | +0.0000 | 1.0000 | 1.0000 | within chance, by documents |")
                .contains("- only in the first: a\n", "- only in the second: b\n")
                .doesNotContain("not the same");
        assertThat(Comparison.of(first, report("c", "2.5", "other", "[0, 1]")).markdown())
                .contains("| +0.0000 | 0.1414 | 1.0000 | within chance |")
                .contains("| +1.0000 | N/A | N/A | no standard error |")
                .contains("- t: versions 1.5 and 2.5\n", "- t: the documents are not the same\n");
    }

    @Test
    void namesAFileThatIsNotThere() throws IOException {
        Path first = report("a", "1.5", "same", "[1, 0]");
        assertThatThrownBy(() -> Comparison.of(first, folder.resolve("b")))
                .isInstanceOf(EvaluationException.class)
                .hasMessageEndingWith("b: there is no such file");
    }
}
