package dev.altiplano.server.api.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.server.config.AltiplanoProperties;
import dev.altiplano.server.config.InvalidSettingException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class RecordFileTest {

    @TempDir
    private Path folder;

    @Test
    void replacesItsPredecessorWhenItIsFull() throws IOException {
        Path path = folder.resolve("requests.jsonl");
        try (RecordFile file = new RecordFile(path, 10)) {
            for (String line : new String[] {"one\n", "two\n", "three\n", "four\n"}) {
                file.write(line.getBytes(StandardCharsets.UTF_8));
            }
        }
        assertThat(path).hasContent("four\n");
        assertThat(folder.resolve("requests.jsonl.1")).hasContent("three\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-------");
    }

    @Test
    void goesOnWhereAnEarlierServiceStopped() throws IOException {
        Path path = folder.resolve("requests.jsonl");
        for (String line : new String[] {"one\n", "two\n"}) {
            try (RecordFile file = new RecordFile(path, 100)) {
                file.write(line.getBytes(StandardCharsets.UTF_8));
            }
        }
        assertThat(path).hasContent("one\ntwo\n");
    }

    @Test
    void writesAgainOnceItCan() throws IOException {
        Path path = folder.resolve("later/requests.jsonl");
        try (RecordFile file = new RecordFile(path, 100)) {
            assertThatThrownBy(() -> file.write(new byte[] {'\n'})).isInstanceOf(IOException.class);
            Files.createDirectory(path.getParent());
            file.write("one\n".getBytes(StandardCharsets.UTF_8));
        }
        assertThat(path).hasContent("one\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"missing/requests.jsonl", ""})
    void stopsTheStartWhereItCannotBeWritten(String name) {
        Path path = folder.resolve(name);
        AltiplanoProperties settings = new Binder(
                        new MapConfigurationPropertySource(Map.of("altiplano.api.record", path)))
                .bindOrCreate("altiplano", AltiplanoProperties.class);
        assertThatThrownBy(() -> new RequestRecorder(settings, new SimpleMeterRegistry()))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("altiplano.api.record = " + path + ": must be a file that can be written");
    }

    /** Linux' device that is always full. */
    @Test
    void tellsAFullDisk() throws IOException {
        Path full = Path.of("/dev/full");
        if (Files.exists(full)) {
            try (RecordFile file = new RecordFile(full, 100)) {
                assertThatThrownBy(() -> file.write(new byte[] {'\n'})).isInstanceOf(IOException.class);
                assertThatThrownBy(() -> file.write(new byte[] {'\n'})).isInstanceOf(IOException.class);
            }
        }
    }
}
