package dev.altiplano.engine.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.LoadListener;
import dev.altiplano.engine.ModelException;
import dev.altiplano.engine.checkpoint.ReferenceFiles;
import dev.altiplano.engine.kernel.BackendName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A model's file that is cut or changed between its opening and the reading of its weights. Without a guard the first ends the process
 * that tests run in, by SIGBUS, and the second is a model that nobody made.
 */
class ChangedModelTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "gguf/base-f16.gguf, base-f16.gguf, 0",
        "gguf/base-f16.gguf, base-f16.gguf, 0.5",
        "gguf/kq-q4_k_m.gguf, kq-q4_k_m.gguf, 0.9",
        "base-mp2, consolidated.01.pth, 0.1",
        "base-mp2, consolidated.00.pth, 0.6",
        "hf-base, model.safetensors, 0.5"
    })
    void whereItShrinksLoadingEndsWithAnError(String name, String file, double part) throws IOException {
        Path model = copy(name);
        Path cut = find(model, file);
        assertThatThrownBy(() -> load(model, "off", () -> truncate(cut, (long) (part * Files.size(cut)))))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(model.getFileName().toString())
                .message()
                .containsAnyOf("could not be read any more", "was changed while it was being read", "cannot be read");
    }

    /** No page is missing, and what is read behind the end is zeros. */
    @Test
    void aFewBytesThatAreMissingAreNoticed() throws IOException {
        Path model = copy("gguf/base-f16.gguf");
        assertThatThrownBy(() -> load(model, "off", () -> truncate(model, Files.size(model) - 1)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("was changed while it was being read");
    }

    @ParameterizedTest
    @ValueSource(strings = {"off", "beside"})
    void whereItIsWrittenToNothingIsServedAndNoCopyKept(String copies) throws IOException {
        Path model = copy("gguf/base-f16.gguf");
        assertThatThrownBy(() -> load(model, copies, () -> overwrite(model)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("was changed while it was being read");
        assertThat(folder).isDirectoryNotContaining("glob:**.packed");
    }

    @Test
    void itMayBeReplacedByRenaming() throws IOException {
        Path model = copy("gguf/base-f16.gguf");
        assertThatThrownBy(() -> load(model, "off", () -> {
                    Path other = Files.copy(model, folder.resolve("other"));
                    Files.move(other, model, StandardCopyOption.REPLACE_EXISTING);
                }))
                .as("whose answers would these be?")
                .hasMessageContaining("was changed while it was being read");
        load(model, "off", () -> Files.delete(model));
    }

    /** Something that happens to a file. */
    private interface Mishap {
        void happen() throws IOException;
    }

    private static void load(Path model, String copies, Mishap beforeReading) {
        EngineOptions options = new EngineOptions(
                new EngineOptions.Model(model, "test", "auto", null, copies, false),
                new EngineOptions.Compute(2, BackendName.AUTO),
                new EngineOptions.Batch(0, 1, 32),
                new EngineOptions.Kv(1 << 22, 16, null, false),
                new EngineOptions.Queue(1, 1000, Duration.ofSeconds(1), Duration.ofSeconds(1)),
                0);
        boolean[] happened = {false};
        LoadListener listener = (phase, done, total) -> {
            if (phase == LoadListener.Phase.PACKING && !happened[0]) {
                happened[0] = true;
                try {
                    beforeReading.happen();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };
        new ModelLoader(options, listener).load().close();
        assertThat(happened[0]).isTrue();
    }

    private static void truncate(Path file, long bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(bytes);
        }
    }

    private static void overwrite(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(1000), channel.size() / 2);
        }
    }

    private Path copy(String name) throws IOException {
        Path from = ReferenceFiles.ROOT.resolve(name);
        Path to = folder.resolve(from.getFileName());
        try (Stream<Path> all = Files.walk(from)) {
            for (Path each : all.toList()) {
                Path copy = to.resolve(from.relativize(each).toString());
                Files.copy(each, Files.isSameFile(each, from) ? to : copy);
                // Long ago, as a model is: what is written now has another time, however coarse the clock.
                Files.setLastModifiedTime(
                        Files.isSameFile(each, from) ? to : copy,
                        FileTime.from(Instant.now().minus(Duration.ofDays(1))));
            }
        }
        Path tokenizer = to.resolve("tokenizer.model");
        if (Files.isDirectory(to) && !Files.exists(tokenizer)) {
            Files.copy(ReferenceFiles.ROOT.resolve("tokenizer.model"), tokenizer);
        }
        return to;
    }

    private static Path find(Path model, String file) {
        return Files.isDirectory(model) ? model.resolve(file) : model;
    }
}
