package dev.altiplano.training.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class TrainingLibraryTest {

    @Test
    void aLibraryThatCannotBeLoadedLeavesNoFile() throws IOException {
        String resource = "/training/demo.properties";
        long bytes = Files.size(Path.of("src/main/resources" + resource));
        List<Path> before = files(bytes);
        try (Arena arena = Arena.ofConfined()) {
            assertThatThrownBy(() -> TrainingLibrary.open(resource, arena))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(files(bytes)).isEqualTo(before);
    }

    /** Of the size alone that is looked for: others load libraries at the same time. */
    private static List<Path> files(long bytes) throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(file -> file.getFileName().toString().startsWith("altiplano-training")
                            && file.toFile().length() == bytes)
                    .sorted()
                    .toList();
        }
    }
}
