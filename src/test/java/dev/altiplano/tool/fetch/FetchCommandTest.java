package dev.altiplano.tool.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.checkpoint.fetch.HostileServer;
import dev.altiplano.tool.Commands;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command as it is typed. */
class FetchCommandTest {

    @TempDir
    private Path folder;

    @Test
    void speaksPlainly() throws IOException {
        byte[] file = "3".repeat(30_000).getBytes(StandardCharsets.UTF_8);
        try (HostileServer server = new HostileServer(file, 18)) {
            String address = server.address() + "?signature=hidden";
            assertThat(run("fetch", address, folder.toString())).isEqualTo(1);
            assertThat(said)
                    .contains("is http, where anybody on the way can change the file", "--allow-http")
                    .doesNotContain("hidden");
            assertThat(run("fetch", "--allow-http", "--sha256=" + sha256(file), address, folder.toString()))
                    .isZero();
            assertThat(said).contains("file.bin: fetched, 30.0 kB, SHA-256 as wanted");
            assertThat(run("fetch", "--allow-http", "--sha256=" + sha256(file), address, folder.toString()))
                    .isZero();
            assertThat(said).contains("there already");
            assertThat(run("fetch", "https://example.com/", folder.toString())).isEqualTo(1);
            assertThat(said).contains("choose one without a slash");
            assertThat(run("fetch", "--sha256=12", "https://example.com/a", folder.toString()))
                    .isEqualTo(1);
            assertThat(said).contains("64 hexadecimal digits");
            assertThat(run("fetch", "https://example.com/a")).isEqualTo(2);
        }
    }

    @Test
    void bringsFilesOfThisMachine() throws IOException {
        Path source = Files.createDirectory(folder.resolve("a share"));
        Files.writeString(source.resolve("config.json"), "{}");
        Files.writeString(source.resolve("model.safetensors"), "weights");
        Files.writeString(source.resolve(".hidden"), "no");
        Path target = folder.resolve("models/7B");
        assertThat(run("fetch", source.toUri().toString(), target.toString())).isZero();
        assertThat(said).contains("config.json: fetched", "model.safetensors: fetched");
        assertThat(target).isDirectoryContaining("glob:**model.safetensors");
        assertThat(target.resolve(".hidden")).doesNotExist();

        String sum = "--sha256=" + sha256("weights".getBytes(StandardCharsets.UTF_8));
        String file = "file:" + source.resolve("model.safetensors");
        assertThat(run("fetch", file, target.toString(), sum)).isZero();
        assertThat(said).contains("there already, 7 bytes, SHA-256 as wanted");
        assertThat(run("fetch", file, target.toString(), "--name=b", "--sha256=" + "0".repeat(64)))
                .isEqualTo(1);
        assertThat(said).contains("has the SHA-256").doesNotContain("\tat ");
        assertThat(target.resolve("b")).doesNotExist();
        Files.writeString(source.resolve("config.json"), "{\"a\": 1}");
        assertThat(run("fetch", "file:" + source, target.toString())).isEqualTo(1);
        assertThat(said).contains("config.json exists and differs");
        assertThat(run("fetch", "file:" + folder.resolve("none"), target.toString()))
                .isEqualTo(1);
        assertThat(said).contains("does not exist");
    }

    @Test
    void saysThatAFolderHasNothingToBring() throws IOException {
        Path source = Files.createDirectories(folder.resolve("share/model")).getParent();
        Files.writeString(source.resolve(".hidden"), "no");
        assertThat(run("fetch", "file:" + source, folder.resolve("7B").toString()))
                .isEqualTo(1);
        assertThat(said).contains(source + " has no files").doesNotContain("\tat ");
    }

    @Test
    void doesNotCopyToWhereAnotherCopies() throws IOException {
        Path source = Files.writeString(folder.resolve("a"), "weights");
        Path target = Files.createDirectory(folder.resolve("7B"));
        try (FileChannel channel = FileChannel.open(
                        target.resolve(".a.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            assertThat(lock.isValid()).isTrue();
            assertThat(run("fetch", "file:" + source, target.toString())).isEqualTo(1);
            assertThat(said).contains("is being fetched");
        }
        Files.writeString(target.resolve(".a.part.state"), "of a fetch that was stopped");
        assertThat(run("fetch", "file:" + source, target.toString())).isZero();
        assertThat(target.resolve("a")).hasContent("weights");
        assertThat(target).isDirectoryNotContaining("glob:**/.a.*");
    }

    @Test
    void namesTheAddressesThatItReads() {
        assertThat(run("fetch", "gs://bucket/file", folder.toString())).isEqualTo(1);
        assertThat(said).contains("gs: addresses are not known; write hf:OWNER/NAME, https:, s3:, file:");
        assertThat(run("fetch", "models/7B", folder.toString())).isEqualTo(1);
        assertThat(said).contains("models/7B is not an address");
    }

    private String said = "";

    private int run(String... arguments) {
        StringWriter text = new StringWriter();
        PrintWriter writer = new PrintWriter(text, true);
        int code = Commands.run(writer, writer, arguments);
        said = text.toString();
        return code;
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
