package dev.altiplano.server.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.server.TestServer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The start page for everybody: names for all that can be used, contrast in both colour schemes, and a phone's width. */
@Isolated("a browser beside tests that compute is too slow to stop what it sees")
@Tag("needs-chromium")
class PageAccessTest {

    private final Browser browser = Browser.shared();

    @BeforeEach
    void open() {
        browser.openReady(TestServer.shared());
        // All that is folded or hidden counts as well.
        browser.script("document.querySelectorAll('details').forEach(each => each.open = true)");
    }

    @AfterEach
    void leave() {
        browser.leave();
    }

    private List<?> found(String script) {
        return (List<?>) browser.script(script);
    }

    @Test
    void everyFieldAndButtonHasAName() {
        assertThat(found("""
                return [...document.querySelectorAll("input, select, textarea, progress")]
                    .filter(each => ![...each.labels].some(label => label.textContent.trim()) && each.id !== "format-source")
                    .map(each => each.outerHTML)""")).isEmpty();
        assertThat(found("""
                return [...document.querySelectorAll("button, a, summary, [role=tab]")]
                    .filter(each => !each.textContent.trim()).map(each => each.outerHTML)""")).isEmpty();
        assertThat(found("""
                return [...document.querySelectorAll("[aria-labelledby], [aria-describedby], [aria-controls]")].flatMap(each =>
                    ["aria-labelledby", "aria-describedby", "aria-controls"].flatMap(name => (each.getAttribute(name) ?? "").split(" ")))
                    .filter(id => id !== "" && !document.getElementById(id))""")).isEmpty();
        assertThat(found("""
                const ids = [...document.querySelectorAll("[id]")].map(each => each.id);
                return ids.filter((id, i) => ids.indexOf(id) !== i)""")).isEmpty();
        browser.find("#format").sendKeys("text that follows a grammar");
        assertThat(browser.text("label[for=format-source]")).isEqualTo("Grammar in GBNF");
    }

    /** 4.5 to 1 for text and 3 to 1 for the edges of fields, as WCAG 2.2 wants at level AA. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void colorsHaveContrast(boolean light) {
        browser.light(light);
        assertThat(found("""
                const probe = document.body.appendChild(document.createElement("p"));
                const luminance = name => {
                  probe.style.color = `var(--${name})`;
                  const [r, g, b] = getComputedStyle(probe).color.match(/[\\d.]+/g)
                      .map(each => each / 255).map(each => each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4);
                  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
                };
                const contrast = (a, b) => {
                  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
                  return (high + 0.05) / (low + 0.05);
                };
                const poor = [];
                for (const ground of ["ground", "sheet", "sunken"]) {
                  for (const text of ["ink", "quiet", "accent", "wrong"]) {
                    if (contrast(text, ground) < 4.5) poor.push(`${text} on ${ground}: ${contrast(text, ground)}`);
                  }
                  if (contrast("edge", ground) < 3) poor.push(`edge on ${ground}`);
                }
                if (contrast("on-accent", "accent") < 4.5) poor.push("on-accent");
                probe.remove();
                return poor""")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"completion", "chat"})
    void fitsAPhone(String tab) {
        browser.phone();
        browser.click("#tab-" + tab);
        browser.type(tab.equals("chat") ? "#message" : "#prompt", "a".repeat(200));
        browser.type("#max_tokens", "20");
        browser.click("#" + tab + "-form .primary");
        browser.await("what was sent", () -> browser.find("#sent").isDisplayed());
        browser.await("the end", () -> !browser.find("#" + tab + "-form .stop").isEnabled());
        assertThat(browser.script("return document.documentElement.scrollWidth"))
                .isEqualTo(390L);
        assertThat(found("""
                return [...document.querySelectorAll("main *")]
                    .filter(each => each.getBoundingClientRect().right > 391).map(each => each.outerHTML.slice(0, 200))""")).isEmpty();
    }
}
