package dev.altiplano.tool.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.tool.Commands;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorpusCommandTest {

    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder;

    private int run(String... arguments) {
        return Commands.run(new PrintWriter(Writer.nullWriter()), new PrintWriter(err), arguments);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    @Test
    void whatExistsIsReplacedOnlyWhereAsked() throws IOException {
        Path out = Files.writeString(folder.resolve("mine.jsonl"), "mine");
        assertThat(run("corpus", "write", "stories", out.toString(), "--documents", "2"))
                .isOne();
        assertThat(run("corpus", "conversations", out.toString(), "--documents", "2"))
                .isOne();
        Path in = Files.writeString(folder.resolve("in.txt"), "Tom had a red kite.\n");
        assertThat(run("corpus", "clean", in.toString(), out.toString())).isOne();
        assertThat(err.toString())
                .contains("mine.jsonl exists already; --force replaces it")
                .hasLineCount(3);
        assertThat(out).hasContent("mine");
        assertThat(run("corpus", "write", "stories", out.toString(), "--documents", "2", "--force"))
                .isZero();
        assertThat(Files.readAllLines(out)).hasSize(2);
        assertThat(names()).containsExactlyInAnyOrder("mine.jsonl", "in.txt");
    }

    @Test
    void whatIsReadIsNeverReplaced() throws IOException {
        Path mine = Files.writeString(folder.resolve("mine.txt"), "Tom had a red kite.\n");
        Path link = Files.createSymbolicLink(folder.resolve("link.txt"), mine);
        Path other = Files.writeString(folder.resolve("other.txt"), "Zoe had a blue hat.\n");
        assertThat(run("corpus", "clean", mine.toString(), link.toString(), "--force"))
                .isOne();
        assertThat(run("corpus", "clean", other.toString(), mine.toString(), "--force", "--reference", mine.toString()))
                .isOne();
        assertThat(err.toString()).contains("link.txt is what is to be read", "mine.txt is what is to be read");
        assertThat(mine).hasContent("Tom had a red kite.\n");
    }

    @Test
    void aFailureLeavesWhatWasThereAndNothingElse() throws IOException {
        Path out = Files.writeString(folder.resolve("mine.jsonl"), "mine");
        assertThatThrownBy(() -> TextOutput.write(out, true, writer -> {
                    writer.write("half");
                    throw new IOException("no space");
                }))
                .hasMessage("no space");
        assertThat(out).hasContent("mine");
        assertThat(names()).containsExactly("mine.jsonl");
    }

    @Test
    void aDeviceIsWrittenTo() {
        assertThat(run("corpus", "write", "stories", "/dev/null", "--documents", "1"))
                .isZero();
    }
}
