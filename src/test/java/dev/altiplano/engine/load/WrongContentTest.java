package dev.altiplano.engine.load;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.engine.checkpoint.ReferenceFiles;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What people put where a model's file belongs: the refusal says what it is and what to do. */
final class WrongContentTest {

    private static final String POINTER = "version https://git-lfs.github.com/spec/v1\n"
            + "oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 4081004224\n";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model.gguf",
                "meta/consolidated.00.pth",
                "hf/model.safetensors",
                "hf/config.json",
                "meta/params.json",
                "hf/tokenizer.model"
            })
    void aPointerOfGitLfs(String name) throws IOException {
        assertRefused(
                name,
                POINTER.getBytes(StandardCharsets.UTF_8),
                "is a Git LFS pointer",
                "4081004224 bytes",
                "git lfs pull");
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.gguf", "hf/model.safetensors", "hf/config.json"})
    void aPage(String name) throws IOException {
        assertRefused(
                name,
                "\n<!DOCTYPE html><html>Sign in</html>".getBytes(StandardCharsets.UTF_8),
                "is an HTML page",
                "/resolve/");
    }

    @Test
    void othersThatServersSend() throws IOException {
        assertRefused(
                "model.gguf", "<?xml version=\"1.0\"?><Error>".getBytes(StandardCharsets.UTF_8), "is an XML text");
        assertRefused(
                "model.gguf", "{\"error\": \"denied\"}".getBytes(StandardCharsets.UTF_8), "server's error message");
        assertRefused("model.gguf", new byte[] {0x1f, (byte) 0x8b, 8, 0}, "is compressed");
        assertRefused("model.gguf", new byte[4096], "begins with 512 zeros");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gguf/base-f16.gguf", "hf-base/model.safetensors", "base-mp1/consolidated.00.pth"})
    void halfAFile(String name) throws IOException {
        byte[] whole = Files.readAllBytes(ReferenceFiles.ROOT.resolve(name));
        String place = name.startsWith("gguf")
                ? "model.gguf"
                : name.replace("hf-base", "hf").replace("base-mp1", "meta");
        assertRefused(place, Arrays.copyOf(whole, whole.length / 2), "cut short");
    }

    private void assertRefused(String name, byte[] content, String... messages) throws IOException {
        Path file = folder.resolve(name);
        Path model = name.contains("/") ? file.getParent() : file;
        if (name.contains("/")) {
            String source = name.startsWith("hf") ? "hf-base" : "base-mp1";
            Files.createDirectories(model);
            try (var files = Files.newDirectoryStream(ReferenceFiles.ROOT.resolve(source))) {
                for (Path one : files) {
                    if (!one.getFileName().toString().endsWith(".chk")) {
                        Files.copy(one, model.resolve(one.getFileName()));
                    }
                }
            }
        }
        Files.write(file, content);
        assertThatThrownBy(() -> Checkpoints.open(model))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(file.getFileName().toString())
                .hasMessageContainingAll(messages);
    }
}
