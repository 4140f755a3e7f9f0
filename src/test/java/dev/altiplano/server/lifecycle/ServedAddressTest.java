package dev.altiplano.server.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.server.TestServer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** The line to try is one that works. */
@ExtendWith(OutputCaptureExtension.class)
class ServedAddressTest {

    @TempDir
    private Path folder;

    @Test
    void isWhatTheSettingsSay(CapturedOutput log) throws Exception {
        Path keys = Files.writeString(folder.resolve("keys"), "web web-0123456789abcdef\n");
        try (TestServer server = TestServer.ready(
                "--altiplano.api.keys-file=" + keys,
                "--server.servlet.context-path=/llm",
                "--logging.level.dev.altiplano.server.lifecycle=info")) {
            String base = "http://127.0.0.1:" + server.port + "/llm/";
            Awaitility.await().until(() -> log.getOut().contains("Ready in"));
            assertThat(log.getOut())
                    .contains("page     " + base + "\n")
                    .contains(
                            "try      curl -N -H \"Authorization: Bearer $ALTIPLANO_KEY\" " + base + "v1/completions ");
        }
    }
}
