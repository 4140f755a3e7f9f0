package dev.altiplano.server.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.server.ChatServer;
import dev.altiplano.server.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.openqa.selenium.Keys;
import tools.jackson.databind.JsonNode;

/** Chats on the start page, in a real browser. */
@Isolated("a browser beside tests that compute is too slow to stop what it sees")
@Tag("needs-chromium")
class PageChatTest {

    private static TestServer server;

    private final Browser browser = Browser.shared();

    @BeforeAll
    static void start() {
        server = TestServer.ready(
                "--altiplano.model.path=src/main/resources/model/demo-instruct",
                "--altiplano.model.chat-template=llama2");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @AfterEach
    void leave() {
        browser.leave();
    }

    private void open(TestServer of) {
        browser.openReady(of);
        browser.click("#tab-chat");
    }

    private void awaitAnswer(int turns) {
        browser.await(turns + " turns", () -> browser.all("#turns > li").size() == turns);
        browser.await(
                "an answer that has ended",
                () -> browser.all("#turns [aria-busy]").isEmpty()
                        && !browser.find("#chat-form .stop").isEnabled());
    }

    /** The body in the line for a shell: what was sent. */
    private JsonNode sent() {
        String line = browser.text("#curl");
        return TestServer.JSON.readTree(line.substring(line.indexOf("-d '") + 4, line.length() - 1));
    }

    @Test
    void keepsTheConversation() {
        open(server);
        browser.type("#seed", "3");
        browser.click("#chat details:first-child summary");
        browser.type("#system", "You tell short stories.");
        browser.type("#message", "Tell me a story about a fox.");
        browser.press(Keys.ENTER);
        awaitAnswer(2);
        String first = browser.text("#turns li:nth-child(2) .text");
        assertThat(first).contains(" ");
        assertThat(browser.all("#turns li:nth-child(2) .token")).hasSizeGreaterThan(5);
        assertThat(
                        browser.script(
                                "return [...document.querySelectorAll('#turns li:nth-child(2) .token')].map(each => each.innerText).join('')"))
                .as("every word is a token that can be looked at, with its spaces")
                .isEqualTo(first);
        browser.type("#message", "What happened next?");
        browser.press(Keys.ENTER);
        awaitAnswer(4);
        JsonNode messages = sent().get("messages");
        assertThat(messages).hasSize(4);
        assertThat(messages.at("/0/content").asString()).isEqualTo("You tell short stories.");
        assertThat(messages.at("/2/role").asString()).isEqualTo("assistant");
        assertThat(messages.at("/2/content").asString()).isEqualTo(first);
        browser.screenshot("chat");
        browser.light(false);
        browser.phone();
        browser.screenshot("chat-phone-dark");
        browser.find("#again").sendKeys(Keys.ENTER);
        awaitAnswer(4);
        browser.await(
                "the buttons below the answer, not behind the message",
                () -> Boolean.TRUE.equals(
                        browser.script(
                                "return document.querySelector('#turn-actions')"
                                        + ".getBoundingClientRect().bottom <= document.querySelector('#chat-form').getBoundingClientRect().top + 1")));
        browser.wide();
        assertThat(sent().get("messages")).hasSize(4);
        browser.find("#start-over").sendKeys(Keys.ENTER);
        assertThat(browser.all("#turns > li")).isEmpty();
    }

    @Test
    void callsAToolAndTakesItsResult() {
        open(ChatServer.shared());
        browser.click("#chat details:nth-child(2) summary");
        browser.click("#tools-example");
        browser.find("#tool-choice").sendKeys("only weather");
        browser.type("#max_tokens", "600");
        browser.type("#seed", "2");
        browser.type("#message", "Is it raining?");
        browser.press(Keys.ENTER);
        awaitAnswer(2);
        assertThat(browser.text(".call h4")).isEqualTo("Calls weather");
        assertThat(browser.text(".call pre")).matches("(?s).*\"city\": \"(Cusco|La Paz|Quito)\".*");
        browser.type(".call .result", "Rain, 9 °C");
        browser.screenshot("chat-tool");
        browser.click("#tools-example");
        browser.find("#tool-choice").sendKeys("none");
        browser.type("#max_tokens", "8");
        browser.find(".send-results").sendKeys(Keys.ENTER);
        awaitAnswer(4);
        JsonNode messages = sent().get("messages");
        assertThat(messages.at("/1/tool_calls/0/function/name").asString()).isEqualTo("weather");
        assertThat(messages.at("/2/role").asString()).isEqualTo("tool");
        assertThat(messages.at("/2/content").asString()).isEqualTo("Rain, 9 °C");
        assertThat(messages.at("/2/tool_call_id")).isEqualTo(messages.at("/1/tool_calls/0/id"));
    }

    @Test
    void followsASchemaAndGoesOnWithTheAnswerThatIsChosen() {
        open(ChatServer.shared());
        browser.find("#format").sendKeys("JSON that follows a schema");
        browser.type(
                "#format-source",
                "{\"type\":\"object\",\"properties\":{\"a\":{\"enum\":[\"x\",\"y\"]}},\"required\":[\"a\"],\"additionalProperties\":false}");
        browser.type("#n", "2");
        browser.type("#max_tokens", "400");
        browser.type("#message", "Which?");
        browser.press(Keys.ENTER);
        awaitAnswer(2);
        for (int i = 1; i <= 2; i++) {
            String json = browser.text("#turns .answer:nth-child(" + i + ") .text");
            assertThat(TestServer.JSON.readTree(json).get("a").asString()).isIn("x", "y");
        }
        String second = browser.text("#turns .answer:nth-child(2) .text");
        browser.find("#turns .answer:nth-child(2) input[type=radio]").sendKeys(Keys.SPACE);
        browser.type("#n", "1");
        browser.type("#message", "Sure?");
        browser.press(Keys.ENTER);
        awaitAnswer(4);
        assertThat(sent().at("/messages/1/content").asString()).isEqualTo(second);
    }

    @Test
    void saysThatABaseModelDoesNotChat() {
        open(TestServer.shared());
        browser.type("#message", "Hello");
        browser.press(Keys.ENTER);
        browser.awaitText("#chat-form .refusal", "this model has no chat template");
        assertThat(browser.all("#turns > li")).isEmpty();
        assertThat(browser.find("#message").getDomProperty("value")).isEqualTo("Hello");
        browser.screenshot("chat-base-model");
    }
}
