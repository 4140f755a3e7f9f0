package dev.altiplano.server.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.server.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** What the start page shows before it can be used: load progress, why a load failed, and the question for a key. */
@Isolated("a browser beside tests that compute is too slow to stop what it sees")
@Tag("needs-chromium")
class PageGateTest {

    private static final String KEY = "web-0123456789abcdef";

    @TempDir
    private static Path folder;

    private static TestServer server;

    private final Browser browser = Browser.shared();
    private final HeldReadiness readiness = server.context().getBean(HeldReadiness.class);

    @BeforeAll
    static void start() throws IOException {
        Path keys = Files.writeString(folder.resolve("keys"), "web " + KEY + "\n");
        server = TestServer.ready(
                "--altiplano.api.keys-file=" + keys, "--spring.main.sources=" + HeldReadiness.class.getName());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @AfterEach
    void leave() {
        readiness.release();
        browser.leave();
    }

    @Test
    void showsHowFarTheModelIsLoadedAndGoesOnByItself() {
        readiness.hold("verifying", 40);
        browser.open(server);
        browser.awaitState("loading");
        assertThat(browser.text("#phases .past")).isEqualTo("Opening files");
        assertThat(browser.text("#phases [aria-current=step]")).isEqualTo("Verifying checksums");
        readiness.hold("packing", 62);
        browser.awaitText("#phases [aria-current=step]", "Packing weights");
        assertThat(browser.find("#progress").getDomProperty("value")).isEqualTo("62");
        assertThat(browser.text("#percent")).isEqualTo("62 %");
        browser.screenshot("loading");
        browser.light(false);
        browser.phone();
        browser.screenshot("loading-phone-dark");
        readiness.release();
        browser.awaitState("locked");
    }

    @Test
    void saysWhyTheModelCouldNotBeLoaded() {
        try (TestServer failing = TestServer.listening("--altiplano.model.path=/no/such/model")) {
            browser.open(failing);
            browser.awaitState("failed");
            assertThat(browser.text("#reason")).contains("/no/such/model");
        }
    }

    @Test
    void asksForAKeyAndKeepsItInMemoryAlone() {
        browser.open(server);
        browser.awaitState("locked");
        assertThat(browser.focused()).isEqualTo("key");
        browser.type("#key", "wrong");
        browser.click("#key-form .primary");
        browser.awaitText("#key-refusal", "The API key is not valid");
        browser.screenshot("key");
        browser.type("#key", KEY);
        browser.click("#key-form .primary");
        browser.awaitState("ready");
        browser.type("#max_tokens", "3");
        browser.click("#completion-form .primary");
        browser.awaitText("#completion-form .speed", " after ");
        assertThat(browser.text("#curl"))
                .contains("-H \"Authorization: Bearer $ALTIPLANO_KEY\"")
                .doesNotContain(KEY);
        Object kept = browser.script("return JSON.stringify([Object.keys(localStorage), Object.keys(sessionStorage),"
                + " document.cookie, location.href, document.documentElement.outerHTML, key.value])");
        assertThat(kept.toString()).startsWith("[[],[],\"\",").doesNotContain(KEY);
        browser.open(server);
        browser.awaitState("locked");
    }
}
