package dev.altiplano.training.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.training.TrainingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextFileTest {

    @TempDir
    private Path folder;

    private Path file(String name, byte[] content) throws IOException {
        return Files.write(folder.resolve(name), content);
    }

    @Test
    void documentsAreSeparatedByEmptyLines() throws IOException {
        Path file = file("a.txt", "one\ntwo\r\n\n \nthree".getBytes());
        assertThat(TextFile.documents(file)).containsExactly("one\ntwo", "three");
        Path lines = file("a.jsonl", "{\"text\": \"x\\n\\ny\"}\n\n{\"text\": \"z\"}\n".getBytes());
        assertThat(TextFile.documents(lines)).containsExactly("x\n\ny", "z");
    }

    @Test
    void whatIsNoTextIsNamedByLine() throws IOException {
        assertThatThrownBy(() -> TextFile.documents(file("empty.txt", "\n\n".getBytes())))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("empty.txt: has no text");
        assertThatThrownBy(() -> TextFile.documents(file("bad.txt", new byte[] {'a', '\n', 'b', (byte) 0xC3, 'c'})))
                .hasMessageContaining("bad.txt, line 2, byte 1: not UTF-8");
        assertThatThrownBy(() -> TextFile.documents(file("long.txt", new byte[100 << 20])))
                .hasMessageContaining("long.txt, line 1: longer than");
        assertThatThrownBy(() -> TextFile.documents(file("b.jsonl", "{\"text\": \"x\"}\n{\"text\": 3}".getBytes())))
                .hasMessageContaining("b.jsonl, line 2: needs a text");
        assertThatThrownBy(() -> TextFile.documents(file("c.jsonl", "{\"text\": \"x\"}\n{".getBytes())))
                .hasMessageContaining("c.jsonl, line 2: no JSON");
        assertThatThrownBy(() -> TextFile.documents(folder.resolve("none.txt"))).hasMessageContaining("cannot be read");
    }
}
