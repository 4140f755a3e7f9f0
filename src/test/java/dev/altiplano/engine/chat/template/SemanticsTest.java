package dev.altiplano.engine.chat.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.engine.chat.ChatReference;
import dev.altiplano.engine.chat.template.text.TemplateException;
import dev.altiplano.engine.chat.template.text.Trusted;
import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Compares with what Jinja2 3.1 gave, set up as transformers does: expressions, statements, white space, and what is refused. */
class SemanticsTest {

    private static final Map<String, Object> REFERENCE = ChatReference.json("semantics.json");
    private static final LocalDateTime NOW = LocalDateTime.parse((String) REFERENCE.get("now"));

    @TestFactory
    Stream<DynamicTest> isThatOfJinja() {
        return Stream.of(REFERENCE, ChatReference.json("filters.json"))
                .flatMap(file -> ChatReference.objects(file.get("cases")).stream())
                .map(expected -> DynamicTest.dynamicTest((String) expected.get("template"), () -> check(expected)));
    }

    private static void check(Map<String, Object> expected) {
        String source = (String) expected.get("template");
        if (expected.containsKey("error")) {
            assertThatThrownBy(() -> render(source)).isInstanceOf(TemplateException.class);
        } else {
            assertThat(render(source)).isEqualTo(expected.get("expected"));
        }
    }

    @Test
    void tellsThePlaceOfWhatIsWrong() {
        assertThatThrownBy(() -> render("a\nb {{ 1 | nope }}"))
                .hasMessage("line 2, column 10: there is no filter 'nope'");
        assertThatThrownBy(() -> render("{% if true %}\n{{ none + 'x' }}{% endif %}"))
                .hasMessageStartingWith("line 2, column 9: '+' does not take a None and a str");
        assertThatThrownBy(() -> render("{{ raise_exception('no') }}"))
                .isInstanceOfSatisfying(TemplateException.class, e -> {
                    assertThat(e.isRaised()).isTrue();
                    assertThat(e.reason()).isEqualTo("no");
                });
    }

    private static String render(String source) {
        Map<String, Object> variables = new HashMap<>();
        variables.put("messages", REFERENCE.get("messages"));
        variables.put("tools", null);
        variables.put("documents", null);
        variables.put("add_generation_prompt", true);
        variables.put("bos_token", new Trusted("<s>"));
        variables.put("eos_token", new Trusted("</s>"));
        return Template.compile(source).render(variables, NOW).text();
    }
}
