package dev.altiplano.engine.chat.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.altiplano.engine.chat.ChatReference;
import dev.altiplano.engine.chat.template.text.Rendered;
import dev.altiplano.engine.chat.template.text.TemplateException;
import java.lang.management.ManagementFactory;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Templates that want to run forever, fill the memory, overflow the stack or leave the sandbox. */
class HostileTemplateTest {

    private static final LocalDateTime NOW = LocalDateTime.of(2025, 3, 9, 12, 34);
    private static final long MAX_BYTES = 16L << 20;

    @TestFactory
    Stream<DynamicTest> isRefusedWithinBounds() {
        List<String> sources = new ArrayList<>(List.of(
                "{% set ns = namespace(l=[]) %}{% for i in range(50000) %}{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l }}",
                "{% set ns = namespace(l=[1]) %}{% for i in range(50) %}{% set ns.l = ns.l + ns.l %}{% endfor %}",
                "{{ [1] * 1000000000000 }}",
                "{{ 'x' * 9223372036854775807 }}",
                "{{ 'x'.center(2000000000) }}",
                "{{ 'x'.rjust(99999999999) }}",
                "{{ '%9999d' % 1 }}{{ '%999999999d' % 1 }}",
                "{{ 'x' | indent(2000000000, true) }}",
                "{{ [[1]] | tojson(indent=2000000000) }}",
                "{{ 'a' | replace('', 'b' * 100000) | replace('b', 'c' * 100000) }}",
                "{% set ns = namespace(s='ab') %}{% for i in range(60) %}{% set ns.s = ns.s | replace('a', 'aa') %}{% endfor %}",
                "{% set ns = namespace(s='ab') %}{% for i in range(60) %}{% set ns.s = [ns.s, ns.s] | join(ns.s) %}{% endfor %}",
                "{{ range(100000) | list | batch(1) | list | slice(1000000000) | list }}",
                "{% for i in range(99999) %}{{ range(99999) | list }}{% endfor %}",
                "{% for i in range(99999) %}{% set x %}{{ 'y' * 10000 }}{% endset %}{% endfor %}",
                "{% for i in [1] recursive %}{{ loop([1]) }}{% endfor %}",
                "{% macro f() %}{{ caller() }}{{ f() }}{% endmacro %}{% call f() %}{% call f() %}{% endcall %}{% endcall %}",
                "{{ 2 ** 100000000 }}",
                "{{ messages.__class__ .x }}",
                "{{ (messages | map(attribute='__init__') | list)[0].__globals__ }}",
                "{{ [[1]] | attr('__class__') | attr('x').y }}",
                "{{ 'a'.format.__globals__.x }}",
                "{{ '{0.__class__}'.format(1) }}",
                "{{ messages.append(1) }}",
                "{% set x = " + "-".repeat(5000) + "1 %}",
                "{{ " + "not ".repeat(5000) + "1 }}",
                "{{ 1" + " + 1".repeat(20_000) + " }}",
                "{{ x" + ".a".repeat(20_000) + " }}",
                "{{ " + "[".repeat(10_000) + "]".repeat(10_000) + " }}",
                "{{ " + "{1:".repeat(10_000) + "1" + "}".repeat(10_000) + " }}",
                "{{ 1" + " if 1 else 1".repeat(10_000) + " }}",
                "{% for i in " + "(".repeat(10_000) + " %}",
                "{% set " + "(".repeat(10_000) + "a %}",
                "x".repeat(1 << 20)));
        for (Map<String, Object> hostile :
                ChatReference.objects(ChatReference.json("templates.json").get("hostile"))) {
            sources.add((String) hostile.get("template"));
        }
        return sources.stream()
                .map(source -> DynamicTest.dynamicTest(
                        source.substring(0, Math.min(80, source.length())), () -> refuses(source)));
    }

    private static void refuses(String source) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        assertThatThrownBy(() -> render(source)).isInstanceOf(TemplateException.class);
        assertThat(threads.getCurrentThreadAllocatedBytes() - before)
                .as("bytes")
                .isLessThan(MAX_BYTES);
    }

    @Test
    void rendersAsManyMessagesAsComeInLinearWork() {
        List<Map<String, String>> messages = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            messages.add(Map.of("role", i % 2 == 0 ? "user" : "assistant", "content", "message number " + i));
        }
        Rendered rendered = Template.compile(
                        "{% for m in messages %}{{ '<|' + m.role + '|>' + m.content | trim }}\n{% endfor %}")
                .render(Map.of("messages", messages), NOW);
        assertThat(rendered.text().lines()).hasSize(10_000);
    }

    @Test
    void refusesValuesThatAreNestedTooDeeply() {
        Object value = "x";
        for (int i = 0; i < 100_000; i++) {
            value = List.of(value);
        }
        Map<String, Object> variables = Map.of("x", value);
        assertThatThrownBy(() -> Template.compile("{{ x }}").render(variables, NOW))
                .isInstanceOf(TemplateException.class)
                .hasMessageContaining("nested deeper");
    }

    private static String render(String source) {
        return Template.compile(source)
                .render(Map.of("messages", List.of(Map.of("role", "user", "content", "hello"))), NOW)
                .text();
    }
}
