package dev.altiplano.server.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.server.TestServer;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.WebDriverWait;

/** One Chromium without a window, for all tests of the page, and what they ask of it. It ends with the JVM of the tests. */
final class Browser {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(20);
    private static final Path SCREENSHOTS = Path.of("target", "screenshots");
    /** Its driver would tell of newer protocols than it knows; nothing here uses them. Held, so that the level is. */
    private static final Logger DEVTOOLS = Logger.getLogger("org.openqa.selenium.devtools");

    private static Browser shared;

    private final ChromeDriver driver;

    private Browser() {
        DEVTOOLS.setLevel(Level.SEVERE);
        ChromeOptions options = new ChromeOptions();
        options.setBinary("/usr/bin/chromium");
        // A sandbox of its own is not to be had as root, nor much shared memory in a container.
        options.addArguments("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars");
        // No emulation of a graphics card, which would take the processor's time.
        options.addArguments("--disable-gpu", "--disable-software-rasterizer");
        // Nothing that a browser does besides showing a page.
        options.addArguments(
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-default-apps",
                "--disable-extensions",
                "--disable-sync",
                "--no-first-run");
        LoggingPreferences logging = new LoggingPreferences();
        logging.enable(LogType.BROWSER, Level.ALL);
        options.setCapability(ChromeOptions.LOGGING_PREFS, logging);
        driver = new ChromeDriver(
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(new File("/usr/bin/chromedriver"))
                        .withEnvironment(Map.of("TMPDIR", System.getProperty("java.io.tmpdir")))
                        .build(),
                options);
        Runtime.getRuntime().addShutdownHook(new Thread(driver::quit));
    }

    static synchronized Browser shared() {
        if (shared == null) {
            shared = new Browser();
        }
        return shared;
    }

    /** Opens the page of a service, as if for the first time, in a wide window and in light colours. */
    void open(TestServer server) {
        wide();
        light(true);
        driver.get(server.uri("/").toString());
    }

    /** The same, and waits until it can be used. */
    void openReady(TestServer server) {
        open(server);
        awaitState("ready");
    }

    void wide() {
        size(1280, 860, false);
    }

    void phone() {
        size(390, 844, true);
    }

    private void size(int width, int height, boolean mobile) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", mobile));
    }

    void light(boolean light) {
        Map<String, String> scheme = Map.of("name", "prefers-color-scheme", "value", light ? "light" : "dark");
        driver.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("features", List.of(scheme)));
    }

    WebElement find(String selector) {
        return driver.findElement(By.cssSelector(selector));
    }

    List<WebElement> all(String selector) {
        return driver.findElements(By.cssSelector(selector));
    }

    /** The text of the first such element as the document has it, shown or not; empty where there is none. */
    String text(String selector) {
        // In one step: what is found may be replaced before it is asked.
        return String.valueOf(
                driver.executeScript("return document.querySelector(arguments[0])?.textContent ?? ''", selector));
    }

    /** Replaces what stands in a field. */
    void type(String selector, String text) {
        WebElement field = find(selector);
        field.clear();
        field.sendKeys(text);
    }

    void click(String selector) {
        find(selector).click();
    }

    void point(WebElement element) {
        new Actions(driver).moveToElement(element).perform();
    }

    /** Presses keys wherever the focus is. */
    void press(CharSequence... keys) {
        new Actions(driver).sendKeys(keys).perform();
    }

    String focused() {
        return driver.switchTo().activeElement().getDomProperty("id");
    }

    Object script(String body, Object... arguments) {
        return driver.executeScript(body, arguments);
    }

    void await(String what, BooleanSupplier condition) {
        new WebDriverWait(driver, PATIENCE, POLL)
                .withMessage(() -> what + "; the page says: " + text("main"))
                .until(driven -> condition.getAsBoolean());
    }

    void awaitText(String selector, String part) {
        await(selector + " has " + part, () -> text(selector).contains(part));
    }

    void awaitState(String state) {
        await(state, () -> state.equals(find("body").getDomAttribute("data-state")));
    }

    /** Saves what is in the window, for people to look at. */
    void screenshot(String name) {
        try {
            Files.createDirectories(SCREENSHOTS);
            Files.write(SCREENSHOTS.resolve(name + ".png"), driver.getScreenshotAs(OutputType.BYTES));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Leaves the page, which goes on asking its service until then. Nothing may be on its console, such as an exception or what a
     * policy forbids, but refusals, which tests bring about.
     */
    void leave() {
        driver.get("about:blank");
        List<String> messages = driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .map(LogEntry::getMessage)
                .filter(message -> !message.matches(".*responded with a status of (400|401|503) .*"))
                .toList();
        assertThat(messages).isEmpty();
    }
}
