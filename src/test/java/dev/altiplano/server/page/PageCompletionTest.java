package dev.altiplano.server.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.server.TestServer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** Completions on the start page, in a real browser. */
@Isolated("a browser beside tests that compute is too slow to stop what it sees")
@Tag("needs-chromium")
class PageCompletionTest {

    private static TestServer server;

    private final Browser browser = Browser.shared();

    @BeforeAll
    static void start() {
        server = TestServer.ready(
                "--altiplano.model.size=demo", "--spring.main.sources=" + BrokenStream.class.getName());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @AfterEach
    void leave() {
        browser.leave();
    }

    private void awaitEnd() {
        browser.await(
                "a completion that has ended",
                () -> !browser.all("#completions .answer").isEmpty()
                        && browser.all("#completions [aria-busy]").isEmpty());
    }

    @Test
    void showsTokensWithTheirProbabilitiesAndWhatElseTheyCouldHaveBeen() {
        browser.openReady(server);
        browser.screenshot("start");
        browser.type("#seed", "7");
        browser.type("#max_tokens", "60");
        browser.click("#completion-form .primary");
        awaitEnd();
        List<WebElement> tokens = browser.all("#completions .token");
        assertThat(tokens).hasSizeBetween(20, 60);
        String spans = tokens.stream()
                .map(token -> token.getDomProperty("textContent"))
                .collect(Collectors.joining());
        assertThat(browser.text("#completions .text")).isEqualTo("Once upon a time" + spans);
        assertThat(browser.text("#completion-form .speed"))
                .matches("\\d+ tokens · first( \\d+)? after \\d+ ms · ([\\d.]+ tokens/s|all after \\d+ ms)");

        browser.point(tokens.get(12));
        assertThat(browser.find("#inspector").isDisplayed()).isTrue();
        assertThat(browser.all("#inspector tr")).hasSizeBetween(5, 6);
        assertThat(browser.text("#inspector .chosen"))
                .contains(tokens.get(12).getDomProperty("textContent").strip())
                .contains(" %");
        browser.screenshot("completion");
        browser.light(false);
        browser.screenshot("completion-dark");
        browser.point(browser.find("h1"));
        browser.await("a card that goes", () -> !browser.find("#inspector").isDisplayed());
        browser.phone();
        tokens.get(12).click();
        assertThat(browser.find("#inspector").isDisplayed()).isTrue();
        browser.screenshot("completion-phone-dark");
    }

    @Test
    @Tag("needs-curl")
    void printsTheLineForAShellThatGetsTheSameAnswer() throws Exception {
        browser.openReady(server);
        browser.type("#prompt", "It's \"$HOME\" and `5` \\ größer!");
        browser.type("#temperature", "0");
        browser.type("#max_tokens", "24");
        browser.type("#stop", "\\n\\n");
        browser.click("#completion-form .primary");
        awaitEnd();
        Process shell = new ProcessBuilder("/bin/sh", "-c", browser.text("#curl"))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String printed = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(shell.waitFor()).as("curl's exit status").isZero();
        String text = TestServer.events(printed).stream()
                .map(chunk -> chunk.at("/choices/0/text").asString(""))
                .collect(Collectors.joining());
        assertThat(browser.text("#completions .text")).isEqualTo("It's \"$HOME\" and `5` \\ größer!" + text);
    }

    @Test
    void showsEachOfSeveralAnswersAndWhatTheyHadToFollow() {
        browser.openReady(server);
        browser.type("#n", "3");
        browser.find("#format").sendKeys("one of several choices");
        browser.type("#format-source", "the fox\nthe owl");
        browser.click("#completion-form .primary");
        awaitEnd();
        List<WebElement> answers = browser.all("#completions .text");
        assertThat(answers).hasSize(3);
        assertThat(answers)
                .allSatisfy(answer -> assertThat(answer.getDomProperty("textContent"))
                        .isIn("Once upon a timethe fox", "Once upon a timethe owl"));
    }

    @Test
    void saysWhatTheServiceDoesNotLikeAndWhere() {
        browser.openReady(server);
        browser.type("#temperature", "3");
        browser.click("#completion-form .primary");
        browser.awaitText("#completion-form .refusal", "temperature must be a number from 0 to 2, not 3");
        assertThat(browser.find("#temperature").getDomAttribute("aria-invalid")).isEqualTo("true");
        browser.type("#temperature", "1");
        assertThat(browser.find("#temperature").getDomAttribute("aria-invalid")).isNull();
        browser.find("#format").sendKeys("JSON that follows a schema");
        browser.type("#format-source", "{\"type\":");
        browser.click("#completion-form .primary");
        browser.awaitText("#completion-form .refusal", "JSON Schema must be JSON");
    }

    /** Noise has characters of several tokens, and bytes that are no characters. */
    @Test
    void keepsTextAndTokensTogetherWhateverTheyAre() {
        TestServer noise = TestServer.shared();
        browser.openReady(noise);
        browser.type("#seed", "5");
        browser.click("#completion-form .primary");
        awaitEnd();
        String text = noise.complete(
                        "{\"prompt\":\"Once upon a time\",\"max_tokens\":128,\"temperature\":0.8,\"seed\":5}")
                .at("/choices/0/text")
                .asString();
        assertThat(browser.text("#completions .text")).isEqualTo("Once upon a time" + text);
        assertThat(text).contains("\uFFFD");
        Object inTokens = browser.script(
                "return [...document.querySelectorAll('.token')].reduce((sum, each) => sum + each.textContent.length, 0)");
        assertThat(((Long) inTokens).doubleValue() / text.length()).isGreaterThan(0.8);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void goesOnWhereAConnectionBrokeOrTheServiceStopped(boolean stopped) {
        BrokenStream streams = server.context().getBean(BrokenStream.class);
        browser.openReady(server);
        browser.type("#temperature", "0");
        browser.type("#max_tokens", "40");
        if (stopped) {
            streams.stopNextAfter(5);
        } else {
            streams.breakNextAfter(5);
        }
        browser.click("#completion-form .primary");
        awaitEnd();
        assertThat(streams.taken()).isTrue();
        assertThat(browser.text("#completion-form .refusal")).isEmpty();
        String whole = server.complete("{\"prompt\":\"Once upon a time\",\"max_tokens\":40,\"temperature\":0}")
                .at("/choices/0/text")
                .asString();
        assertThat(browser.text("#completions .text")).isEqualTo("Once upon a time" + whole);
    }

    @Test
    void stopsAndShowsWhatTheServiceIsDoingMeanwhile() {
        try (TestServer slow = TestServer.ready(
                "--altiplano.engine.max-sequences=4", "--spring.main.sources=" + SlowSteps.class.getName())) {
            stopsAnswersOf(slow);
        }
    }

    private void stopsAnswersOf(TestServer slow) {
        browser.openReady(slow);
        browser.type("#n", "16");
        browser.type("#max_tokens", "1900");
        browser.click("#settings details summary");
        browser.type("#min_tokens", "1900");
        browser.click("#completion-form .primary");
        browser.await("running sequences", () -> browser.text("#live-sequences").matches("[1-4]"));
        browser.await(
                "KV blocks in use",
                () -> browser.text("#live-kv").matches("[1-9]\\d* of [\\d,]+ blocks in use \\([\\d.]+ .iB of .*"));
        browser.await("a rate", () -> !browser.text("#live-rate").equals("0"));
        browser.click("#completion-form .stop");
        awaitEnd();
        assertThat(browser.text("#completions .end")).isEqualTo("stopped");
        Awaitility.await().until(() -> slow.metric("altiplano_requests_total{outcome=\"cancelled\"}") == 1);
        slow.awaitIdle();
        browser.await("nothing running", () -> browser.text("#live-sequences").equals("0"));
    }

    @Test
    void needsNoMouse() {
        browser.openReady(server);
        browser.press(Keys.TAB);
        browser.press(Keys.ENTER);
        browser.press(Keys.TAB);
        assertThat(browser.focused()).isEqualTo("tab-completion");
        browser.press(Keys.ARROW_RIGHT);
        assertThat(browser.find("#chat").isDisplayed()).isTrue();
        browser.press(Keys.ARROW_RIGHT);
        browser.press(Keys.TAB);
        assertThat(browser.focused()).isEqualTo("prompt");
        browser.find("#prompt").sendKeys(Keys.chord(Keys.CONTROL, Keys.ENTER));
        awaitEnd();
        browser.awaitText("#announcer", "Complete: ");
        browser.press(Keys.TAB, Keys.TAB);
        browser.press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT);
        assertThat(browser.find("#inspector").isDisplayed()).isTrue();
        assertThat(browser.text("#announcer")).contains(" %; instead: ");
        browser.press(Keys.ESCAPE);
        assertThat(browser.find("#inspector").isDisplayed()).isFalse();
        browser.press(Keys.TAB);
        assertThat(browser.focused()).isEqualTo("copy");
    }
}
